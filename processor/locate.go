package processor

import (
	"context"
	"fmt"

	"driftless/processor/rules"
	"driftless/schema"
)

// locator finds entries in a shard's ledger by their number. Offsets rise with
// numbers, by one or, where transactions ended or were aborted, by more.
type locator struct {
	shard *shard
	low   point // at or below what is sought; offset -1: not asked yet
	top   point // behind the last entry
}

// point is an entry's number and offset.
type point struct {
	number uint64
	offset int64
}

func newLocator(s *shard) *locator { return &locator{shard: s, low: point{offset: -1}} }

// near is a distance that is read through rather than searched on.
const near = pieceEntries

// find returns an offset from which on the entry of that number is near.
// Numbers are asked for in rising order.
func (l *locator) find(ctx context.Context, number uint64) (int64, error) {
	if l.low.offset < 0 {
		if err := l.begin(ctx); err != nil {
			return 0, err
		}
	}
	low, high := l.low, l.top
	for turn := 0; high.offset-low.offset > near; turn++ {
		guess := low.offset + (high.offset-low.offset)/2
		if turn%2 == 0 { // entries lie evenly, mostly; halving makes sure
			part := float64(number-low.number) / float64(max(1, high.number-low.number))
			guess = low.offset + int64(part*float64(high.offset-low.offset)) - near/2
		}
		guess = min(max(guess, low.offset+1), high.offset-1)
		at, some, err := l.probe(ctx, guess)
		switch {
		case err != nil:
			return 0, err
		case some && at.number <= number:
			low = at
		case some:
			high = point{at.number, guess}
		default:
			high = point{high.number, guess}
		}
	}
	l.low = low
	return low.offset, nil
}

// begin finds the ends of the ledger. An entry below the first isn't there.
func (l *locator) begin(ctx context.Context) error {
	s := l.shard
	until, err := s.logs.Latest(ctx, s.topics.Ledger, s.partition)
	if err != nil {
		return fmt.Errorf("find the end of the ledger of shard %d: %w", s.partition, err)
	}
	l.top = point{^uint64(0) >> 1, until}
	first, some, err := l.probe(ctx, Earliest)
	if err != nil {
		return err
	}
	if !some {
		return fmt.Errorf("the ledger of shard %d is empty: %w", s.partition, errLedger)
	}
	l.low, l.top.number = first, first.number+uint64(until-first.offset)
	return nil
}

// probe returns the first entry from an offset on, false where there is none.
func (l *locator) probe(ctx context.Context, offset int64) (at point, some bool, err error) {
	s := l.shard
	from := LogPosition{s.topics.Ledger, s.partition, offset}
	_, err = s.logs.Read(ctx, from, l.top.offset, func(record *schema.Record) (bool, error) {
		number, err := numberOf(record)
		at, some = point{number, record.Offset}, true
		return true, err
	})
	if err != nil {
		err = fmt.Errorf("search the ledger of shard %d: %w", s.partition, err)
	}
	return at, some, err
}

// numberOf reads the number of a ledger record.
func numberOf(record *schema.Record) (uint64, error) {
	number, err := rules.EntryNumber(record.Value)
	if err != nil {
		return 0, fmt.Errorf("ledger offset %d: %w: %w", record.Offset, err, errLedger)
	}
	return number, nil
}
