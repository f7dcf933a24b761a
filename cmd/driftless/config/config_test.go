package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// write puts a configuration file into a folder of the test's own.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), DefaultFile)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustLoad(t *testing.T, sources Sources) *Loaded {
	t.Helper()
	loaded, err := Load(sources)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func TestDefaultsAreComplete(t *testing.T) {
	loaded := mustLoad(t, Sources{})
	for _, setting := range Settings() {
		if setting.Usage == "" {
			t.Errorf("%s: no help", setting.Path)
		}
		if origin := loaded.Origin[setting.Path]; origin != "default" {
			t.Errorf("%s: from %q", setting.Path, origin)
		}
	}
	if got := loaded.Config.Engine.Horizon; got != 30*24*time.Hour {
		t.Errorf("horizon %s", got)
	}
	if got := loaded.Config.Kafka.Brokers; len(got) != 1 || got[0] != "127.0.0.1:9092" {
		t.Errorf("brokers %v", got)
	}
	if loaded.Config.HTTP.Pprof || !strings.HasPrefix(loaded.Config.HTTP.Listen, "127.0.0.1:") {
		t.Error("profiles are on, or the listener is open to the network")
	}
}

func TestPriorityRises(t *testing.T) {
	file := write(t, "kafka:\n  group: from-file\n  brokers: [a:1, b:2]\n  application: from-file\n  instance: from-file\n")
	loaded := mustLoad(t, Sources{
		File:        file,
		Environment: []string{"DRIFTLESS_KAFKA__APPLICATION=from-environment", "DRIFTLESS_KAFKA__INSTANCE=from-environment", "HOME=/x"},
		Flags:       map[string]string{"kafka.instance": "from-flag"},
	})
	kafka := loaded.Config.Kafka
	if kafka.Group != "from-file" || kafka.Application != "from-environment" || kafka.Instance != "from-flag" {
		t.Errorf("%+v", kafka)
	}
	if strings.Join(kafka.Brokers, " ") != "a:1 b:2" {
		t.Errorf("brokers %v", kafka.Brokers)
	}
	for path, want := range map[string]string{
		"kafka.group":        "driftless.yaml:2",
		"kafka.brokers":      "driftless.yaml:3",
		"kafka.application":  "DRIFTLESS_KAFKA__APPLICATION",
		"kafka.instance":     "--kafka-instance",
		"kafka.tls.enabled":  "default",
		"kafka.record_bytes": "default",
	} {
		if got := loaded.Origin[path]; got != want {
			t.Errorf("%s: from %q, want %q", path, got, want)
		}
	}
}

func TestEverySettingCanBeGivenInEveryWay(t *testing.T) {
	defaults := mustLoad(t, Sources{})
	for _, value := range defaults.Show() {
		setting := newLoader().settings[value.Setting]
		loader := newLoader()
		loader.readEnvironment([]string{setting.Environment() + "=" + setting.Text()})
		if len(loader.problems) > 0 {
			t.Errorf("%s: %v", setting.Path, loader.problems)
		}
		if got := loader.loaded.Origin[setting.Path]; got != setting.Environment() {
			t.Errorf("%s: from %q", setting.Path, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ file, variable, want string }{
		{"kafka:\n  brokerss: a:1\n", "", `driftless.yaml:2: unknown setting "kafka.brokerss"; did you mean "brokers"?`},
		{"\nkafak:\n  group: x\n", "", `driftless.yaml:2: unknown setting "kafak"; did you mean "kafka"?`},
		{"zebra: 1\n", "", "known here: kafka, topics, registry, reference, state, engine, http, log"},
		{"kafka:\n  tls:\n    cafile: x\n", "", `driftless.yaml:3: unknown setting "kafka.tls.cafile"; did you mean "ca_file"?`},
		{"engine:\n  workers: many\n", "", `driftless.yaml:2: engine.workers: "many" isn't a whole number`},
		{"engine:\n  horizon: -3d\n", "", `"-3d" isn't a duration`},
		{"state:\n  memory_budget: 64MB\n", "", `"64MB" isn't a size; write for example 64MiB`},
		{"http:\n  pprof: yes\n", "", `"yes" is neither true nor false`},
		{"log:\n  level: loud\n", "", `"loud" isn't one of debug, info, warn, error`},
		{"kafka: 7\n", "", "driftless.yaml:1: a single value where settings were expected"},
		{"kafka:\n  group: [a, b]\n", "", "a list where a single value was expected"},
		{"kafka:\n  brokers: [[a:1]]\n", "", "item 1 isn't a single value"},
		{"kafka:\n  group: a\n  group: b\n", "", "not valid YAML"},
		{"", "DRIFTLESS_KAFKA_BROKERS=a:1", "unknown setting DRIFTLESS_KAFKA_BROKERS; did you mean \"DRIFTLESS_KAFKA__BROKERS\"?"},
		{"", "DRIFTLESS_ENGINE__WORKERS=0", "engine.workers: 0 must be from 1 to 64"},
		{"kafka:\n  sasl:\n    user: me\n", "", "set sasl.mechanism"},
		{"kafka:\n  sasl:\n    mechanism: PLAIN\n", "", "PLAIN needs user"},
		{"kafka:\n  tls: {enabled: true, cert_file: x.pem}\n", "", "belong together"},
		{"kafka:\n  advertise: x:1\n", "", `unknown setting "kafka.advertise"`},
		{"kafka:\n  record_bytes: 3GiB\n", "", "more than 2GiB"},
		{"kafka:\n  fetches: 3000000000\n", "", "isn't a whole number"},
		{"registry:\n  user: x\n", "", "credentials are given, but no urls"},
		{"kafka:\n  brokers: nowhere\n", "", `"nowhere" isn't host:port`},
		{"topics: {replication: 1}\n", "", "topics.min_in_sync: 2 must be from 1"},
		{"http:\n  advertise: pod-0\n", "", "isn't host:port"},
	} {
		sources := Sources{Environment: []string{c.variable}}
		if c.file != "" {
			sources.File = write(t, c.file)
		}
		_, err := Load(sources)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q %s:\n got %v\nwant %s", c.file, c.variable, err, c.want)
		}
	}
}

func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	_, err := Load(Sources{File: write(t, "kafka:\n  gruop: x\nlog:\n  levle: info\n"), Environment: []string{"DRIFTLESS_LOG__LEVEL=loud"}})
	if got := strings.Count(err.Error(), "\n") + 1; got != 3 {
		t.Errorf("%d problems in\n%v", got, err)
	}
}

func TestKubernetesServiceVariablesAreNobodysSetting(t *testing.T) {
	mustLoad(t, Sources{Environment: []string{
		"DRIFTLESS_SERVICE_HOST=10.0.0.1", "DRIFTLESS_SERVICE_PORT=8080", "DRIFTLESS_SERVICE_PORT_HTTP=8080",
		"DRIFTLESS_PORT=tcp://10.0.0.1:8080", "DRIFTLESS_PORT_8080_TCP=tcp://10.0.0.1:8080",
		"DRIFTLESS_PORT_8080_TCP_PROTO=tcp", "DRIFTLESS_HTTP_SERVICE_HOST=10.0.0.1",
	}})
}

func TestSecretsAreHidden(t *testing.T) {
	const secret = "s3cr3t-value"
	loaded := mustLoad(t, Sources{
		File: write(t, "kafka:\n  tls: {enabled: true}\n  sasl: {mechanism: PLAIN, user: me, password: "+secret+"}\nregistry: {urls: 'https://me:"+secret+"@registry:8081'}\n"),
		Environment: []string{
			"DRIFTLESS_HTTP__TOKEN=" + secret, "DRIFTLESS_KAFKA__SASL__TOKEN=" + secret, "DRIFTLESS_REGISTRY__PASSWORD=" + secret,
		},
	})
	hidden := 0
	for _, value := range loaded.Show() {
		if strings.Contains(value.Value, secret) {
			t.Errorf("%s is shown: %s", value.Setting, value.Value)
		}
		if value.Value == Hidden {
			hidden++
		}
	}
	if hidden != 4 {
		t.Errorf("%d settings are hidden, want 4", hidden)
	}
	if _, err := Load(Sources{Environment: []string{"DRIFTLESS_REGISTRY__URLS=" + secret}}); err == nil || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
	if loaded.Config.Kafka.SASL.Password != secret {
		t.Error("the secret itself was lost")
	}
}

func TestFindFile(t *testing.T) {
	t.Chdir(t.TempDir())
	environment := []string{"A=b", "DRIFTLESS_CONFIG=/etc/driftless.yaml"}
	if got := FindFile("mine.yaml", environment); got != "mine.yaml" {
		t.Errorf("flag: %q", got)
	}
	if got := FindFile("", environment); got != "/etc/driftless.yaml" {
		t.Errorf("environment: %q", got)
	}
	if got := FindFile("", nil); got != "" {
		t.Errorf("nothing there: %q", got)
	}
	if err := os.WriteFile(DefaultFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := FindFile("", nil); got != DefaultFile {
		t.Errorf("default: %q", got)
	}
}

func TestANamedFileMustExist(t *testing.T) {
	_, err := Load(Sources{File: filepath.Join(t.TempDir(), "absent.yaml")})
	if err == nil || !strings.Contains(err.Error(), "there is no configuration file") {
		t.Error(err)
	}
	big := write(t, strings.Repeat("# x\n", maxFileBytes/4+1))
	if _, err := Load(Sources{File: big}); err == nil || !strings.Contains(err.Error(), "too much") {
		t.Error(err)
	}
}

func TestBytesAndDurations(t *testing.T) {
	for text, want := range map[string]Bytes{"0": 0, "17": 17, "512KiB": 512 << 10, "64 MiB": 64 << 20, "2GiB": 2 << 30} {
		if got, err := ParseBytes(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MiB", "-1B", "1.5GiB", "9999999999GiB", "1MB"} {
		if got, err := ParseBytes(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
	for _, text := range []string{"30d", "20ms", "1h30m", "15m", "24h1m", "0s"} {
		duration, err := ParseDuration(text)
		if err != nil || FormatDuration(duration) != text {
			t.Errorf("%s: %s, %v", text, FormatDuration(duration), err)
		}
	}
	for _, text := range []string{"", "d", "-1d", "-1s", "1.5d", "999999999d", "soon"} {
		if duration, err := ParseDuration(text); err == nil {
			t.Errorf("%q: %s", text, duration)
		}
	}
}
