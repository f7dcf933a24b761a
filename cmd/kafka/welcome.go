package main

import (
	"fmt"
	"strings"

	"driftless/connectors/kafka/apache"
)

// started is what a person is told of a running cluster.
type started interface {
	Bootstrap() []string
	Certificates() apache.Certificates
	ProcessIDs() []int
	LogFile(broker int) string
}

// welcome says what runs and what to try next, in lines that a shell takes.
func welcome(c started, options apache.Options, folder string) string {
	servers := strings.Join(c.Bootstrap(), ",")
	var text strings.Builder
	fmt.Fprintf(&text, "Apache Kafka %s is running: %s, security %s\n\n", apache.Version, brokers(len(c.Bootstrap())), options.Security)
	fmt.Fprintf(&text, "  bootstrap servers  %s\n", servers)
	fmt.Fprintf(&text, "  processes          %s\n", strings.Trim(fmt.Sprint(c.ProcessIDs()), "[]"))
	fmt.Fprintf(&text, "  log                %s\n", c.LogFile(0))
	fmt.Fprintf(&text, "\nTry:\n\n  export DRIFTLESS_KAFKA__BROKERS=%s\n", servers)
	for _, setting := range settings(c.Certificates(), options.Security) {
		fmt.Fprintf(&text, "  export DRIFTLESS_KAFKA__%s\n", setting)
	}
	if len(c.Bootstrap()) == 1 {
		text.WriteString("  export DRIFTLESS_TOPICS__REPLICATION=1 DRIFTLESS_TOPICS__MIN_IN_SYNC=1\n")
	}
	text.WriteString("  go run ./cmd/driftless topics create\n  go run ./cmd/driftless topics check\n")
	fmt.Fprintf(&text, "\nand stop it with: go run ./cmd/kafka down --folder %s\n", folder)
	return text.String()
}

// settings are what the program must know of a cluster's security.
func settings(files apache.Certificates, security apache.Security) []string {
	if security == apache.Plain {
		return nil
	}
	set := []string{"TLS__ENABLED=true", "TLS__CA_FILE=" + files.CAFile}
	if security == apache.TLS {
		return append(set, "TLS__CERT_FILE="+files.CertFile, "TLS__KEY_FILE="+files.KeyFile)
	}
	return append(set, "SASL__MECHANISM=SCRAM-SHA-512", "SASL__USER="+apache.SuperUser, "SASL__PASSWORD="+apache.SuperPassword)
}

func brokers(n int) string {
	if n == 1 {
		return "1 broker"
	}
	return fmt.Sprintf("%d brokers", n)
}
