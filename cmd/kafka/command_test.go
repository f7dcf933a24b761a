package main

import (
	"bytes"
	"strings"
	"testing"

	"driftless/connectors/kafka/apache"
)

// running stands for a cluster that was started.
type running struct{ servers []string }

func (r running) Bootstrap() []string { return r.servers }
func (r running) ProcessIDs() []int   { return []int{11, 12, 13}[:len(r.servers)] }
func (r running) LogFile(int) string  { return "folder/broker-1/log" }
func (r running) Certificates() apache.Certificates {
	return apache.Certificates{CAFile: "ca.pem", CertFile: "cert.pem", KeyFile: "key.pem"}
}

func TestWelcomeSaysWhatToTry(t *testing.T) {
	one, three := running{[]string{"a:1"}}, running{[]string{"a:1", "a:2", "a:3"}}
	for _, c := range []struct {
		cluster  running
		security apache.Security
		with     []string
		without  string
	}{
		{one, apache.Plain, []string{"1 broker,", "KAFKA__BROKERS=a:1\n", "TOPICS__REPLICATION=1", "down --folder folder"}, "TLS"},
		{three, apache.Plain, []string{"3 brokers,", "KAFKA__BROKERS=a:1,a:2,a:3\n", "11 12 13"}, "REPLICATION"},
		{one, apache.TLS, []string{"TLS__ENABLED=true", "TLS__CA_FILE=ca.pem", "TLS__CERT_FILE=cert.pem", "TLS__KEY_FILE=key.pem"}, "SASL"},
		{one, apache.SCRAM, []string{"TLS__CA_FILE=ca.pem", "SASL__MECHANISM=SCRAM-SHA-512", "SASL__USER=admin"}, "CERT_FILE"},
	} {
		text := welcome(c.cluster, apache.Options{Security: c.security}, "folder")
		for _, want := range c.with {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", c.security, want, text)
			}
		}
		if strings.Contains(text, c.without) {
			t.Errorf("%s: %q in\n%s", c.security, c.without, text)
		}
	}
}

func TestCommandsThatStartNothing(t *testing.T) {
	for _, c := range []struct {
		arguments   []string
		says, fails string
	}{
		{[]string{"down"}, "no Kafka is running in ", ""},
		{[]string{"up", "--brokers", "2"}, "", "1 broker or 3, not 2"},
		{[]string{"up", "--security", "none"}, "", `"none" is none of [plain tls scram]`},
		{[]string{"up", "now"}, "", "unknown command"},
	} {
		var out bytes.Buffer
		command := newCommand(&out)
		command.SetArgs(append(c.arguments, "--folder", t.TempDir()))
		err := command.ExecuteContext(t.Context())
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%v: %v, want %q", c.arguments, err, c.fails)
		}
		if !strings.HasPrefix(out.String(), c.says) {
			t.Errorf("%v says %q", c.arguments, out.String())
		}
	}
}
