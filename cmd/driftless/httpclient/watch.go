package httpclient

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"driftless/cmd/driftless/lookup"
)

// maxEventBytes bounds one event of a stream.
const maxEventBytes = 1 << 20

// Watcher is told what a stream says.
type Watcher struct {
	Changed func(balance *lookup.Balance) error
	// Lost is called when balances were dropped on the way: what is shown may
	// be old until its next change. Nil: nobody asks.
	Lost func()
}

// Watch follows changes of the SKUs, or of all that the instance has, until the
// context ends, which is no error. When the stream ends, as it does when shards
// move or the instance restarts, it connects again, for about a minute.
func (c *Client) Watch(ctx context.Context, skus []string, watcher Watcher) error {
	w := &watch{client: c, watcher: watcher, skus: skus, versions: map[string]int64{}}
	for {
		err := w.follow(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !w.mayReturn(err) {
			return err
		}
		// A moment after shards have moved their new owner knows of them.
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(c.pause):
		}
	}
}

// mayReturn says whether to try again: not where there was never a stream, as
// the address may be wrong.
func (w *watch) mayReturn(err error) bool {
	w.attempts++
	return w.connected && w.attempts < maxAttempts && errors.Is(err, errAbsent)
}

// watch is one Watch, over all its connections.
type watch struct {
	client  *Client
	watcher Watcher
	skus    []string
	// connected: there was a stream; attempts: to have one again, since.
	connected bool
	attempts  int
	versions  map[string]int64 // seen of skus, by key: a new connection begins with what holds
}

// follow reads one stream to its end, which is no error.
func (w *watch) follow(ctx context.Context) error {
	response, err := w.client.get(ctx, url.Values{"sku": w.skus}, "v1", "atp")
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	w.connected, w.attempts = true, 0
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, maxEventBytes)
	name := ""
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			name = value
		case "data":
			if err := w.event(name, value); err != nil {
				return err
			}
		}
	}
	// A connection that was cut off ends the stream as well.
	if err := lines.Err(); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read the stream: %w", err)
	}
	return nil
}

// event hands on what one event says, unless a newer version was seen.
func (w *watch) event(name, data string) error {
	switch name {
	case "lost":
		if w.watcher.Lost != nil {
			w.watcher.Lost()
		}
		return nil
	case "balance":
	default:
		return nil // of a later release
	}
	balance := new(lookup.Balance)
	if err := json.Unmarshal([]byte(data), balance); err != nil {
		return fmt.Errorf("read the stream (is the instance of this release?): %w", err)
	}
	// Without SKUs a stream begins with the next change, and there would be no
	// end of keys to remember.
	if len(w.skus) > 0 {
		if balance.Version <= w.versions[balance.Key()] {
			return nil
		}
		w.versions[balance.Key()] = balance.Version
	}
	return w.watcher.Changed(balance)
}
