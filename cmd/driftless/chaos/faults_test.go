package chaos

import (
	"syscall"
	"testing"
	"time"
)

// TestWeather lets the line between engine and broker be slow, cut everything
// into slices, and break: after some frames, and at any moment.
func TestWeather(t *testing.T) {
	t.Parallel()
	rounds := number(t, "CHAOS_WEATHER", 8)
	w := &supervised{input: newInput(newCluster(t, uint64(number(t, "CHAOS_SEED", 1))), 40*rounds)}
	proxy := newProxy(t, w.address)
	w.role = w.cluster.role("under weather")
	w.role.Instance, w.role.Broker, w.role.Session = "weather", proxy.address(), 4*time.Second
	w.process = launch(t, w.role)
	kinds := []weather{{latency: 3 * time.Millisecond}, {slice: 7}, {limit: 25}, {latency: 30 * time.Millisecond}, {limit: 4}, {}}
	for round := range rounds {
		proxy.set(kinds[round%len(kinds)])
		w.work(time.Duration(200+w.chance.IntN(600))*time.Millisecond, rounds-round)
		if w.chance.IntN(2) == 0 {
			proxy.reset()
		}
	}
	proxy.set(weather{})
	w.finish()
	t.Logf("%d lines, %d resets of all, the engine began %d times anew", proxy.lines, proxy.resets, w.restarts)
}

// TestBrokerPausedAndRestarted stops and continues the broker's process, for less
// and for more than a transaction may take, and ends it in order and starts it on
// what it wrote down. It is not killed with -9: the embedded broker writes the
// markers of a transaction one by one and has no log of its own to go on from, so
// its death may leave half a transaction, as that of a real broker doesn't.
func TestBrokerPausedAndRestarted(t *testing.T) {
	t.Parallel()
	rounds := number(t, "CHAOS_BROKERS", 4)
	w := &supervised{input: newInput(newCluster(t, uint64(number(t, "CHAOS_SEED", 1))), 60*rounds)}
	w.role = w.cluster.role("engine")
	w.role.Session = 3 * time.Second
	w.process = launch(t, w.role)
	for round := range rounds {
		w.work(time.Duration(200+w.chance.IntN(400))*time.Millisecond, rounds-round)
		if round%2 == 0 {
			pause := []time.Duration{300 * time.Millisecond, 2 * time.Second}[round/2%2]
			w.broker.signal(syscall.SIGSTOP)
			<-time.After(pause)
			w.broker.signal(syscall.SIGCONT)
			continue
		}
		w.broker.stop()
		w.serve(portOf(t, w.address))
	}
	w.finish()
	t.Logf("the engine began %d times anew", w.restarts)
}

// supervised is an engine that is started again when it has left, as a pod is.
type supervised struct {
	*input
	role     role
	process  *process
	restarts int
}

// work sends for a while and keeps the engine alive.
func (s *supervised) work(long time.Duration, shares int) {
	s.t.Helper()
	for until := time.Now().Add(long); time.Now().Before(until); {
		s.during(s.process.ended, time.Until(until), 4*shares)
		s.supervise()
	}
}

// supervise starts the engine again. It may leave where an end was unclear, and
// says so; it may never give up a shard.
func (s *supervised) supervise() {
	s.t.Helper()
	for _, problem := range s.process.troubles() {
		s.t.Fatalf("a shard doesn't go on: %s", problem)
	}
	if !ended(s.process) {
		return
	}
	if code := s.process.code(); code != 1 {
		s.t.Fatalf("the engine ended with %d; it said %s", code, s.process.tail())
	}
	s.restarts++
	s.process = launch(s.t, s.role)
}

// finish lets the engine end its work in peace, and checks.
func (s *supervised) finish() {
	s.t.Helper()
	s.part(0, 1)
	for late := time.Now().Add(healing); len(s.process.owned()) < partitions; {
		if time.Now().After(late) {
			s.t.Fatalf("the engine doesn't get over it; it said %s", s.process.tail())
		}
		s.during(s.process.ended, 100*time.Millisecond, 1)
		s.supervise()
	}
	s.rest()
	had := s.process.owned()
	s.process.stop()
	s.t.Log(s.check())
	s.verify(s.role, had)
}
