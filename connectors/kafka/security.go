package kafka

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// TLS says how connections are encrypted and who the client is.
type TLS struct {
	Enabled    bool   `yaml:"enabled" json:"enabled"`
	CAFile     string `yaml:"ca_file" json:"ca_file"`         // PEM; empty: the system's roots
	CertFile   string `yaml:"cert_file" json:"cert_file"`     // PEM; with KeyFile, the client's own certificate
	KeyFile    string `yaml:"key_file" json:"key_file"`       // PEM
	ServerName string `yaml:"server_name" json:"server_name"` // empty: the host dialed
}

func (t *TLS) validate() error {
	if (t.CertFile == "") != (t.KeyFile == "") {
		return errors.New("tls: cert_file and key_file belong together")
	}
	if !t.Enabled && (t.CAFile != "" || t.CertFile != "" || t.ServerName != "") {
		return errors.New("tls: files are named but tls is not enabled; set tls.enabled")
	}
	return nil
}

// config builds the client's TLS configuration, nil when TLS is off.
func (t *TLS) config() (*tls.Config, error) {
	if !t.Enabled {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("tls: read ca_file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls: ca_file %s holds no PEM certificate", t.CAFile)
		}
	}
	if t.CertFile != "" {
		// Read at every handshake, so that a renewed certificate is used
		// without a restart; once here, so that a wrong file is noticed now.
		load := func() (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
			if err != nil {
				return nil, fmt.Errorf("tls: read cert_file and key_file: %w", err)
			}
			return &pair, nil
		}
		if _, err := load(); err != nil {
			return nil, err
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return load() }
	}
	return config, nil
}

// SASL says how the client authenticates itself.
type SASL struct {
	// Mechanism is PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, or empty
	// for none.
	Mechanism string `yaml:"mechanism" json:"mechanism"`
	User      string `yaml:"user" json:"user"`
	Password  Secret `yaml:"password" json:"password"`
	// PasswordFile and TokenFile are read at every connection, so a rotated
	// secret is used without a restart.
	PasswordFile string `yaml:"password_file" json:"password_file"`
	Token        Secret `yaml:"token" json:"token"` // OAUTHBEARER
	TokenFile    string `yaml:"token_file" json:"token_file"`
}

func (s *SASL) validate() error {
	switch s.Mechanism {
	case "":
		if s.User != "" || s.Password != "" || s.Token != "" || s.PasswordFile != "" || s.TokenFile != "" {
			return errors.New("sasl: credentials are given without a mechanism; set sasl.mechanism")
		}
	case "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512":
		if s.User == "" || (s.Password == "") == (s.PasswordFile == "") {
			return fmt.Errorf("sasl: %s needs user, and either password or password_file", s.Mechanism)
		}
	case "OAUTHBEARER":
		if (s.Token == "") == (s.TokenFile == "") {
			return errors.New("sasl: OAUTHBEARER needs either token or token_file")
		}
	default:
		return fmt.Errorf("sasl: mechanism %q is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER", s.Mechanism)
	}
	return nil
}

// mechanism builds the client's mechanism, nil when there is none.
func (s *SASL) mechanism() sasl.Mechanism {
	switch s.Mechanism {
	case "PLAIN":
		return plain.Plain(func(context.Context) (plain.Auth, error) {
			password, err := secretFrom(s.Password, s.PasswordFile)
			return plain.Auth{User: s.User, Pass: password}, err
		})
	case "SCRAM-SHA-256":
		return scram.Sha256(s.scram)
	case "SCRAM-SHA-512":
		return scram.Sha512(s.scram)
	case "OAUTHBEARER":
		return oauth.Oauth(func(context.Context) (oauth.Auth, error) {
			token, err := secretFrom(s.Token, s.TokenFile)
			return oauth.Auth{Token: token}, err
		})
	}
	return nil
}

func (s *SASL) scram(context.Context) (scram.Auth, error) {
	password, err := secretFrom(s.Password, s.PasswordFile)
	return scram.Auth{User: s.User, Pass: password}, err
}

func secretFrom(given Secret, file string) (string, error) {
	if file == "" {
		return string(given), nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("sasl: read the secret: %w", err)
	}
	return strings.TrimRight(string(content), "\r\n"), nil
}
