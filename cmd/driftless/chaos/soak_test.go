package chaos

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"driftless/processor/rules"
	"driftless/schema"
)

// The flags of the soak, behind -args, with --brokers of the campaign's.
var (
	flagSoak     = flag.Float64("soak", 0, "minutes of steady work")
	flagOverload = flag.Float64("overload", 0, "minutes of ten times what the instance can take")
	flagRate     = flag.Int("rate", 400, "events a second of the steady work")
)

const (
	// epochs are the transactions after which a producer's epoch has wrapped.
	epochs = 1 << 15
	// overloaded is the events a second of the overload, and the duty of the
	// instance that then takes a tenth of them.
	overloaded = 6000
	atWork     = time.Millisecond
	stopped    = 500 * time.Millisecond
)

// TestSoak lets one instance work steadily for longer than a producer's epoch
// takes to wrap, and looks at what it holds; then stops it most of the time, so
// that ten times what it can take comes in, and lets it catch up. In the end every
// record has its entry, every number its place, and all figures are the truth.
func TestSoak(t *testing.T) {
	if *flagSoak == 0 && *flagOverload == 0 {
		t.Skip("make soak")
	}
	c := &campaign{t: t}
	c.startKafka()
	s := &soak{begun: time.Now(), input: newInput(c.topics(t, *flagSeed, "soak."), 1)}
	s.deliveries = nil // the flow alone
	r := s.role("soak")
	r.Tell = 5 * time.Second
	s.process = launch(t, r)
	s.process.await("all shards at work", func([]line) bool { return len(s.process.owned()) == partitions })
	s.steady(time.Duration(*flagSoak * float64(time.Minute)))
	s.flood(time.Duration(*flagOverload * float64(time.Minute)))
	s.drain()
	had := s.process.owned()
	s.process.stop()
	s.exact()
	t.Logf("%d folders scrubbed", s.verify(r, had))
}

// soak is one instance over a long time.
type soak struct {
	*input
	process *process
	begun   time.Time
	samples []sample
}

// sample is what an instance holds at a time.
type sample struct {
	resident   int64 // bytes
	files      int
	goroutines int
	commits    int
	thousandth float64 // seconds that no more than a thousandth of the commits took longer
	slowest    float64 // and that none did
	rows       int64   // bytes of the rows on disk
	journal    int64   // bytes
	events     int     // sent
}

// steady sends at an even pace, and then compares what is held in the second
// quarter with the last: what grows all the time has no end.
func (s *soak) steady(long time.Duration) {
	s.t.Helper()
	s.pace(long, *flagRate, func() {})
	n := len(s.samples)
	if n < 8 {
		return
	}
	last := s.samples[n-1]
	s.t.Logf("%d commits, all but a thousandth within %.0f ms, all within %.0f ms", last.commits, 1000*last.thousandth, 1000*last.slowest)
	early, late := middle(s.samples[n/4:n/2]), middle(s.samples[3*n/4:])
	s.t.Logf("second quarter %+v", early)
	s.t.Logf("last quarter   %+v", late)
	for _, held := range []struct {
		what        string
		early, late float64
		most        float64
	}{
		{"resident bytes", float64(early.resident), float64(late.resident), 1.15},
		{"open files", float64(early.files), float64(late.files), 1.2},
		{"goroutines", float64(early.goroutines), float64(late.goroutines), 1.2},
		{"bytes of rows an event", float64(early.rows) / float64(early.events), float64(late.rows) / float64(late.events), 1.2},
		{"bytes of the journal an event", float64(early.journal) / float64(early.events), float64(late.journal) / float64(late.events), 1.1},
	} {
		if held.late > held.most*held.early {
			s.t.Errorf("%s grow: %.0f, later %.0f", held.what, held.early, held.late)
		}
	}
	if commits := s.samples[n-1].commits; long > 30*time.Minute && commits < epochs {
		s.t.Errorf("%d transactions: the producer's epoch never wrapped", commits)
	}
}

// middle is the median of each figure.
func middle(of []sample) sample {
	at := func(figure func(sample) int64) int64 {
		values := make([]int64, len(of))
		for i := range of {
			values[i] = figure(of[i])
		}
		return median(values)
	}
	return sample{
		resident: at(func(s sample) int64 { return s.resident }), rows: at(func(s sample) int64 { return s.rows }),
		journal: at(func(s sample) int64 { return s.journal }), files: int(at(func(s sample) int64 { return int64(s.files) })),
		goroutines: int(at(func(s sample) int64 { return int64(s.goroutines) })), commits: int(at(func(s sample) int64 { return int64(s.commits) })),
		events: int(at(func(s sample) int64 { return int64(s.events) })),
	}
}

// pace sends events at a rate for a while, takes a sample now and then, and calls
// between.
func (s *soak) pace(long time.Duration, rate int, between func()) {
	s.t.Helper()
	begun, sent, next := time.Now(), 0, time.Now()
	for time.Since(begun) < long {
		due := int(time.Since(begun).Seconds()*float64(rate)) - sent
		if due > 0 {
			s.send(s.flows(min(due, 2000)))
			sent += min(due, 2000)
		}
		if time.Now().After(next) {
			s.sample()
			next = time.Now().Add(max(long/100, time.Second))
		}
		if ended(s.process) {
			s.t.Fatalf("the instance ended with %d; it said %s", s.process.code(), s.process.tail())
		}
		between()
		<-time.After(5 * time.Millisecond)
	}
}

// sample looks at the process and its folder.
func (s *soak) sample() {
	s.t.Helper()
	pid := strconv.Itoa(s.process.command.Process.Pid)
	one := sample{events: s.sent, resident: resident(s.t, pid)}
	files, err := os.ReadDir(filepath.Join("/proc", pid, "fd"))
	s.must(err)
	one.files = len(files)
	said, _ := s.process.log()
	for i := len(said) - 1; i >= 0; i-- {
		if said[i].Message == "standing" {
			one.goroutines, one.commits = said[i].Goroutines, said[i].Commits
			one.thousandth, one.slowest = said[i].Thousandth, said[i].Slowest
			break
		}
	}
	one.rows, one.journal = folderBytes(s.role("soak").Folder, "/rows/"), folderBytes(s.role("soak").Folder, "/journal/")
	s.samples = append(s.samples, one)
	if len(s.samples)%10 == 0 {
		s.t.Logf("after %s: %+v", time.Since(s.begun).Round(time.Second), one)
	}
}

// folderBytes sums the files below a folder that lie in a place. Those that go
// meanwhile hold nothing.
func folderBytes(folder, place string) (bytes int64) {
	files := os.DirFS(folder)
	_ = fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.Contains(path, place) {
			if info, gone := entry.Info(); gone == nil && !info.IsDir() {
				bytes += info.Size()
			}
		}
		return err
	})
	return bytes
}

// resident is what a process holds in memory, in bytes.
func resident(t *testing.T, pid string) int64 {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", pid, "statm"))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// flood sends ten times what the instance can take: it is stopped most of the time.
func (s *soak) flood(long time.Duration) {
	s.t.Helper()
	if long == 0 {
		return
	}
	from := len(s.samples)
	s.process.signal(syscall.SIGSTOP)
	s.pace(long, overloaded, func() {
		<-time.After(stopped)
		s.process.signal(syscall.SIGCONT)
		<-time.After(atWork)
		s.process.signal(syscall.SIGSTOP)
	})
	s.process.signal(syscall.SIGCONT)
	most := int64(0)
	for _, one := range s.samples[from:] {
		most = max(most, one.resident)
	}
	s.t.Logf("overloaded for %s: %d events sent in all, %d behind, %d MiB at most", long, s.sent, s.behind(), most>>20)
}

// drain waits until all that came is consumed.
func (s *soak) drain() {
	s.t.Helper()
	begun := time.Now()
	for s.behind() > 2*partitions { // markers stand behind the last records
		if ended(s.process) {
			s.t.Fatalf("the instance ended with %d; it said %s", s.process.code(), s.process.tail())
		}
		<-time.After(200 * time.Millisecond)
	}
	s.t.Logf("drained in %s", time.Since(begun).Round(100*time.Millisecond))
	s.rest()
}

// behind is how far the group is behind the input, in offsets.
func (s *soak) behind() (behind int64) {
	s.t.Helper()
	where, known := s.look(s.t.Context())
	for late := time.Now().Add(healing); !known; where, known = s.look(s.t.Context()) {
		if time.Now().After(late) {
			s.t.Fatal(s.silent)
		}
	}
	for p := range int32(partitions) {
		behind += where.input[p].Latest - where.positions[p].Offset
	}
	return behind
}

// exact goes through the topics record by record: each input record has one
// outcome, in order, entries are numbered without a gap, versions rise, and the
// last outputs are the truth.
func (s *soak) exact() {
	s.t.Helper()
	events, entries := 0, uint64(0)
	for partition := range int32(partitions) {
		var offsets []int64
		s.visit(s.topics.Events, partition, func(record *schema.Record) { offsets = append(offsets, record.Offset) })
		events += len(offsets)
		number := uint64(0)
		s.visit(s.topics.Ledger, partition, func(record *schema.Record) {
			var e rules.Entry
			s.must(e.Decode(record.Value))
			if number++; e.Number != number {
				s.t.Fatalf("shard %d: entry %d stands at place %d", partition, e.Number, number)
			}
			if e.Cause != rules.ByDelivery {
				return
			}
			if len(offsets) == 0 || offsets[0] != e.Offset {
				s.t.Fatalf("shard %d: entry %d is that of offset %d, which isn't the next record", partition, e.Number, e.Offset)
			}
			offsets = offsets[1:]
		})
		entries += number
		if len(offsets) > 0 {
			s.t.Errorf("shard %d: %d records have no outcome", partition, len(offsets))
		}
	}
	if events < s.sent || events > s.sent && !s.doubtful {
		s.t.Errorf("%d events were acknowledged, %d are there", s.sent, events)
	}
	var n counts
	s.checkFlow(s.outputs(&n))
	s.t.Logf("%d events, %d entries, %d outputs were held to the truth", events, entries, n.outputs)
}

func median(values []int64) int64 {
	slices.Sort(values)
	return values[len(values)/2]
}
