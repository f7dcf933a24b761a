package chaos

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"
)

// weather is what happens on the way between a broker and its clients.
type weather struct {
	latency time.Duration // before each frame
	slice   int           // bytes sent at a time, 0: a frame
	limit   int           // frames after which a connection is reset, 0: none
	refuse  bool          // offsets aren't committed in transactions
	mute    bool          // answers to the ends of transactions are lost
}

// proxy stands before a broker on an address of its own, which it puts in the
// place of the broker's wherever an answer names that. Before several brokers
// there are as many proxies, each of which knows the others' addresses too.
type proxy struct {
	listener      net.Listener
	broker        string
	theirs, ours  [][]byte // as answers spell the brokers' addresses and the proxies'
	wait          sync.WaitGroup
	guard         sync.Mutex
	weather       weather
	open          map[*net.TCPConn]bool
	resets, lines int
	severed       bool
}

// newProxy starts a proxy before a broker.
func newProxy(t *testing.T, broker string) *proxy {
	t.Helper()
	return newProxies(t, []string{broker})[0]
}

// newProxies starts a proxy before each broker.
func newProxies(t *testing.T, brokers []string) []*proxy {
	t.Helper()
	var all []*proxy
	var theirs, ours [][]byte
	for _, broker := range brokers {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &proxy{listener: listener, broker: broker, open: map[*net.TCPConn]bool{}})
		theirs, ours = append(theirs, spelled(t, broker)), append(ours, spelled(t, listener.Addr().String()))
	}
	for _, p := range all {
		p.theirs, p.ours = theirs, ours
		p.wait.Add(1)
		go p.accept()
		t.Cleanup(func() {
			p.sever()
			p.wait.Wait()
		})
	}
	return all
}

// spelled is an address as the protocol writes it: the host, then the port in
// four bytes.
func spelled(t *testing.T, address string) []byte {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return binary.BigEndian.AppendUint32([]byte(host), uint32(number))
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// set changes the weather of all connections.
func (p *proxy) set(w weather) {
	p.guard.Lock()
	defer p.guard.Unlock()
	p.weather = w
}

// reset breaks all connections; new ones are let through.
func (p *proxy) reset() {
	p.guard.Lock()
	defer p.guard.Unlock()
	for conn := range p.open {
		broken(conn)
	}
	p.resets++
}

// sever breaks all connections for good.
func (p *proxy) sever() {
	p.guard.Lock()
	p.severed = true
	p.guard.Unlock()
	_ = p.listener.Close() // nobody comes any more
	p.reset()
}

// broken ends a connection with a reset instead of a farewell.
func broken(conn *net.TCPConn) {
	_ = conn.SetLinger(0) // it may be closed already
	_ = conn.Close()
}

func (p *proxy) accept() {
	defer p.wait.Done()
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		broker, err := net.Dial("tcp", p.broker)
		if err != nil {
			broken(client.(*net.TCPConn))
			continue
		}
		p.join(client.(*net.TCPConn), broker.(*net.TCPConn))
	}
}

// join carries frames both ways until one side ends.
func (p *proxy) join(client, broker *net.TCPConn) {
	p.guard.Lock()
	defer p.guard.Unlock()
	if p.severed {
		broken(client)
		broken(broker)
		return
	}
	p.open[client], p.open[broker] = true, true
	p.lines++
	asked := &requests{ends: map[uint32]bool{}}
	for i, way := range [][2]*net.TCPConn{{client, broker}, {broker, client}} {
		p.wait.Add(1)
		go func() {
			defer p.wait.Done()
			p.carry(way[0], way[1], i == 0, asked)
			broken(way[0])
			broken(way[1])
			p.guard.Lock()
			defer p.guard.Unlock()
			delete(p.open, way[0])
		}()
	}
}

// carry carries whole frames: their first four bytes are their length.
func (p *proxy) carry(from, to *net.TCPConn, ask bool, asked *requests) {
	frame := make([]byte, 4)
	for count := 1; ; count++ {
		if _, err := io.ReadFull(from, frame[:4]); err != nil {
			return
		}
		size := int(binary.BigEndian.Uint32(frame))
		frame = append(frame[:4], make([]byte, size)...)
		if _, err := io.ReadFull(from, frame[4:]); err != nil {
			return
		}
		p.guard.Lock()
		w := p.weather
		p.guard.Unlock()
		if w.limit > 0 && count > w.limit {
			return
		}
		if w.latency > 0 {
			<-time.After(w.latency)
		}
		passed := frame
		if ask {
			passed = asked.ask(frame, w)
		} else if asked.lost(frame) {
			passed = nil
		}
		for i, theirs := range p.theirs {
			passed = bytes.ReplaceAll(passed, theirs, p.ours[i])
		}
		if !send(to, passed, w.slice) {
			return
		}
	}
}

// send writes a frame, in slices where there are to be some.
func send(to io.Writer, frame []byte, slice int) bool {
	for len(frame) > 0 {
		n := len(frame)
		if slice > 0 {
			n = min(n, slice)
		}
		if _, err := to.Write(frame[:n]); err != nil {
			return false
		}
		frame = frame[n:]
	}
	return true
}

// portOf is the port of an address.
func portOf(t *testing.T, address string) int {
	t.Helper()
	spelling := spelled(t, address)
	return int(binary.BigEndian.Uint32(spelling[len(spelling)-4:]))
}
