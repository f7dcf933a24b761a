package chaos

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"driftless/connectors/kafka/apache"
)

// flagDynamic lets the group know one member by no name: each of its starts and
// ends moves shards, and has the others abort.
var flagDynamic = flag.Bool("dynamic", false, "one of the instances is a dynamic member of the group")

// A fleet has one to four instances, as many as there are partitions.
const (
	mostMembers = partitions
	firstOnes   = 2
	// memberSession is how long a silent instance keeps its shards. A transaction
	// may take half of it.
	memberSession = 3 * time.Second
	dynamicMember = 1
)

// fleet is the instances that share a round's topics.
type fleet struct {
	*input
	kafka   *apache.Cluster // nil: the embedded broker
	members [mostMembers]*member
	kinds   []fault    // those that may strike
	draws   *rand.Rand // what strikes when: apart from what is sent, which time decides too
	struck  []string   // kinds of the faults so far
	left    int        // faults that are still to come
}

// member is one instance, with a folder that outlives its processes.
type member struct {
	role      role // of a process without any fault
	process   *process
	proxies   []*proxy // between it and the brokers
	running   bool     // it is meant to
	doubted   bool     // its disk was damaged, or full: it may give shards up, and say so
	pointed   bool     // it ends itself at a point
	witnesses map[string]bool
}

// enlist starts the first instances.
func (f *fleet) enlist() {
	f.t.Helper()
	for i := range f.members {
		m := &member{role: f.role(fmt.Sprint("member-", i)), witnesses: map[string]bool{}}
		m.proxies = newProxies(f.t, f.brokers())
		var addresses []string
		for _, p := range m.proxies {
			addresses = append(addresses, p.address())
		}
		m.role.Broker, m.role.Session = strings.Join(addresses, ","), memberSession
		m.role.Dynamic = i == dynamicMember && *flagDynamic
		f.members[i] = m
	}
	for _, m := range f.members[:firstOnes] {
		f.start(m, m.role)
	}
}

func (f *fleet) brokers() []string {
	if f.kafka == nil {
		return []string{f.address}
	}
	return f.kafka.Bootstrap()
}

// start starts an instance, which may have faults of its own.
func (f *fleet) start(m *member, r role) {
	f.t.Helper()
	m.process, m.running, m.pointed = launch(f.t, r), true, r.Point != "" && !r.Freeze
}

// end kills an instance, and looks at what it had said.
func (f *fleet) end(m *member) {
	f.t.Helper()
	m.process.kill()
	f.witness(m)
	m.running = false
}

// restart kills an instance and starts it without faults.
func (f *fleet) restart(m *member) {
	f.t.Helper()
	f.end(m)
	f.start(m, m.role)
}

// retire has an instance stop in order.
func (f *fleet) retire(m *member) {
	f.t.Helper()
	said, _ := m.process.log()
	if m.pointed || len(said) == 0 { // it might end itself meanwhile, or can't be told yet
		f.end(m)
		return
	}
	_ = m.process.command.Process.Signal(syscall.SIGTERM) // it may have left by itself
	if code := m.process.code(); code != 0 && code != 1 { // 1: the end of its last transaction was unclear
		f.t.Fatalf("the %s was told to stop and ended with %d; it said %s", m.process.name, code, m.process.tail())
	}
	f.witness(m)
	m.running = false
}

// some draws one of the instances that run.
func (f *fleet) some() *member {
	running := slices.DeleteFunc(slices.Clone(f.members[:]), func(m *member) bool { return !m.running })
	return running[f.draws.IntN(len(running))]
}

// frozen stops an instance's process for a while; nobody takes it for dead.
func (f *fleet) frozen(m *member, long time.Duration) {
	f.t.Helper()
	m.running = false
	_ = m.process.command.Process.Signal(syscall.SIGSTOP) // it may have ended itself
	f.flow(long)
	_ = m.process.command.Process.Signal(syscall.SIGCONT)
	m.running = true
	f.flow(f.moment(500 * time.Millisecond))
}

// count counts the instances that run.
func (f *fleet) count() (n int) {
	for _, m := range f.members {
		if m.running {
			n++
		}
	}
	return n
}

// flow lets events flow for a while, and keeps the fleet alive.
func (f *fleet) flow(long time.Duration) {
	f.t.Helper()
	for until := time.Now().Add(long); time.Now().Before(until) && !f.t.Failed(); {
		f.during(nil, min(time.Until(until), 200*time.Millisecond), 4*f.left)
		f.supervise()
	}
}

// supervise starts instances again that have left, as pods are. One may leave
// where an end was unclear; none may give a shard up, but for a disk that was
// damaged: then its folder is set aside, as its log says, and restored.
func (f *fleet) supervise() {
	f.t.Helper()
	for _, m := range f.members {
		if !m.running {
			continue
		}
		if len(m.process.troubles()) > 0 && m.doubted {
			f.end(m)
			f.setAside(m)
			f.start(m, m.role)
			continue
		}
		f.sound(m)
		if !ended(m.process) {
			continue
		}
		status, _ := m.process.command.ProcessState.Sys().(syscall.WaitStatus)
		atPoint := m.pointed && status.Signal() == syscall.SIGKILL
		if code := m.process.code(); code != 1 && !atPoint {
			f.t.Fatalf("the %s ended with %v; it said %s", m.process.name, m.process.command.ProcessState, m.process.tail())
		}
		f.witness(m)
		f.start(m, m.role)
	}
}

// sound fails where an instance gave a shard up without a reason.
func (f *fleet) sound(m *member) {
	f.t.Helper()
	if problems := m.process.troubles(); len(problems) > 0 && !m.doubted {
		f.t.Fatalf("the %s has given a shard up: %v; it said %s", m.process.name, problems, m.process.tail())
	}
}

// setAside takes the folders away of an instance's shards.
func (f *fleet) setAside(m *member) {
	f.t.Helper()
	f.empty(m.role)
	m.witnesses, m.doubted = map[string]bool{}, false
}

// witness looks at an instance's folder, unless its disk is doubted. A shard that
// it was given and never wrote to may come back empty.
func (f *fleet) witness(m *member) {
	f.t.Helper()
	if !m.doubted {
		f.sound(m)
		f.attest(m.role, m.process, m.witnesses)
	}
}

// heal ends every fault that lasts, and waits until all shards are at work again.
func (f *fleet) heal() {
	f.t.Helper()
	for _, m := range f.members {
		m.weather(weather{})
	}
	for i, m := range f.members {
		switch {
		case m.running:
			f.restart(m) // without what its role had
		case i < firstOnes:
			f.start(m, m.role)
		}
	}
	f.part(0, 1)
	for late := time.Now().Add(healing); f.owned() < partitions; {
		if time.Now().After(late) {
			f.t.Fatalf("the fleet doesn't get over it: %d of %d shards are at work; %s", f.owned(), partitions, f.tails())
		}
		f.left = 1
		f.flow(100 * time.Millisecond)
	}
	f.rest()
}

// owned counts the shards at work.
func (f *fleet) owned() (n int) {
	for _, m := range f.members {
		if m.running {
			n += len(m.process.owned())
		}
	}
	return n
}

func (f *fleet) tails() (text string) {
	for _, m := range f.members {
		if m.process != nil {
			text += "\n" + m.process.name + ": " + m.process.tail()
		}
	}
	return text
}

// verdict stops the fleet in order, and checks topics and folders.
func (f *fleet) verdict() counts {
	f.t.Helper()
	had := map[*member]map[int32]bool{}
	for _, m := range f.members {
		if m.running {
			had[m] = m.process.owned()
			m.process.signal(syscall.SIGTERM) // all at once: none is given the others' shards
		}
	}
	for m := range had {
		if code := m.process.code(); code != 0 {
			f.t.Fatalf("the %s was told to stop and ended with %d; it said %s", m.process.name, code, m.process.tail())
		}
		f.witness(m)
	}
	n := f.check()
	for m, shards := range had {
		m.role.Broker = f.address // the proxies may have gone
		for partition := range int32(partitions) {
			if !shards[partition] { // it may have lost it in the middle of a restore
				f.must(os.RemoveAll(filepath.Join(m.role.Folder, fmt.Sprintf("shard-%d", partition))))
			}
		}
		n.scrubbed += f.verify(m.role, shards)
	}
	return n
}

// weather changes that of all lines of an instance.
func (m *member) weather(w weather) {
	for _, p := range m.proxies {
		p.set(w)
	}
}

// within bounds what is asked of a broker.
func (f *fleet) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(f.t.Context(), healing)
}
