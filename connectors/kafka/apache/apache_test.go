package apache

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What needs no Java.

func TestOptionsAreCompleted(t *testing.T) {
	for _, c := range []struct {
		given Options
		heap  string
		wrong string
	}{
		{Options{Folder: "x"}, "512m", ""},
		{Options{Folder: "x", Brokers: 3, Security: SCRAM}, "400m", ""},
		{Options{Folder: "x", Heap: "1g"}, "1g", ""},
		{Options{}, "", "folder"},
		{Options{Folder: "x", Brokers: 2}, "", "not 2"},
		{Options{Folder: "x", Security: "some"}, "", `"some"`},
	} {
		o := c.given
		err := o.complete()
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%+v: %v, want %q", c.given, err, c.wrong)
			}
			continue
		}
		if err != nil || o.Heap != c.heap || o.Brokers == 0 || o.Security == "" {
			t.Errorf("%+v became %+v, %v", c.given, o, err)
		}
	}
}

func TestJavasOfAnyAge(t *testing.T) {
	for said, want := range map[string]int{
		`openjdk version "17.0.15" 2025-04-15`: 17,
		`java version "25" 2025-09-16 LTS`:     25,
		`openjdk version "1.8.0_402"`:          1,
		"no java here":                         0,
	} {
		if got := release([]byte(said)); got != want {
			t.Errorf("%q: %d, want %d", said, got, want)
		}
	}
}

func TestWithoutJavaItSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Start(t.Context(), Options{Folder: t.TempDir()})
	if !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "install Java 17 or later") {
		t.Fatal(err)
	}
	if err := fetch(t.Context(), filepath.Join(t.TempDir(), "libs")); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "mvn") {
		t.Fatal(err)
	}
}

func TestPortsAreFreeAndApart(t *testing.T) {
	ports, err := freePorts(0, 3)
	seen := map[int]bool{}
	for _, port := range ports {
		seen[port] = true
	}
	if err != nil || len(seen) != 6 {
		t.Fatalf("%v, %v", ports, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if _, err := freePorts(listener.Addr().(*net.TCPAddr).Port, 1); err == nil || !strings.Contains(err.Error(), "is taken") {
		t.Fatalf("a port that is taken: %v", err)
	}
}

// Broker and client take each other's certificates, and nobody else's.
func TestCertificates(t *testing.T) {
	var ends [2]*tls.Config
	for i := range ends {
		files, err := makeCertificates(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if ends[i], err = files.config(); err != nil {
			t.Fatal(err)
		}
	}
	if err := handshake(ends[0], ends[0]); err != nil {
		t.Errorf("of one cluster: %v", err)
	}
	if handshake(ends[0], ends[1]) == nil {
		t.Error("another cluster's client trusted the broker")
	}
}

// handshake has a client greet a server that asks for its certificate.
func handshake(server, client *tls.Config) error {
	server = server.Clone()
	server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, server.RootCAs
	listener, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		return err
	}
	defer listener.Close()
	go func() {
		if connection, err := listener.Accept(); err == nil {
			_ = connection.(*tls.Conn).Handshake() // the client sees what comes of it
			_ = connection.Close()
		}
	}()
	connection, err := tls.Dial("tcp", listener.Addr().String(), client)
	if err != nil {
		return err
	}
	defer connection.Close()
	if _, err := connection.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		return err // the server didn't take the client's
	}
	return nil
}

// A number in a file that is another program's by now is not stopped.
func TestDownSparesOthers(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(pidFile(folder), []byte("1\n999999999\nx\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if stopped, err := Down(context.Background(), folder); err != nil || stopped != 0 {
		t.Fatalf("stopped %d, %v", stopped, err)
	}
	if there(pidFile(folder)) {
		t.Fatal("the file is left behind")
	}
}

func TestPropertiesOfABroker(t *testing.T) {
	c := &Cluster{options: Options{Folder: t.TempDir(), Brokers: 3, Security: SCRAM, Properties: map[string]string{"default.replication.factor": "2"}}}
	if err := c.place(); err != nil {
		t.Fatal(err)
	}
	text := string(write(c.properties(c.nodes[1])))
	for _, want := range []string{
		"node.id=2\n", "min.insync.replicas=2\n", "default.replication.factor=2\n", "inter.broker.listener.name=SASL_SSL\n",
		"log.dirs=" + filepath.Join(c.options.Folder, "broker-2", "data") + "\n", "super.users=User:admin;User:ANONYMOUS\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
