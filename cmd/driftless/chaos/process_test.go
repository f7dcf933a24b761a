package chaos

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// line is what a process under test says: a line of its log.
type line struct {
	Time       string `json:"time"`
	Level      string `json:"level"`
	Message    string `json:"msg"`
	Address    string `json:"address"`
	Partition  int32  `json:"partition"`
	Goroutines int    `json:"goroutines"`
	Commits    int    `json:"commits"`
	// Of the commits so far: seconds that no more than a thousandth, and that none took longer.
	Thousandth float64 `json:"thousandth"`
	Slowest    float64 `json:"slowest"`
	Number     uint64  `json:"number"` // of the last entry that a shard which is ready has
	Error      string  `json:"error"`
	Because    string  `json:"because"` // of a transaction that was aborted
}

// process is a broker or an engine under test.
type process struct {
	t       *testing.T
	command *exec.Cmd
	stdin   io.Closer
	ended   chan struct{}
	*transcript
}

// transcript is what a process has said so far.
type transcript struct {
	name  string
	guard sync.Mutex
	said  []line
	news  chan struct{} // closed when something is said, then replaced
}

func newTranscript(name string) *transcript {
	return &transcript{name: name, news: make(chan struct{})}
}

// Write takes a line of JSON, as a log writes it.
func (s *transcript) Write(text []byte) (int, error) {
	var l line
	if json.Unmarshal(text, &l) != nil {
		l = line{Level: "ERROR", Message: string(text)}
	}
	if os.Getenv("CHAOS_LOG") != "" {
		fmt.Fprintf(os.Stderr, "%s %s\n", s.name, bytes.TrimSpace(text))
	}
	s.guard.Lock()
	defer s.guard.Unlock()
	s.said = append(s.said, l)
	close(s.news)
	s.news = make(chan struct{})
	return len(text), nil
}

// log returns what was said so far, and what tells of more.
func (s *transcript) log() ([]line, <-chan struct{}) {
	s.guard.Lock()
	defer s.guard.Unlock()
	return s.said, s.news
}

// launch starts a process. It is killed when the test ends.
func launch(t *testing.T, r role) *process {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	name := "engine " + r.Instance
	if r.Broker == "" {
		name = "broker"
	}
	p := &process{t: t, transcript: newTranscript(name), ended: make(chan struct{})}
	p.command = exec.Command(os.Args[0])
	p.command.Env = append(os.Environ(), roleVariable+"="+string(text))
	p.command.Stderr = os.Stderr
	output, err := p.command.StdoutPipe()
	if err == nil {
		p.stdin, err = p.command.StdinPipe()
	}
	if err == nil {
		err = p.command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go p.listen(output)
	t.Cleanup(p.kill)
	return p
}

// listen owns the process's output and the waiting for its end.
func (p *process) listen(output io.Reader) {
	for lines := bufio.NewScanner(output); lines.Scan(); {
		_, _ = p.Write(lines.Bytes()) // it never fails
	}
	_ = p.command.Wait() // its status is read from ProcessState
	close(p.ended)
}

// patience bounds a test's wait for what must come.
const patience = 30 * time.Second

// await waits until the process has said so much that the condition holds.
func (p *process) await(what string, condition func([]line) bool) {
	p.t.Helper()
	for late := time.After(patience); ; {
		said, news := p.log()
		if condition(said) {
			return
		}
		select {
		case <-news:
		case <-p.ended:
			if said, _ = p.log(); !condition(said) {
				p.t.Fatalf("the %s ended before %s; it said %s", p.name, what, p.tail())
			}
			return
		case <-late:
			p.t.Fatalf("the %s: %s never came; it said %s", p.name, what, p.tail())
		}
	}
}

// kill ends the process as it is, also one that is stopped.
func (p *process) kill() {
	_ = p.command.Process.Kill() // it may have ended by itself
	<-p.ended
	_ = p.stdin.Close()
}

// signal sends a signal to a living process.
func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		p.t.Fatalf("signal %s to the %s: %v; it said %s", s, p.name, err, p.tail())
	}
}

// stop ends the process in order, which it must do well.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	if code := p.code(); code != 0 {
		p.t.Fatalf("the %s was told to stop and ended with %d; it said %s", p.name, code, p.tail())
	}
}

// code waits for the end of the process; -1: a signal ended it.
func (p *process) code() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("the %s doesn't end; it said %s", p.name, p.tail())
	}
	return p.command.ProcessState.ExitCode()
}

// count counts lines with a message; partition -1: of any.
func count(said []line, message string, partition int32) int {
	n := 0
	for _, l := range said {
		if l.Message == message && (partition < 0 || l.Partition == partition) {
			n++
		}
	}
	return n
}

// tail shows the last of what a process said.
func (s *transcript) tail() string {
	said, _ := s.log()
	var text strings.Builder
	for _, l := range said[max(0, len(said)-30):] {
		fmt.Fprintf(&text, "\n\t%s %s %s partition %d %s%s", l.Time, l.Level, l.Message, l.Partition, l.Error, l.Because)
	}
	return text.String()
}

// owned are the partitions whose shards a process has ready.
func (s *transcript) owned() map[int32]bool {
	owned := map[int32]bool{}
	said, _ := s.log()
	for _, l := range said {
		switch l.Message {
		case "shard ready":
			owned[l.Partition] = true
		case "shard handed over":
			delete(owned, l.Partition)
		}
	}
	return owned
}

// troubles are the shards that a process couldn't go on with.
func (s *transcript) troubles() []string {
	said, _ := s.log()
	return troubles(said)
}

func troubles(said []line) (errors []string) {
	for _, l := range said {
		if l.Message == "shard stopped" || l.Message == "shard can't be opened" {
			errors = append(errors, l.Error)
		}
	}
	return errors
}
