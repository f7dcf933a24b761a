package httpserver

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listen serves until the test's end or until stop is called, which returns
// what Serve did.
func listen(t *testing.T, options Options) (address string, stop func() error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- New(newTestEngine(), options).Serve(ctx, listener) }()
	t.Cleanup(cancel)
	return listener.Addr().String(), func() error { cancel(); return <-served }
}

func TestServeStopsWithItsContext(t *testing.T) {
	address, stop := listen(t, Options{})
	if response, _ := get(t, "http://"+address+"/healthz", ""); response.StatusCode != 200 {
		t.Errorf("answered %d", response.StatusCode)
	}
	events := follow(t, "http://"+address+"/v1/atp")
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, more := <-events; more {
		t.Error("the stream went on")
	}
	if _, err := http.Get("http://" + address + "/healthz"); err == nil {
		t.Error("it still answers")
	}
}

func TestRequestsAreBounded(t *testing.T) {
	address, _ := listen(t, Options{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Long", strings.Repeat("x", 2*maxHeaderBytes))
	if response, _ := do(t, request, ""); response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("answered %d", response.StatusCode)
	}
}

// writePair makes a self-signed certificate for 127.0.0.1.
func writePair(t *testing.T, folder string, serial int64) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for path, content := range map[string][]byte{certFile: public, keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(public)
	return certFile, keyFile, pool
}

func TestTLS(t *testing.T) {
	certFile, keyFile, pool := writePair(t, t.TempDir(), 1)
	address, _ := listen(t, Options{CertFile: certFile, KeyFile: keyFile})
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
	response, err := client.Get("https://" + address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != 200 {
		t.Errorf("answered %d", response.StatusCode)
	}
	if response, _ := get(t, "http://"+address+"/readyz", ""); response.StatusCode == 200 {
		t.Error("it answers without encryption too")
	}
}

func TestARenewedCertificateNeedsNoRestart(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile, _ := writePair(t, folder, 1)
	pair := &certificate{certFile: certFile, keyFile: keyFile}
	serial := func() int64 {
		t.Helper()
		current, err := pair.current(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(current.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	if serial() != 1 {
		t.Error("the first isn't served")
	}
	writePair(t, folder, 2)
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(certFile, later, later); err != nil {
		t.Fatal(err)
	}
	if serial() != 2 {
		t.Error("the renewed one isn't served")
	}
	if err := os.Remove(certFile); err != nil {
		t.Fatal(err)
	}
	if serial() != 2 {
		t.Error("the last good one was let go")
	}
}

func TestServeRefusesAMissingCertificate(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	err = New(newTestEngine(), Options{CertFile: "absent.crt", KeyFile: "absent.key"}).Serve(t.Context(), listener)
	if err == nil || !strings.Contains(err.Error(), "absent.crt") {
		t.Error(err)
	}
}

func TestAnOpenServiceIsWarnedOf(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:8080": false, "[::1]:8080": false, "10.0.0.7:8080": true, "[::]:8080": true} {
		var log bytes.Buffer
		resolved, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		New(newTestEngine(), Options{Log: slog.New(slog.NewTextHandler(&log, nil))}).warn(resolved)
		if got := strings.Contains(log.String(), "set http.token"); got != want {
			t.Errorf("%s: %q", address, log.String())
		}
	}
}
