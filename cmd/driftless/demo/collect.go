package demo

import (
	"bytes"
	"context"
	"fmt"

	"driftless/cmd/driftless/broker"
	"driftless/cmd/driftless/deadletter"
	"driftless/cmd/driftless/retail"
	"driftless/schema"
)

// row is what the output says of one SKU at one location.
type row struct {
	retail.Balance
	atp int64
	gap bool
}

// refusal is one dead letter, in the words of an expectation.
type refusal struct {
	identity
	sku, reason, detail, mend string
}

// identity names one content of one transaction.
type identity struct {
	source, transactionID string
	sequence              int64
}

// harvest is what the topics say once all is judged.
type harvest struct {
	rows     map[retail.Key]row
	changes  int // records of the output
	refusals []refusal
	ledger   *ledger
	problems []string // what must never be seen on a topic
	versions map[string]int64
	keys     map[string]retail.Key // by record key: a tombstone has nothing else
}

// collect reads the output, the dead letters and the ledger from their
// beginnings, as any consumer that reads committed records.
func collect(ctx context.Context, b *broker.Broker) (*harvest, error) {
	h := newHarvest()
	for _, source := range []struct {
		topic string
		take  func(*schema.Record) error
	}{{b.Topics.ATP, h.balance}, {b.Topics.DeadLetters, h.letter}, {b.Topics.Ledger, h.ledger.entry}} {
		if err := b.Read(ctx, source.topic, source.take); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func newHarvest() *harvest {
	return &harvest{
		rows: map[retail.Key]row{}, ledger: newLedger(), versions: map[string]int64{}, keys: map[string]retail.Key{},
	}
}

// problem notes what must never be seen.
func (h *harvest) problem(format string, args ...any) {
	h.problems = append(h.problems, fmt.Sprintf(format, args...))
}

// balance takes the newest state of a key. Its versions must rise, also over
// the kill: a consumer that keeps the highest would otherwise keep the wrong.
func (h *harvest) balance(record *schema.Record) error {
	h.changes++
	key := string(record.Key)
	if record.Value == nil {
		delete(h.rows, h.keys[key])
		return nil
	}
	var state schema.ATP
	// The row outlives the record, whose bytes its texts alias.
	if err := state.Decode(bytes.Clone(record.Value)); err != nil {
		return fmt.Errorf("read the output: %w", err)
	}
	if before, seen := h.versions[key]; seen && state.Version <= before {
		h.problem("%s: version %d was published after version %d", key, state.Version, before)
	}
	h.versions[key], h.keys[key] = state.Version, retail.Key{SKU: state.SKU, Location: state.Location}
	h.rows[h.keys[key]] = row{
		Balance: retail.Balance{OnHand: state.OnHand, Committed: state.Committed, Reserved: state.Reserved,
			Preordered: state.Preordered, Provisional: state.Provisional},
		atp: state.ATP, gap: state.Gap,
	}
	return nil
}

func (h *harvest) letter(record *schema.Record) error {
	kept := *record
	kept.Value = bytes.Clone(record.Value)
	letter, err := deadletter.Read(&kept)
	if err != nil {
		return err
	}
	refused := refusal{sku: letter.SKU, reason: letter.Reason, detail: letter.Detail, mend: letter.Mend}
	refused.source, refused.transactionID = letter.Source, letter.TransactionID
	if event, err := letter.Event(nil); err == nil {
		refused.sequence = event.Sequence
	}
	h.refusals = append(h.refusals, refused)
	return nil
}
