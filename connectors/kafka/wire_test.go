package kafka

import (
	"encoding/binary"
	"net"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// wire sits between the embedded broker and its clients and lets a test change
// or swallow answers that the broker has given: what was asked for is done.
type wire struct {
	mu     sync.Mutex
	answer func(key kmsg.Key, response []byte) (replaced []byte, cut bool) // nil: all pass
	gate   chan struct{}                                                   // nil: nothing is held up
	held   *wiredConn                                                      // which gets nothing before the gate opens
}

// hold keeps all answers back, until the gate opens, from the connection that is the
// next to be answered a fetch.
func (w *wire) hold(gate chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gate = gate
}

// pass waits where a connection is held up.
func (w *wire) pass(c *wiredConn, key kmsg.Key) {
	w.mu.Lock()
	if w.gate != nil && w.held == nil && key == kmsg.Fetch {
		w.held = c
	}
	gate, held := w.gate, w.held
	w.mu.Unlock()
	if gate != nil && held == c {
		<-gate
	}
}

// holds reports whether a connection is held up.
func (w *wire) holds() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held != nil
}

func (w *wire) set(answer func(key kmsg.Key, response []byte) ([]byte, bool)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = answer
}

// ask lets the test decide what becomes of an answer. One connection at a time
// asks, and setting another test's answer waits: what the test counts is safe.
func (w *wire) ask(key kmsg.Key, response []byte) (replaced []byte, cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answer == nil {
		return response, false
	}
	return w.answer(key, append([]byte(nil), response...))
}

func (w *wire) option() kfake.Opt {
	return kfake.ListenFn(func(network, address string) (net.Listener, error) {
		listener, err := net.Listen(network, address)
		return &wiredListener{listener, w}, err
	})
}

type wiredListener struct {
	net.Listener
	wire *wire
}

func (l *wiredListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &wiredConn{Conn: conn, wire: l.wire, keys: make(map[uint32]kmsg.Key)}, nil
}

// wiredConn remembers which request each correlation id is of. The broker
// reads a frame's size and its body apart, and writes an answer whole.
type wiredConn struct {
	net.Conn
	wire *wire

	mu   sync.Mutex
	keys map[uint32]kmsg.Key
	read []byte // of the stream, not yet a whole frame
}

func (c *wiredConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = append(c.read, p[:n]...)
	for len(c.read) >= 12 {
		size := 4 + int(binary.BigEndian.Uint32(c.read))
		if len(c.read) < size {
			break
		}
		c.keys[binary.BigEndian.Uint32(c.read[8:])] = kmsg.Key(binary.BigEndian.Uint16(c.read[4:]))
		c.read = c.read[size:]
	}
	return n, err
}

func (c *wiredConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	key := c.keys[binary.BigEndian.Uint32(p[4:])]
	c.mu.Unlock()
	c.wire.pass(c, key)
	replaced, cut := c.wire.ask(key, p)
	if cut {
		return 0, c.Close()
	}
	if _, err := c.Conn.Write(replaced); err != nil {
		return 0, err
	}
	return len(p), nil
}
