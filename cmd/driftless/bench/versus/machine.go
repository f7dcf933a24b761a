package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"driftless/connectors/kafka/apache"
)

// machine is where it was measured, and with which versions.
type machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	Memory    int64  `json:"memory_bytes"` // 0 where the system doesn't tell
	System    string `json:"system"`
	Go        string `json:"go"`
	Java      string `json:"java"`
	Kafka     string `json:"kafka"`
	Streams   string `json:"kafka_streams"`
}

// describe looks at the machine and at the jars beside the Kafka Streams program.
func describe(ctx context.Context, streams string) machine {
	found := machine{
		Processor: "unknown", Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Go: runtime.Version(), Java: "unknown", Kafka: apache.Version, Streams: "unknown",
	}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		found.Processor = field(string(text), "model name", found.Processor)
	}
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		found.Memory = kibibytes(field(string(text), "MemTotal", ""))
	}
	if said, err := exec.CommandContext(ctx, "java", "-version").CombinedOutput(); err == nil {
		found.Java, _, _ = strings.Cut(string(said), "\n")
	}
	jars, _ := filepath.Glob(filepath.Join(streams, "libs", "kafka-streams-[0-9]*.jar")) // the pattern is good
	if len(jars) == 1 {
		found.Streams = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(jars[0]), "kafka-streams-"), ".jar")
	}
	return found
}

// field finds what follows a name and a colon in the system's descriptions.
func field(text, name, otherwise string) string {
	for line := range strings.Lines(text) {
		key, value, found := strings.Cut(line, ":")
		if found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}

// kibibytes reads a size as "16384 kB", into bytes; 0: it isn't one.
func kibibytes(size string) int64 {
	number, err := strconv.ParseInt(strings.TrimSuffix(size, " kB"), 10, 64)
	if err != nil {
		return 0
	}
	return number << 10
}

// String is a line about the machine.
func (m machine) String() string {
	return fmt.Sprintf("%s, %d cores, %d MiB, %s; Kafka %s, Streams %s; %s; %s",
		m.Processor, m.Cores, m.Memory>>20, m.System, m.Kafka, m.Streams, m.Java, m.Go)
}
