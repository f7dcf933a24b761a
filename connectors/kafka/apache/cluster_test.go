package apache

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// within bounds a test's wait for a condition that must come.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// cluster starts one for a test, where the tests may: `make test` starts no Java.
func cluster(t *testing.T, options Options) *Cluster {
	t.Helper()
	if os.Getenv("DRIFTLESS_TEST_KAFKA") != "start" {
		t.Skip("make test-kafka runs this: it starts a real Kafka")
	}
	options.Folder = t.TempDir()
	c, err := Start(within(t), options)
	if errors.Is(err, ErrUnavailable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// send makes a record that every broker that must have it has.
func send(t *testing.T, c *Cluster, topic string) {
	t.Helper()
	client, err := c.Client(kgo.AllowAutoTopicCreation())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.ProduceSync(within(t), &kgo.Record{Topic: topic, Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatalf("%v\n%s", err, tail(c.LogFile(0)))
	}
}

// create makes a topic with a copy on every broker.
func create(t *testing.T, c *Cluster, topic string) {
	t.Helper()
	client, err := c.Client()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).CreateTopic(within(t), 1, -1, nil, topic); err != nil {
		t.Fatal(err)
	}
}

func TestEverySecurityTakesRecords(t *testing.T) {
	for _, security := range Securities() {
		t.Run(string(security), func(t *testing.T) {
			c := cluster(t, Options{Security: security})
			create(t, c, "topic")
			send(t, c, "topic")
			if err := c.Terminate(within(t), 0); err != nil {
				t.Fatal(err)
			}
			if err := c.Restart(within(t), 0); err != nil {
				t.Fatal(err)
			}
			send(t, c, "topic")
		})
	}
}

// Three brokers take records with one killed, or paused, and it comes back.
func TestThreeBrokersGoOnWithoutOne(t *testing.T) {
	c := cluster(t, Options{Brokers: 3})
	create(t, c, "topic")
	send(t, c, "topic")
	if err := c.Kill(2); err != nil {
		t.Fatal(err)
	}
	send(t, c, "topic")
	if err := c.Restart(within(t), 2); err != nil {
		t.Fatal(err)
	}
	if err := c.Pause(1); err != nil {
		t.Fatal(err)
	}
	send(t, c, "topic")
	if err := errors.Join(c.Continue(1), c.Ready(within(t))); err != nil {
		t.Fatal(err)
	}
}
