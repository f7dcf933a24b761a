package apache

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
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

func mayStart(t *testing.T) {
	t.Helper()
	if os.Getenv("TEST_KAFKA") != "start" {
		t.Skip("make test-kafka runs this: it starts a real Kafka")
	}
}

// cluster starts one for a test, where the tests may: `make test` starts no Java.
func cluster(t *testing.T, options Options) *Cluster {
	t.Helper()
	mayStart(t)
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

// starterEnv makes this test's program one that starts a broker in the folder
// named, prints its process and waits to be killed.
const starterEnv = "APACHE_TEST_STARTER"

func TestMain(m *testing.M) {
	folder := os.Getenv(starterEnv)
	if folder == "" {
		os.Exit(m.Run())
	}
	c, err := Start(context.Background(), Options{Folder: folder})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(c.ProcessIDs()[0])
	_, _ = io.Copy(io.Discard, os.Stdin) // nothing comes: it is killed before
}

// A broker ends with the process that started it, killed or not.
func TestBrokersEndWithTheirStarter(t *testing.T) {
	mayStart(t)
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ties a child's life to its parent's")
	}
	starter := exec.Command(os.Args[0])
	starter.Env, starter.Stderr = append(os.Environ(), starterEnv+"="+t.TempDir()), os.Stderr
	output, err := starter.StdoutPipe()
	if err == nil {
		_, err = starter.StdinPipe()
	}
	if err == nil {
		err = starter.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	lines.Scan()
	id, err := strconv.Atoi(lines.Text())
	if err != nil || arguments(id) == "" {
		t.Fatalf("the starter said %q, %v", lines.Text(), err)
	}
	if err := starter.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = starter.Wait() // its status is the signal
	for ctx := within(t); arguments(id) != ""; {
		select {
		case <-ctx.Done():
			t.Fatalf("process %d has outlived its starter", id)
		case <-time.After(20 * time.Millisecond):
		}
	}
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
			if bytes, err := c.Bytes(within(t), "topic", "none"); err != nil || bytes < 100 || bytes > 1000 {
				t.Errorf("two records take %d bytes, %v", bytes, err)
			}
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
