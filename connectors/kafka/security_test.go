package kafka

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// certificates writes a self-signed certificate for the loopback interface and
// its key, and returns the paths and the pair.
func certificates(t *testing.T) (certFile, keyFile string, pair tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{"broker.test"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile = writeFile(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	keyFile = writeFile(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}))
	if pair, err = tls.LoadX509KeyPair(certFile, keyFile); err != nil {
		t.Fatal(err)
	}
	return certFile, keyFile, pair
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// reach asks the broker for something, with the given settings.
func reach(t *testing.T, broker string, edit func(*Config)) error {
	t.Helper()
	return reachWithin(within(t), broker, edit)
}

// refused reports whether the broker lets nobody in with the given settings.
// The client tries again for long, since a credential may be about to rotate.
func refused(t *testing.T, broker string, edit func(*Config)) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(within(t), 500*time.Millisecond)
	defer cancel()
	return reachWithin(ctx, broker, edit) != nil
}

func reachWithin(ctx context.Context, broker string, edit func(*Config)) error {
	config := Defaults()
	config.Brokers, config.Instance = []string{broker}, "a"
	edit(&config)
	admin, err := NewAdmin(config, Options{})
	if err != nil {
		return err
	}
	defer admin.Close()
	_, err = admin.Check(ctx, EmbeddedPlan())
	return err
}

func TestTLSWithClientCertificate(t *testing.T) {
	cert, key, pair := certificates(t)
	trusted := x509.NewCertPool()
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	trusted.AddCert(leaf)
	broker, err := startEmbedded(EmbeddedOptions{}, kfake.TLS(&tls.Config{
		Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: trusted,
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	if err := reach(t, broker.Address(), func(c *Config) { c.TLS = TLS{Enabled: true, CAFile: cert, CertFile: cert, KeyFile: key} }); err != nil {
		t.Fatal(err)
	}
	if err := reach(t, broker.Address(), func(c *Config) {
		c.TLS = TLS{Enabled: true, CAFile: cert, CertFile: cert, KeyFile: key, ServerName: "broker.test"}
	}); err != nil {
		t.Fatal(err)
	}
	if !refused(t, broker.Address(), func(c *Config) { c.TLS = TLS{Enabled: true, CertFile: cert, KeyFile: key} }) {
		t.Fatal("a broker that no root vouches for was trusted")
	}
}

func TestSASLMechanisms(t *testing.T) {
	file := writeFile(t, "password", []byte("sesame\n"))
	for mechanism, other := range map[string]string{"PLAIN": "SCRAM-SHA-256", "SCRAM-SHA-256": "SCRAM-SHA-512", "SCRAM-SHA-512": "PLAIN"} {
		t.Run(mechanism, func(t *testing.T) {
			broker, err := startEmbedded(EmbeddedOptions{}, kfake.EnableSASL(), kfake.Superuser(mechanism, "ali", "sesame"))
			if err != nil {
				t.Fatal(err)
			}
			defer broker.Close()
			for name, good := range map[string]SASL{
				"given":     {Mechanism: mechanism, User: "ali", Password: "sesame"},
				"in a file": {Mechanism: mechanism, User: "ali", PasswordFile: file},
			} {
				if err := reach(t, broker.Address(), func(c *Config) { c.SASL = good }); err != nil {
					t.Errorf("password %s: %v", name, err)
				}
			}
			for name, bad := range map[string]SASL{
				"wrong password": {Mechanism: mechanism, User: "ali", Password: "simsim"},
				"other means":    {Mechanism: other, User: "ali", Password: "sesame"},
				"no such file":   {Mechanism: mechanism, User: "ali", PasswordFile: file + ".not"},
			} {
				if !refused(t, broker.Address(), func(c *Config) { c.SASL = bad }) {
					t.Errorf("%s: let in", name)
				}
			}
		})
	}
}

func TestOAuthBearerSendsTheToken(t *testing.T) {
	s := SASL{Mechanism: "OAUTHBEARER", TokenFile: writeFile(t, "token", []byte("t0ken\n"))}
	if err := s.validate(); err != nil {
		t.Fatal(err)
	}
	if s.mechanism().Name() != "OAUTHBEARER" {
		t.Fatalf("mechanism %s", s.mechanism().Name())
	}
	_, first, err := s.mechanism().Authenticate(within(t), "broker")
	if err != nil || string(first) != "n,,\x01auth=Bearer t0ken\x01\x01" {
		t.Fatalf("%q, %v", first, err)
	}
}
