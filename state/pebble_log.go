package state

import (
	"fmt"
	"sync/atomic"
	"time"
)

// fatalLog keeps Pebble from ending the process when a write fails: the shard
// stops instead, and says why.
type fatalLog struct {
	first    atomic.Pointer[error]
	opening  atomic.Bool
	attempts atomic.Int32 // that failed while opening
}

// Infof is chatter.
func (*fatalLog) Infof(string, ...any) {}

const (
	// retryPause keeps Pebble from trying failed background work in a tight loop.
	retryPause = 50 * time.Millisecond
	// maxAttempts is how long opening may wait for a disk, in such pauses.
	maxAttempts = 200
)

// background takes note of a failed flush or compaction. Pebble goes on trying;
// the shard stops at its next call. Only Pebble's opening waits for its flush
// without end, and can't be left: there the process has to stop, as it does
// where Pebble is left to itself.
func (l *fatalLog) background(err error) {
	l.first.CompareAndSwap(nil, &err)
	if l.opening.Load() && l.attempts.Add(1) > maxAttempts {
		panic(fmt.Sprintf("a shard's rows can't be opened because the disk can't be written, replace it or free some space: %v", err))
	}
	<-time.After(retryPause)
}

// Errorf reports what background tells already.
func (*fatalLog) Errorf(string, ...any) {}

// Fatalf keeps the first error.
func (l *fatalLog) Fatalf(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	l.first.CompareAndSwap(nil, &err)
}

// err returns the first error, if any.
func (l *fatalLog) err() error {
	if p := l.first.Load(); p != nil {
		return *p
	}
	return nil
}
