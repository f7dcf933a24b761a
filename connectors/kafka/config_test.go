package kafka

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
)

func TestSecretsAreNeverPrinted(t *testing.T) {
	config := Defaults()
	config.SASL = SASL{Mechanism: "PLAIN", User: "ali", Password: "sesame", Token: "sesame"}
	registry := RegistryConfig{Password: "sesame", Token: "sesame"}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("start", "password", config.SASL.Password, "config", config)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("start", "config", config, "registry", registry)
	asJSON, err := json.Marshal([]any{config, registry})
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"%v": fmt.Sprintf("%v %v", config, registry), "%+v": fmt.Sprintf("%+v", config), "%#v": fmt.Sprintf("%#v", config),
		"String": config.SASL.Password.String(), "log": logged.String(), "json": string(asJSON), "yaml": string(asYAML),
	} {
		if strings.Contains(text, "sesame") {
			t.Errorf("%s shows the secret: %s", name, text)
		}
		if !strings.Contains(text, hidden) {
			t.Errorf("%s doesn't show that there is one: %s", name, text)
		}
	}
}

func TestConfigReadsFromYAML(t *testing.T) {
	config := Defaults()
	err := yaml.Unmarshal([]byte(`
brokers: [a:9092, b:9092]
instance: "3"
topics: {prefix: shop., ledger: entries}
transaction_timeout: 7s
sasl: {mechanism: PLAIN, user: ali, password: sesame}
`), &config)
	if err == nil {
		err = config.Validate()
	}
	if err != nil {
		t.Fatal(err)
	}
	if config.Topics.Full().Ledger != "shop.entries" || config.Topics.Full().ATP != "shop.atp.v1" {
		t.Errorf("topics %v", config.Topics.All())
	}
	if config.TransactionTimeout != 7*time.Second || string(config.SASL.Password) != "sesame" || config.memberID(1) != "driftless-3-1" {
		t.Errorf("%+v", config)
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	for want, edit := range map[string]func(*Config){
		"brokers":             func(c *Config) { c.Brokers = nil },
		"instance":            func(c *Config) { c.Instance = "a:b" },
		"group":               func(c *Config) { c.Group = "" },
		"compression":         func(c *Config) { c.Compression = "zstd" },
		"transaction_timeout": func(c *Config) { c.TransactionTimeout = c.SessionTimeout },
		"no_progress":         func(c *Config) { c.NoProgress = c.TransactionTimeout },
		"commit_gap":          func(c *Config) { c.CommitGap = -1 },
		"metadata_min_age":    func(c *Config) { c.MetadataMinAge = 9 * time.Millisecond },
		"poll_wait":           func(c *Config) { c.PollWait = 0 },
		"fetch_bytes":         func(c *Config) { c.FetchBytes = 0 },
		"output_bytes":        func(c *Config) { c.OutputBytes = 2*c.RecordBytes - 1 }, // refused by size
		"named twice":         func(c *Config) { c.Topics.State = c.Topics.Ledger },
		"not a name":          func(c *Config) { c.Topics.State = "a b" },
		"cert_file":           func(c *Config) { c.TLS = TLS{Enabled: true, CertFile: "x"} },
		"tls is not enabled":  func(c *Config) { c.TLS = TLS{CAFile: "x"} },
		"without a mechanism": func(c *Config) { c.SASL = SASL{User: "ali"} },
		"either password":     func(c *Config) { c.SASL = SASL{Mechanism: "PLAIN", User: "ali"} },
		"either token":        func(c *Config) { c.SASL = SASL{Mechanism: "OAUTHBEARER"} },
		"is none of PLAIN":    func(c *Config) { c.SASL = SASL{Mechanism: "GSSAPI"} },
	} {
		config := Defaults()
		config.Brokers, config.Instance = []string{"localhost:9092"}, "a"
		edit(&config)
		if err := config.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

// Every client of a process registers its metrics in the one registry.
func TestClientsShareARegistryOfMetrics(t *testing.T) {
	b := newBench(t, 1)
	registry := prometheus.NewRegistry()
	options := Options{Metrics: registry, Log: slog.New(slog.DiscardHandler)}
	logs, err := OpenLogs(b.config, options)
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	producer, err := NewProducer(b.config, options)
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	if _, err := logs.Bounds(within(t), b.config.Topics.Full().Events); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil || len(families) == 0 {
		t.Fatalf("%d families, %v", len(families), err)
	}
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "driftless_kafka_") {
			t.Errorf("metric %s", family.GetName())
		}
	}
}
