package demo

import (
	"fmt"
	"os"
	"os/signal"
	"testing"
	"time"

	"driftless/cmd/driftless/retail"
	"driftless/connectors/kafka/apache"
)

// childEnv makes this test binary behave as a child process of the demo.
const childEnv = "TEST_DEMO_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(apache.During(m.Run))
	case "fails":
		fmt.Fprintln(os.Stderr, "the disk is full")
		os.Exit(3)
	case "waits", "stubborn":
		told := make(chan os.Signal, 1)
		signal.Notify(told, os.Interrupt)
		fmt.Println("ready")
		<-told
		if os.Getenv(childEnv) == "stubborn" {
			fmt.Println("told")
			select {}
		}
	}
}

// opening is the day of all plays of these tests.
func opening() time.Time { return time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC) }

// playOf plays a few items of the embedded day.
func playOf(t *testing.T, items int) *retail.Play {
	t.Helper()
	orders, err := retail.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	play, err := retail.New(orders, retail.Options{Seed: 2, Items: items, Start: opening()})
	if err != nil {
		t.Fatal(err)
	}
	return play
}

// published are rows that say the truth.
func published(play *retail.Play) map[retail.Key]row {
	rows := map[retail.Key]row{}
	for key, balance := range play.Truth {
		rows[key] = row{Balance: balance, atp: balance.ATP()}
	}
	return rows
}
