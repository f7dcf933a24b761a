package chaos

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/connectors/kafka"
	"driftless/schema"
)

var flagRecoveries = flag.Int("recoveries", 0, "kills of each kind whose recovery is timed")

// TestRecovery kills one of two instances with -9 and takes the time until all of
// its shards are served again: until the ledger of the last of them has an entry
// that was committed after the kill. It stays away, so that the other serves them,
// or is started again at once; as a static member of the group, or a dynamic one,
// which joins as somebody new. It takes times and asserts nothing about them.
func TestRecovery(t *testing.T) {
	if *flagRecoveries == 0 {
		t.Skip("make recovery")
	}
	c := &campaign{t: t}
	c.startKafka()
	said := []string{fmt.Sprintf("%-8s %-10s %-20s %4s %16s %16s", "session", "member", "the killed instance", "N", "p50", "p99")}
	for _, session := range []time.Duration{memberSession, kafka.Defaults().SessionTimeout} {
		losses := []*loss{{session: session}, {session: session, back: true}, {session: session, dynamic: true}, {session: session, dynamic: true, back: true}}
		t.Run(session.String(), func(t *testing.T) {
			for _, l := range losses {
				t.Run(l.name(), func(t *testing.T) {
					t.Parallel() // they mostly wait
					l.play(c.topics(t, *flagSeed, fmt.Sprintf("recovery-%s.", strings.ReplaceAll(l.name(), " ", "-"))))
				})
			}
		})
		for _, l := range losses {
			said = append(said, l.String())
		}
	}
	t.Log("\n" + strings.Join(said, "\n"))
}

// loss is a way to lose an instance, and how long its shards weren't served then.
type loss struct {
	session time.Duration
	dynamic bool // the group knows it by no name
	back    bool // it is started again at once
	took    []time.Duration
}

func (l *loss) name() string {
	return fmt.Sprintf("%s %s %s", l.session, l.member(), l.after())
}

func (l *loss) member() string {
	if l.dynamic {
		return "dynamic"
	}
	return "static"
}

func (l *loss) after() string {
	if l.back {
		return "is started again"
	}
	return "stays away"
}

// String is a line of the table: times in seconds, and as parts of the session.
func (l *loss) String() string {
	if len(l.took) == 0 {
		return l.name() + ": nothing was timed"
	}
	slices.Sort(l.took)
	quantile := func(percent int) string {
		one := l.took[(len(l.took)*percent+99)/100-1]
		return fmt.Sprintf("%.2f s (%.2f)", one.Seconds(), one.Seconds()/l.session.Seconds())
	}
	return fmt.Sprintf("%-8s %-10s %-20s %4d %16s %16s", l.session, l.member(), l.after(), len(l.took), quantile(50), quantile(99))
}

// play times as many losses as are wanted, and checks what they leave.
func (l *loss) play(c *cluster) {
	r := &recovering{input: newInput(c, 1), session: l.session}
	r.deliveries = nil // the flow alone
	for i, name := range []string{"left", "right"} {
		r.roles[i] = r.role(name)
		r.roles[i].Session, r.roles[i].Dynamic = l.session, l.dynamic
		r.start(i)
	}
	for n := range *flagRecoveries {
		l.took = append(l.took, r.lose(n%2, l.back))
		r.t.Logf("%s: %.2f s", l.name(), l.took[n].Seconds())
	}
	r.until("both work", r.settled)
	r.rest()
	for _, p := range r.living {
		p.stop()
	}
	r.t.Logf("%v; %d times the other instance left and was started again", r.check(), r.again)
}

// recovering is two instances that share the shards of a cluster, of which one is
// killed time and again.
type recovering struct {
	*input
	session time.Duration
	roles   [2]role
	living  [2]*process
	away    *process // the one that was killed and stays away, for now
	again   int      // times that the other left, and was started again
	flowed  time.Time
}

// lose kills an instance and returns how long its shards weren't served.
func (r *recovering) lose(i int, back bool) time.Duration {
	r.t.Helper()
	r.until("both work", r.settled)
	had := r.living[i].owned()
	r.living[i].kill()
	killed, from := time.Now(), r.ends()
	if r.away = r.living[i]; back {
		r.start(i)
	}
	r.until("its shards are served again", func() bool {
		for partition := range had {
			if r.served(partition, from[partition]) {
				delete(had, partition)
			}
		}
		return len(had) == 0
	})
	took := time.Since(killed)
	if !back {
		r.start(i)
	}
	return took
}

func (r *recovering) start(i int) {
	r.t.Helper()
	if r.living[i] == r.away {
		r.away = nil
	}
	r.living[i] = launch(r.t, r.roles[i])
}

// ends are the ends of the ledgers, undecided entries included.
func (r *recovering) ends() map[int32]int64 {
	r.t.Helper()
	bounds, err := r.admin.Bounds(r.t.Context(), r.topics.Ledger)
	r.must(err)
	ends := map[int32]int64{}
	for partition := range bounds {
		ends[partition] = bounds[partition].Latest
	}
	return ends
}

// served reports whether a shard's ledger has a committed entry from an offset on.
func (r *recovering) served(partition int32, from int64) (found bool) {
	r.t.Helper()
	bounds, err := r.admin.Bounds(r.t.Context(), r.topics.Ledger)
	r.must(err)
	if bounds[partition].Stable <= from {
		return false
	}
	want := kafka.LogRange{Topic: r.topics.Ledger, Partition: partition, From: from, Until: bounds[partition].Stable}
	_, err = r.logs.Read(r.t.Context(), want, func(*schema.Record) (bool, error) {
		found = true
		return true, nil
	})
	r.must(err)
	return found
}

// settled reports whether both have shards, and all shards are at work.
func (r *recovering) settled() bool {
	left, right := len(r.living[0].owned()), len(r.living[1].owned())
	return left > 0 && right > 0 && left+right == partitions && !ended(r.living[0]) && !ended(r.living[1])
}

// until lets a few events flow until the condition holds.
func (r *recovering) until(what string, condition func() bool) {
	r.t.Helper()
	for late := time.Now().Add(2*r.session + healing); !condition(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(late) {
			r.t.Fatalf("%s: it never came; left said %s\nright said %s", what, r.living[0].tail(), r.living[1].tail())
		}
		if time.Since(r.flowed) > 200*time.Millisecond {
			r.send(r.flows(4 * partitions))
			r.flowed = time.Now()
		}
		r.supervise()
	}
}

// supervise starts an instance again that has left where an end was unclear.
func (r *recovering) supervise() {
	r.t.Helper()
	for i, p := range r.living {
		if p == r.away || !ended(p) {
			continue
		}
		if code := p.code(); code != 1 {
			r.t.Fatalf("the %s ended with %d; it said %s", p.name, code, p.tail())
		}
		r.again++
		r.start(i)
	}
}
