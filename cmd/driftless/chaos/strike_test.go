package chaos

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// fault is one kind of what strikes a fleet.
type fault struct {
	name   string
	weight int
	real   bool // it takes a real Kafka
	strike func(f *fleet)
}

// kinds are the faults, a third of them kills. What lasts is ended by the fault
// itself, by the instance's next start, or when all is healed.
var kinds = []fault{
	{"kill", 8, false, (*fleet).kill},
	{"kill at a point", 6, false, (*fleet).killAtPoint},
	{"kill, disk lost", 1, false, (*fleet).loseDisk},
	{"kill, disk damaged", 3, false, (*fleet).damageDisk},
	{"disk full", 1, false, (*fleet).fillDisk},
	{"stop", 2, false, (*fleet).stop},
	{"freeze", 2, false, (*fleet).freeze},
	{"freeze in a transaction", 1, false, (*fleet).freezeTransaction},
	{"scale", 3, false, (*fleet).scale},
	{"clock step", 2, false, (*fleet).stepClock},
	{"line", 3, false, (*fleet).spoilLine},
	{"commits refused", 4, false, (*fleet).refuseCommits},
	{"records refused", 5, false, (*fleet).refuseRecords},
	{"answers lost", 2, false, (*fleet).loseAnswer},
	{"broker killed", 1, true, (*fleet).killBroker},
	{"broker stopped", 1, true, (*fleet).stopBroker},
	{"broker paused", 1, true, (*fleet).pauseBroker},
}

// strike draws a fault and lets it strike.
func (f *fleet) strike() {
	f.t.Helper()
	sum := 0
	for _, k := range f.kinds {
		sum += k.weight
	}
	draw := f.draws.IntN(sum)
	for _, k := range f.kinds {
		if draw -= k.weight; draw < 0 {
			f.struck = append(f.struck, k.name)
			k.strike(f)
			return
		}
	}
}

// moment is a short time.
func (f *fleet) moment(most time.Duration) time.Duration {
	return time.Duration(f.draws.Int64N(int64(most)))
}

func (f *fleet) kill() {
	f.flow(f.moment(time.Second))
	f.restart(f.some())
}

// killAtPoint lets an instance end itself at a named point of a commit or of a
// start. A point that it doesn't come to in a while strikes with the next fault.
func (f *fleet) killAtPoint() {
	m := f.some()
	f.end(m)
	r := m.role
	r.Point, r.Visits = points[f.draws.IntN(len(points))], 1+f.draws.IntN(3)
	if r.Point == "restoring" {
		f.setAside(m)
	}
	f.start(m, r)
	f.during(m.process.ended, 2*time.Second, 4*f.left)
	f.supervise()
}

func (f *fleet) loseDisk() {
	m := f.some()
	f.flow(f.moment(500 * time.Millisecond))
	f.end(m)
	f.setAside(m)
	f.start(m, m.role)
	f.flow(f.moment(time.Second))
}

// damageDisk flips bytes of a file of an instance's, or cuts it off: every second
// time of a journal, which is mended from the ledger without a shard being given up.
func (f *fleet) damageDisk() {
	m := f.some()
	f.end(m)
	journal := f.draws.IntN(2) == 0
	var files []string
	f.must(filepath.WalkDir(m.role.Folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && entry.Name() != "witness" && (!journal || filepath.Base(filepath.Dir(path)) == "journal") {
			files = append(files, path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was killed before it made its folder
		}
		return err
	}))
	if len(files) > 0 {
		path := files[f.draws.IntN(len(files))]
		f.damage(path)
		f.damaged = append(f.damaged, m.role.Folder)
		m.doubted = m.doubted || !journal
		// Where no rows were written yet the journal was all there is.
		delete(m.witnesses, filepath.Join(filepath.Dir(filepath.Dir(path)), "witness"))
	}
	f.start(m, m.role)
	f.flow(time.Second + f.moment(time.Second))
}

func (f *fleet) damage(path string) {
	f.t.Helper()
	content, err := os.ReadFile(path)
	f.must(err)
	if len(content) == 0 {
		return
	}
	at := f.draws.IntN(len(content))
	if f.draws.IntN(2) == 0 {
		f.must(os.Truncate(path, int64(at)))
		return
	}
	for range 1 + f.draws.IntN(8) {
		content[at] ^= 1 << f.draws.IntN(8)
		at = min(at+f.draws.IntN(16), len(content)-1)
	}
	f.must(os.WriteFile(path, content, 0o600))
}

// fillDisk lets an instance's files grow to a size and no further. A shard that
// can't write stops, and is opened again from what is there.
func (f *fleet) fillDisk() {
	m := f.some()
	f.end(m)
	r := m.role
	r.FileBytes = uint64(1+f.draws.IntN(64)) << 10
	m.doubted = true
	f.start(m, r)
	f.during(m.process.ended, time.Second, 4*f.left)
	f.end(m)
	m.doubted = false // the disk has room again: nothing on it is lost
	f.start(m, m.role)
	f.flow(f.moment(500 * time.Millisecond))
}

func (f *fleet) stop() {
	m := f.some()
	f.flow(f.moment(500 * time.Millisecond))
	alone := f.count() == 1
	if f.retire(m); !alone {
		f.flow(f.moment(time.Second))
	}
	f.start(m, m.role)
}

// freeze stops an instance for less or more than its session.
func (f *fleet) freeze() { f.frozen(f.some(), f.moment(memberSession*3/2)) }

// freezeTransaction stops an instance inside a transaction for longer than that
// may take.
func (f *fleet) freezeTransaction() {
	m := f.some()
	f.end(m)
	r := m.role
	r.Point, r.Visits, r.Freeze = []string{"begun", "produced"}[f.draws.IntN(2)], 1+f.draws.IntN(3), true
	f.start(m, r)
	frozen := func() bool {
		said, _ := m.process.log()
		return count(said, "freezing", -1) > 0
	}
	for late := time.Now().Add(3 * time.Second); !frozen() && time.Now().Before(late) && !ended(m.process); {
		f.during(m.process.ended, 50*time.Millisecond, 20*f.left)
	}
	if frozen() {
		f.frozen(m, memberSession/2+f.moment(memberSession))
	}
}

// scale has one instance more, or one less, between one and all.
func (f *fleet) scale() {
	n := f.count()
	if n < mostMembers && (n == 1 || f.draws.IntN(2) == 0) {
		at := slices.IndexFunc(f.members[:], func(m *member) bool { return !m.running })
		f.start(f.members[at], f.members[at].role)
	} else if n > 1 {
		f.retire(f.some())
	}
	f.flow(f.moment(2 * time.Second))
}

// stepClock ends an instance in the middle of its work and starts it with a clock
// that is an hour off.
func (f *fleet) stepClock() {
	m := f.some()
	f.flow(f.moment(500 * time.Millisecond))
	f.end(m)
	r := m.role
	r.Clock = []time.Duration{time.Hour, -time.Hour}[f.draws.IntN(2)]
	f.start(m, r)
	f.flow(f.moment(2 * time.Second))
}

// spoilLine slows an instance's lines to the brokers, slices what goes over them,
// or cuts them.
func (f *fleet) spoilLine() {
	m := f.some()
	m.weather([]weather{{latency: 5 * time.Millisecond}, {slice: 7}, {limit: 25}, {latency: 30 * time.Millisecond}, {limit: 4}}[f.draws.IntN(5)])
	f.flow(f.moment(time.Second))
	if f.draws.IntN(2) == 0 {
		for _, p := range m.proxies {
			p.reset()
		}
	}
	f.flow(f.moment(500 * time.Millisecond))
	m.weather(weather{})
}

// killBroker ends a broker without warning, and starts it again after a while.
func (f *fleet) killBroker() { f.withoutBroker(f.kafka.Kill) }

func (f *fleet) stopBroker() {
	f.withoutBroker(func(broker int) error {
		ctx, cancel := f.within()
		defer cancel()
		return f.kafka.Terminate(ctx, broker)
	})
}

func (f *fleet) withoutBroker(end func(broker int) error) {
	f.t.Helper()
	broker := f.draws.IntN(len(f.brokers()))
	f.must(end(broker))
	f.outage(f.moment(3 * time.Second))
	ctx, cancel := f.within()
	defer cancel()
	f.must(f.kafka.Restart(ctx, broker))
	f.flow(f.moment(time.Second))
}

func (f *fleet) pauseBroker() {
	broker := f.draws.IntN(len(f.brokers()))
	f.must(f.kafka.Pause(broker))
	f.outage(f.moment(5 * time.Second))
	f.must(f.kafka.Continue(broker))
	f.flow(f.moment(time.Second))
}

// outage passes without a broker. Events flow while others are there.
func (f *fleet) outage(long time.Duration) {
	f.t.Helper()
	if len(f.brokers()) > 1 {
		f.flow(long)
		return
	}
	<-time.After(long)
	f.supervise()
}
