package rules_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"driftless/processor/model"
	"driftless/schema"
)

// campaign is how many sets and deliveries of each a test tries: the defaults,
// fewer with -short, or what the environment says.
func campaign(t *testing.T, sets, deliveries int) (int, int) {
	if testing.Short() {
		sets /= 10
	}
	return fromEnvironment(t, "LAW_SETS", sets), fromEnvironment(t, "LAW_DELIVERIES", deliveries)
}

func fromEnvironment(t *testing.T, name string, value int) int {
	text := os.Getenv(name)
	if text == "" {
		return value
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// show prints a set as replay would read it.
func show(set model.Set) string {
	var text strings.Builder
	fmt.Fprintf(&text, "now %d horizon %d\n", set.Now, set.Model.Horizon)
	for _, sent := range set.Events {
		fmt.Fprintf(&text, "%s logged %d again %v key %q\n", schema.AppendJSON(nil, sent.Event), sent.LoggedAt, sent.Again, sent.Key)
	}
	return text.String()
}
