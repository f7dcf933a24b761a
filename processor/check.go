package processor

import (
	"errors"
	"fmt"

	"driftless/processor/rules"
)

// Check rebuilds an item from its facts at the shard's clock and says where its
// rows differ: nowhere, or the state is broken. It changes nothing.
func (s Shard) Check(item *rules.Item, facts []rules.Fact) ([]string, error) {
	world := rules.Rebuild(item.Name, facts, s.Ref, max(s.Now, item.Judged))
	return rules.Differences(s.Batch, world)
}

// CheckMovements goes through the chain of an item's entries, the newest first,
// and says where their movements don't add up to its balances. At most limit
// entries are read. Whole false: the chain is longer, or reaches behind what the
// journal holds, and nothing is known.
func (s Shard) CheckMovements(item *rules.Item, limit int) (problems []string, whole bool, err error) {
	sums := rules.Sums{}
	for number := item.Number; number != 0; limit-- {
		if limit == 0 {
			return nil, false, nil
		}
		entry, err := s.Batch.Entry(number)
		if errors.Is(err, rules.ErrNoEntry) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		if entry.Number != number || entry.Item != item.Name || entry.Previous >= number {
			return []string{fmt.Sprintf("item %q: entry %d isn't one of its own, or follows none before it", item.Name, number)}, true, nil
		}
		sums.Add(entry)
		number = entry.Previous
	}
	return sums.Differences(item), true, nil
}
