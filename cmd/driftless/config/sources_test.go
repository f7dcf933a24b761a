package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// other is a value that a setting may have beside its default.
func other(t *testing.T, setting Setting) string {
	t.Helper()
	switch value := setting.value.Interface().(type) {
	case bool:
		return fmt.Sprint(!value)
	case time.Duration:
		return FormatDuration(value + time.Millisecond)
	case Bytes:
		return (value + 1).String()
	case int, int32:
		if setting.isSize() {
			return Bytes(setting.value.Int() + 1).String()
		}
		return fmt.Sprint(setting.value.Int() + 1)
	case []string:
		return "one,two"
	}
	if len(setting.oneOf) > 0 {
		return setting.oneOf[len(setting.oneOf)-1]
	}
	return "other"
}

// inFile writes a value under a path into a file.
func inFile(t *testing.T, path, value string) string {
	t.Helper()
	var text strings.Builder
	parts := strings.Split(path, ".")
	for depth, part := range parts {
		fmt.Fprintf(&text, "%s%s:", strings.Repeat("  ", depth), part)
		if depth < len(parts)-1 {
			text.WriteByte('\n')
		}
	}
	fmt.Fprintf(&text, " %q\n", value)
	file := filepath.Join(t.TempDir(), DefaultFile)
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestAValueMeansTheSameEverywhere gives every setting in each of the three
// ways, and in all of them at once.
func TestAValueMeansTheSameEverywhere(t *testing.T) {
	for _, setting := range Settings() {
		value := other(t, setting)
		file, environment := inFile(t, setting.Path, value), []string{setting.Environment() + "=" + value}
		for origin, fill := range map[string]func(*loader){
			"driftless.yaml:":     func(l *loader) { l.readFile(file) },
			setting.Environment(): func(l *loader) { l.readEnvironment(environment) },
			"--" + setting.Flag(): func(l *loader) { l.set(setting.Path, value, "--"+setting.Flag()) },
		} {
			l := newLoader()
			fill(l)
			if len(l.problems) > 0 {
				t.Errorf("%s from %s: %v", setting.Path, origin, l.problems)
			}
			if got := l.settings[setting.Path].Text(); got != value {
				t.Errorf("%s from %s is %q, want %q", setting.Path, origin, got, value)
			}
			if got := l.loaded.Origin[setting.Path]; !strings.HasPrefix(got, origin) {
				t.Errorf("%s comes from %q, want %s", setting.Path, got, origin)
			}
		}
	}
}

func TestNamesOfSettingsAreUniqueInEveryForm(t *testing.T) {
	seen := map[string]string{}
	for _, setting := range Settings() {
		for _, name := range []string{setting.Path, setting.Environment(), setting.Flag()} {
			if before := seen[name]; before != "" {
				t.Errorf("%s names both %s and %s", name, before, setting.Path)
			}
			seen[name] = setting.Path
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d names", len(seen))
	}
}

func TestDerivedSettingsFollow(t *testing.T) {
	loaded := mustLoad(t, Sources{Flags: map[string]string{
		"http.advertise": "pod-0:8080", "engine.commit_interval": "35ms", "engine.horizon": "10d",
	}})
	cfg := loaded.Config
	if cfg.Kafka.Advertise != "pod-0:8080" || cfg.Kafka.CommitGap != 35*time.Millisecond || cfg.Topics.Horizon != (10+31)*24*time.Hour {
		t.Errorf("%q, %s, %s", cfg.Kafka.Advertise, cfg.Kafka.CommitGap, cfg.Topics.Horizon)
	}
	for _, setting := range Settings() {
		if derived(setting.Path) {
			t.Errorf("%s can be given although it is derived", setting.Path)
		}
	}
}

func TestTheItemsTopicIsOneOfItsOwn(t *testing.T) {
	cfg := mustLoad(t, Sources{Flags: map[string]string{"kafka.topics.prefix": "shop."}}).Config
	if got := cfg.ItemsTopic(); got != "shop.items.v1" {
		t.Error(got)
	}
	for _, name := range []string{"atp.v1", "reference.v1", ""} {
		if _, err := Load(Sources{Flags: map[string]string{"reference.items_topic": name}}); err == nil || !strings.Contains(err.Error(), "must be a topic of its own") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestLimitsOfTheEngine(t *testing.T) {
	for _, c := range []struct{ path, value, want string }{
		{"engine.horizon", "30m", "under an hour"},
		{"engine.fold_margin", "1m", "neither 0s nor at least an hour"},
		{"engine.commit_interval", "2s", "must be from 1ms to 1s"},
		{"engine.batch_bytes", "1KiB", "under 64KiB"},
		{"engine.parked_bound", "-1", "is negative"},
		{"state.memory_budget", "1MiB", "under 32MiB"},
		{"state.segment_size", "2GiB", "from 1MiB to 1GiB"},
		{"state.directory", "", "must not be empty"},
		{"topics.partitions", "0", "isn't at least 1"},
		{"topics.input_retention", "1m", "under an hour"},
		{"http.listen", "8080", "isn't host:port or off"},
		{"http.tls.cert", "x.pem", "belong together"},
		{"http.clients", "0", "isn't at least 1"},
		{"http.client.server", "127.0.0.1:8080", "isn't an http or https URL"},
		{"kafka.compression", "zstd", "none of snappy, lz4, none"},
		{"kafka.transaction_timeout", "1h", "must be below session_timeout"},
	} {
		if _, err := Load(Sources{Flags: map[string]string{c.path: c.value}}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v", c.path, c.value, err)
		}
	}
	mustLoad(t, Sources{Flags: map[string]string{"http.listen": "off"}})
}

func TestASecretIsNotInTheMessageThatRefusesIt(t *testing.T) {
	const secret = "s3cr3t"
	_, err := Load(Sources{
		File:        write(t, "http:\n  token: ["+secret+"]\n"),
		Environment: []string{"DRIFTLESS_KAFKA__SASL__PASSWORD=" + secret},
	})
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Error(err)
	}
}

func FuzzAFileIsReadOrRefused(f *testing.F) {
	f.Add("kafka:\n  brokers: [a:1]\nlog: {level: debug}\n")
	f.Add("kafka: &x {}\nhttp: *x\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), DefaultFile)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(Sources{File: file})
		if (loaded == nil) == (err == nil) {
			t.Fatalf("%v and %v", loaded, err)
		}
		if err != nil && err.Error() == "" {
			t.Fatal("a refusal without a word")
		}
	})
}
