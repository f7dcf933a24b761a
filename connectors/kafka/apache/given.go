package apache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Tests run on a real Kafka where the first variable says so: on the one that it
// names, by bootstrap servers separated by commas, or with "start" on one that is
// started for a package's tests. Without it they run on the embedded broker. The
// second is set where the tests start brokers.
const (
	brokersVariable = "TEST_KAFKA"
	ownVariable     = "TEST_KAFKA_OWN"
)

// impatient has a broker do at once what it does every ten seconds or more.
var impatient = map[string]string{
	"transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
	"log.cleaner.backoff.ms": "100",
}

// Given are the brokers that tests are to run on; none: the embedded one.
func Given() []string {
	if given := os.Getenv(brokersVariable); given != "" {
		return strings.Split(given, ",")
	}
	return nil
}

// Started says that the brokers of Given were started for the tests, which may
// start more.
func Started() bool { return os.Getenv(ownVariable) != "" }

// During runs a package's tests, on a broker started for them where that is asked
// for, and returns the exit code. Without Java nothing is tested, and it says so.
func During(run func() int) int {
	if os.Getenv(brokersVariable) != "start" {
		return run()
	}
	cluster, end, err := Temporary(Options{Properties: impatient})
	switch {
	case errors.Is(err, ErrUnavailable):
		fmt.Println("nothing was tested:", err)
		return 0
	case err != nil:
		fmt.Println(err)
		return 1
	}
	code := 1
	if err := errors.Join(os.Setenv(brokersVariable, strings.Join(cluster.Bootstrap(), ",")), os.Setenv(ownVariable, "yes")); err != nil {
		fmt.Println(err)
	} else {
		code = run()
	}
	end(code != 0)
	return code
}

// Temporary starts a cluster in a folder that goes when it ends, unless the tests
// failed and somebody wants to see its log.
func Temporary(options Options) (cluster *Cluster, end func(failed bool), err error) {
	if options.Folder, err = os.MkdirTemp("", "kafka-"); err != nil {
		return nil, nil, err
	}
	const patience = 2 * time.Minute
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if cluster, err = Start(ctx, options); err != nil {
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
