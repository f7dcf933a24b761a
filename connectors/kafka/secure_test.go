package kafka

import (
	"testing"

	"driftless/connectors/kafka/apache"
)

// securedBench is a bench on a real broker of its own with such security; its
// config is the super user's, where there are users.
func securedBench(t *testing.T, security apache.Security) *bench {
	t.Helper()
	cluster := ownKafka(t, apache.Options{Security: security})
	files := cluster.Certificates()
	config := Defaults()
	config.Brokers = cluster.Bootstrap()
	config.TLS = TLS{Enabled: true, CAFile: files.CAFile}
	if security == apache.TLS {
		config.TLS.CertFile, config.TLS.KeyFile = files.CertFile, files.KeyFile
	}
	if security == apache.SCRAM {
		config.SASL = SASL{Mechanism: "SCRAM-SHA-512", User: apache.SuperUser, Password: apache.SuperPassword}
	}
	b := &bench{t: t, config: config}
	b.apart()
	b.connect()
	b.createTopics(1)
	return b
}

// commitsOne takes one event through a session, end to end.
func (b *bench) commitsOne(t *testing.T, edit func(*Config)) {
	t.Helper()
	b.t = t
	b.apart()
	b.createTopics(1)
	b.feed(0, 1)
	m := b.join(edit)
	m.pollRecords(1)
	m.begin()
	m.produce(0, "entry")
	m.mustCommit(0, 1, 1)
}

func TestRealTLS(t *testing.T) {
	b := securedBench(t, apache.TLS)
	b.commitsOne(t, func(*Config) {})
	for name, wrong := range map[string]func(*Config){
		"no encryption":  func(c *Config) { c.TLS = TLS{} },
		"no certificate": func(c *Config) { c.TLS.CertFile, c.TLS.KeyFile = "", "" },
		"other roots":    func(c *Config) { c.TLS.CAFile = "" },
		"other name":     func(c *Config) { c.TLS.ServerName = "broker.elsewhere" },
	} {
		if !refused(t, b.config.Brokers[0], func(c *Config) { c.TLS = b.config.TLS; wrong(c) }) {
			t.Errorf("%s: let in", name)
		}
	}
}

// TestRealSCRAM has one broker for all that is about users.
func TestRealSCRAM(t *testing.T) {
	b := securedBench(t, apache.SCRAM)
	t.Run("permissions", b.eachIsNeeded)
	t.Run("a sender", b.senderNeedsWrite)
	t.Run("passwords", b.passwords)
}

// passwords: who has the right one gets in, by both mechanisms.
func (b *bench) passwords(t *testing.T) {
	file := writeFile(t, "password", []byte(apache.SuperPassword+"\n"))
	for name, good := range map[string]SASL{
		"SCRAM-SHA-256":      {Mechanism: "SCRAM-SHA-256", User: apache.SuperUser, Password: apache.SuperPassword},
		"SCRAM-SHA-512":      {Mechanism: "SCRAM-SHA-512", User: apache.SuperUser, Password: apache.SuperPassword},
		"password in a file": {Mechanism: "SCRAM-SHA-512", User: apache.SuperUser, PasswordFile: file},
	} {
		t.Run(name, func(t *testing.T) { b.commitsOne(t, func(c *Config) { c.SASL = good }) })
	}
	for name, bad := range map[string]SASL{
		"nobody":          {},
		"wrong password":  {Mechanism: "SCRAM-SHA-512", User: apache.SuperUser, Password: "simsim"},
		"no such user":    {Mechanism: "SCRAM-SHA-512", User: "ali", Password: apache.SuperPassword},
		"other mechanism": {Mechanism: "PLAIN", User: apache.SuperUser, Password: apache.SuperPassword},
	} {
		if !refused(t, b.config.Brokers[0], func(c *Config) { c.TLS, c.SASL = b.config.TLS, bad }) {
			t.Errorf("%s: let in", name)
		}
	}
}
