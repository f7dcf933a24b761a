package kafka

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"driftless/connectors/kafka/apache"
)

// brokersEnv has the tests run on a real Kafka: on the one that it names, by
// bootstrap servers separated by commas, or with "start" on one that is started
// for this package. Without it they run on the embedded broker.
const brokersEnv = "DRIFTLESS_TEST_KAFKA"

// ownEnv is set within a run whose brokers the tests start themselves.
const ownEnv = "DRIFTLESS_TEST_KAFKA_OWN"

// impatient has a broker do at once what it does every ten seconds or more.
var impatient = map[string]string{
	"transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
	"log.cleaner.backoff.ms": "100",
}

func realBrokers() []string {
	if given := os.Getenv(brokersEnv); given != "" {
		return strings.Split(given, ",")
	}
	return nil
}

// withRealBroker runs the tests, on a broker started for them where that is asked for.
func withRealBroker(run func() int) int {
	if os.Getenv(brokersEnv) != "start" {
		return run()
	}
	cluster, end, err := startKafka(apache.Options{Properties: impatient})
	switch {
	case errors.Is(err, apache.ErrUnavailable):
		fmt.Println("nothing was tested:", err)
		return 0
	case err != nil:
		fmt.Println(err)
		return 1
	}
	code := 1
	if err := errors.Join(os.Setenv(brokersEnv, strings.Join(cluster.Bootstrap(), ",")), os.Setenv(ownEnv, "yes")); err != nil {
		fmt.Println(err)
	} else {
		code = run()
	}
	end(code != 0)
	return code
}

// startKafka starts a real Kafka in a folder that goes when it ends, unless the
// tests failed and somebody wants to see its log.
func startKafka(options apache.Options) (cluster *apache.Cluster, end func(failed bool), err error) {
	if options.Folder, err = os.MkdirTemp("", "kafka-"); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if cluster, err = apache.Start(ctx, options); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(options.Folder))
	}
	return cluster, func(failed bool) {
		err := cluster.Stop()
		if failed {
			fmt.Println("the broker's log is", cluster.LogFile(0))
		} else {
			err = errors.Join(err, os.RemoveAll(options.Folder))
		}
		if err != nil {
			fmt.Println(err)
		}
	}, nil
}

// ownKafka starts a broker for one test, where the tests start brokers.
func ownKafka(t *testing.T, options apache.Options) *apache.Cluster {
	t.Helper()
	if os.Getenv(ownEnv) == "" || testing.Short() {
		t.Skip("make test-kafka runs this: it starts a real Kafka of its own")
	}
	cluster, end, err := startKafka(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t.Failed()) })
	return cluster
}

// bareReal is a bench on the real broker that the tests were given, with group
// and topics under a prefix of its own.
func bareReal(t *testing.T) *bench {
	t.Helper()
	config := Defaults()
	config.Brokers = realBrokers()
	b := &bench{t: t, config: config}
	b.apart()
	b.connect()
	t.Cleanup(b.deleteTopics)
	return b
}

// apart gives a bench names that no other test has.
func (b *bench) apart() {
	b.config.Group = fmt.Sprintf("test-%d", time.Now().UnixNano())
	b.config.Application = b.config.Group
	b.config.Topics.Prefix = b.config.Group + "."
}

// deleteTopics leaves the broker as it was found; what a test never made isn't there.
func (b *bench) deleteTopics() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := b.admin.DeleteTopics(ctx, b.config.Topics.All()...); err != nil {
		b.t.Logf("the topics of %s are left behind: %v", b.config.Topics.Prefix, err)
	}
}

// realBench is newBench for what only a real broker shows.
func realBench(t *testing.T, partitions int) *bench {
	t.Helper()
	if len(realBrokers()) == 0 {
		t.Skip("make test-kafka runs this: only a real broker shows it")
	}
	return newBench(t, partitions)
}
