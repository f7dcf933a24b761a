package apache

import (
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
	"time"
)

// Certificates are the PEM files that a client of a cluster with TLS needs.
type Certificates struct {
	CAFile   string // vouches for the brokers
	CertFile string // the client's own
	KeyFile  string

	server string // the brokers' key and certificate
}

// authority signs what one cluster needs; its key is kept nowhere.
type authority struct {
	template *x509.Certificate
	key      *ecdsa.PrivateKey
	der      []byte
}

// makeCertificates writes an authority's certificate and what it signed for
// brokers and client into a folder.
func makeCertificates(folder string) (Certificates, error) {
	c := Certificates{
		CAFile: filepath.Join(folder, "ca.pem"), CertFile: filepath.Join(folder, "client-cert.pem"),
		KeyFile: filepath.Join(folder, "client-key.pem"), server: filepath.Join(folder, "server.pem"),
	}
	ca, err := newAuthority()
	if err != nil {
		return c, err
	}
	serverKey, serverCert, err := ca.sign("broker")
	if err != nil {
		return c, err
	}
	clientKey, clientCert, err := ca.sign("client")
	if err != nil {
		return c, err
	}
	for file, content := range map[string][]byte{
		c.CAFile: block("CERTIFICATE", ca.der), c.CertFile: clientCert, c.KeyFile: clientKey,
		c.server: append(serverKey, serverCert...),
	} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return c, err
		}
	}
	return c, nil
}

func newAuthority() (authority, error) {
	ca := authority{template: template("authority")}
	ca.template.IsCA, ca.template.BasicConstraintsValid, ca.template.KeyUsage = true, true, x509.KeyUsageCertSign
	var err error
	if ca.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err == nil {
		ca.der, err = x509.CreateCertificate(rand.Reader, ca.template, ca.template, &ca.key.PublicKey, ca.key)
	}
	return ca, err
}

// sign makes a key and its certificate, for either end of a connection.
func (a authority) sign(name string) (key, cert []byte, err error) {
	leaf := template(name)
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	leaf.IPAddresses, leaf.DNSNames = []net.IP{net.IPv4(127, 0, 0, 1)}, []string{"localhost"}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	signed, err := x509.CreateCertificate(rand.Reader, leaf, a.template, &private.PublicKey, a.key)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private) // the one form that Java reads
	return block("PRIVATE KEY", encoded), block("CERTIFICATE", signed), err
}

func template(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
	}
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// config is a client's, with its own certificate.
func (c Certificates) config() (*tls.Config, error) {
	ca, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool(), Certificates: []tls.Certificate{pair}}
	config.RootCAs.AppendCertsFromPEM(ca)
	return config, nil
}
