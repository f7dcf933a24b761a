package processor

import (
	"context"
	"errors"

	"driftless/processor/rules"
	"driftless/schema"
)

// Failure says what a failure asks for. An event that is refused is none: it
// has an outcome.
type Failure uint8

// The failures, from the mildest on.
const (
	// Retry: the same may work in a while; nothing was lost.
	Retry Failure = iota
	// FetchHistory: older entries must be read from the ledger first.
	FetchHistory
	// StopShard: this shard can't go on, the others can.
	StopShard
	// StopProcess: the process must start anew from what the group has committed.
	StopProcess
)

// Classify is the one place that says what a failure asks for.
func Classify(err error) Failure {
	var damaged interface{ Damaged() (from, to uint64) }
	switch {
	case errors.Is(err, errStaged):
		return StopShard
	case errors.Is(err, schema.ErrUnclear), errors.Is(err, errSession):
		return StopProcess
	case errors.Is(err, schema.ErrRegistry), errors.Is(err, schema.ErrUnreachable), errors.Is(err, errOvertaken),
		errors.Is(err, context.DeadlineExceeded):
		return Retry
	case errors.Is(err, rules.ErrNoEntry), errors.As(err, &damaged):
		return FetchHistory
	default:
		return StopShard
	}
}

// errSession marks a failure of the session itself.
var errSession = errors.New("the session with the broker can't go on")

// errOvertaken: the group has committed more of a shard than it had when it gave the
// shard to this process, which must have stood still meanwhile. The shard is
// another's, and its loss is about to be heard of.
var errOvertaken = errors.New("the group has gone on without this process")
