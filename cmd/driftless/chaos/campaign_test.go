package chaos

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/connectors/kafka/apache"
)

// The flags of the campaign, behind -args.
var (
	flagMinutes = flag.Float64("minutes", 0, "how long the campaign begins new rounds; 0: as many faults as --cycles says")
	flagCycles  = flag.Int("cycles", 0, "faults of the campaign")
	flagSeed    = flag.Uint64("seed", 1, "of the campaign's first round; each round after it has the next one")
	flagBrokers = flag.Int("brokers", 0, "brokers of a real Kafka, 1 or 3; 0: the embedded broker")
	flagRound   = flag.Int("round", 30, "faults that strike on one set of topics before all is healed and checked")
	flagFaults  = flag.String("faults", "", "regular expression of the names of the faults that may strike; empty: all")
)

// TestCampaign lets faults strike a fleet of one to four instances and its
// brokers, one after the other, while events flow. What strikes when is drawn
// from a seed. After every round all is healed, the fleet comes to rest, and what
// it leaves is held to a history of what was sent, and to the model.
func TestCampaign(t *testing.T) {
	cycles := *flagCycles
	if cycles == 0 && *flagMinutes == 0 {
		cycles = 8
		if testing.Short() {
			cycles = 2
		}
	}
	c := &campaign{t: t, faults: map[string]int{}, begun: time.Now()}
	wanted := c.wanted()
	c.startKafka()
	until := c.begun.Add(time.Duration(*flagMinutes * float64(time.Minute)))
	for round := uint64(0); !t.Failed() && (c.played < cycles || time.Now().Before(until)); round++ {
		n := *flagRound
		if cycles > 0 {
			n = min(n, cycles-c.played)
		}
		c.round(*flagSeed+round, n, wanted)
	}
	t.Logf("verdict after %d faults in %s: %s; nothing lost, doubled or invented in %v, no store wiped: %v",
		c.played, time.Since(c.begun).Round(time.Second), tally(c.faults), c.total, !t.Failed())
}

// campaign is what all rounds share.
type campaign struct {
	t      *testing.T
	kafka  *apache.Cluster // nil: each round has an embedded broker
	played int             // faults
	faults map[string]int  // by kind
	total  counts
	begun  time.Time
}

// wanted are the faults that may strike.
func (c *campaign) wanted() []fault {
	c.t.Helper()
	names, err := regexp.Compile(*flagFaults)
	if err != nil {
		c.t.Fatal(err)
	}
	wanted := slices.DeleteFunc(slices.Clone(kinds), func(k fault) bool {
		return !names.MatchString(k.name) || k.real && *flagBrokers == 0 // the embedded broker can't take it
	})
	if len(wanted) == 0 {
		c.t.Fatalf("--faults %q names no fault that --brokers %d can have", *flagFaults, *flagBrokers)
	}
	return wanted
}

// startKafka starts the brokers, unless the embedded one does.
func (c *campaign) startKafka() {
	c.t.Helper()
	if *flagBrokers == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), 3*time.Minute)
	defer cancel()
	var err error
	c.kafka, err = apache.Start(ctx, apache.Options{
		Folder: c.folder(), Brokers: *flagBrokers,
		Properties: map[string]string{
			// So that a round sees the ends of sessions and transactions.
			"group.min.session.timeout.ms":                                "200",
			"transaction.abort.timed.out.transaction.cleanup.interval.ms": "500",
			// So that a broker that has gone holds the others up for seconds, not for ten and more.
			"broker.session.timeout.ms": "3000", "broker.heartbeat.interval.ms": "500", "replica.lag.time.max.ms": "3000",
		},
	})
	if errors.Is(err, apache.ErrUnavailable) {
		c.t.Skip(err)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		if err := c.kafka.Stop(); err != nil {
			c.t.Error(err)
		}
	})
}

// folder is where the brokers' disks are: kept under build when something fails.
func (c *campaign) folder() string {
	folder, err := filepath.Abs(filepath.Join("..", "..", "..", "build", "kafka", "campaign-"+fmt.Sprint(os.Getpid())))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		if !c.t.Failed() {
			_ = os.RemoveAll(folder) // it is in the way of nobody
		}
	})
	return folder
}

// round plays so many faults on topics of its own.
func (c *campaign) round(seed uint64, cycles int, wanted []fault) {
	c.t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
		f := &fleet{kafka: c.kafka, kinds: wanted, draws: rand.New(rand.NewPCG(seed, 8)), left: cycles}
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("%d faults had struck", c.played+len(f.struck))
				t.Logf("in this round: %s", strings.Join(f.struck, ", "))
				t.Logf("again: make chaos ARGS=\"--seed %d --cycles %d --round %d --brokers %d --faults '%s'\"", seed, cycles, cycles, *flagBrokers, *flagFaults)
			}
		})
		f.input = newInput(c.topics(t, seed, fmt.Sprintf("round-%d.", seed)), 25*cycles)
		f.enlist()
		for ; f.left > 0 && !t.Failed(); f.left-- {
			f.strike()
		}
		if !t.Failed() {
			f.heal()
			c.total.add(f.verdict())
		}
		for _, kind := range f.struck {
			c.faults[kind]++
		}
	})
	c.played += cycles
	c.t.Logf("%d faults after %s: %s; %v", c.played, time.Since(c.begun).Round(time.Second), tally(c.faults), c.total)
}

// topics makes the topics of a round: on an embedded broker of its own, or under
// a prefix on the real one, where they are deleted afterwards.
func (c *campaign) topics(t *testing.T, seed uint64, prefix string) *cluster {
	t.Helper()
	if c.kafka == nil {
		return newCluster(t, seed)
	}
	tenant := newTenant(t, seed, c.kafka.Bootstrap(), prefix)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), healing)
		defer cancel()
		if err := c.kafka.Delete(ctx, tenant.topics.All()...); err != nil {
			t.Error(err)
		}
	})
	return tenant
}

// tally shows counts by name, in the order of the names.
func tally(counts map[string]int) string {
	text, total := "", 0
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		text += fmt.Sprintf(" %s %d", name, counts[name])
		total += counts[name]
	}
	return fmt.Sprintf("%d of them:%s", total, text)
}
