package replay

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
)

// Result is what a replay yields: the balances, and what became of each delivery.
type Result struct {
	Balances []rules.Balance
	Outcomes []Outcome
	Counts   map[string]int // deliveries by outcome, with the reason after a space
}

// Outcome is what became of one delivery of a line.
type Outcome struct {
	Line          int    `json:"line"`
	Source        string `json:"source"`
	TransactionID string `json:"transaction_id"`
	SKU           string `json:"sku"`
	Outcome       string `json:"outcome"`
	Reason        string `json:"reason"`
	Disposition   string `json:"disposition"`
}

// judged is what the ledger says of one origin: its last outcome on the way
// from its first partition to where it ended.
type judged struct {
	outcome rules.Outcome
	reason  rules.Reason
	item    string
	set     bool
}

// standing is how a content stands in the end.
type standing struct {
	disposition rules.Disposition
	reason      rules.Reason
	sku         string
}

type content struct {
	source, transactionID string
	digest                [32]byte
}

func (p *player) collect(ctx context.Context) (*Result, error) {
	result := &Result{Counts: map[string]int{}}
	arrivals, err := p.arrivals()
	if err != nil {
		return nil, err
	}
	standings, err := p.standings(ctx, result)
	if err != nil {
		return nil, err
	}
	for i := range p.lines {
		p.outcomes(result, i, arrivals, standings)
	}
	slices.SortFunc(result.Balances, func(a, b rules.Balance) int {
		return cmp.Or(cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Location, b.Location))
	})
	return result, nil
}

// arrivals reads from the ledger what each delivery met. What was forwarded
// shows what it came to.
func (p *player) arrivals() (map[place]judged, error) {
	met := map[place]judged{}
	for partition := range int32(p.options.Partitions) {
		for _, record := range p.broker.Records(topics.Ledger, partition, 0) {
			var entry rules.Entry
			if err := entry.Decode(record.Value); err != nil {
				return nil, fmt.Errorf("ledger entry: %w", err)
			}
			if entry.Offset < 0 || entry.Route.Role == rules.Half || entry.Route.Role == rules.ClaimRole || entry.Route.Withdrawn {
				continue
			}
			at := place{entry.Origin.Partition, entry.Origin.Offset}
			before := met[at]
			if entry.Outcome == rules.Forwarded && before.set || before.set && before.outcome != rules.Forwarded {
				continue
			}
			met[at] = judged{entry.Outcome, entry.Reason, entry.Item, true}
		}
	}
	return met, nil
}

// standings asks every item for its balances and for how its events stand.
func (p *player) standings(ctx context.Context, result *Result) (map[content]standing, error) {
	all := map[content]standing{}
	for partition := range int32(p.options.Partitions) {
		err := p.worker.Inspect(ctx, partition, func(shard processor.Shard) error {
			return shard.Items(func(item *rules.Item, facts rules.Story) error {
				result.Balances = append(result.Balances, item.Balances(shard.Ref, shard.Now)...)
				world := rules.Rebuild(item.Name, facts, shard.Ref, shard.Now)
				for i := range world.Verdicts {
					note(all, item.Name, &world.Verdicts[i])
				}
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func note(all map[content]standing, name string, v *rules.Verdict) {
	role := v.Fact.Route.Role
	if v.Disposition == rules.Elsewhere || role == rules.Half || role == rules.ClaimRole {
		return
	}
	if !v.Here() && !v.Fact.Event.Type.IsReference() {
		name = ""
	}
	e := v.Fact.Event
	all[content{e.Source, e.TransactionID, v.Fact.Digest()}] = standing{v.Disposition, v.Reason, name}
}

// outcomes adds what became of each delivery of a line.
func (p *player) outcomes(result *Result, index int, arrivals map[place]judged, standings map[content]standing) {
	l := &p.lines[index]
	if l.event == nil {
		for range p.options.Duplicate {
			result.add(Outcome{Line: index + 1, Outcome: "dead_lettered", Reason: "invalid_event", Disposition: "refused"})
		}
		return
	}
	for n, at := range l.deliveries {
		o := Outcome{Line: index + 1, Source: l.event.Source, TransactionID: l.event.TransactionID, SKU: l.event.Item}
		if at.partition < 0 {
			p.referenceOutcome(&o, at.offset, n)
		} else {
			met := arrivals[at]
			o.Outcome, o.Reason, o.Disposition = met.outcome.String(), met.reason.String(), "refused"
			if end, known := standings[content{l.event.Source, l.event.TransactionID, schema.Digest(l.event)}]; known {
				o.Disposition = end.disposition.String()
				o.SKU = cmp.Or(end.sku, o.SKU)
			}
		}
		result.add(o)
	}
}

// referenceOutcome says what became of a record of the reference topic.
func (p *player) referenceOutcome(o *Outcome, offset int64, repetition int) {
	s := p.knowledge.Snapshot().Standings[offset]
	o.Disposition = s.Disposition.String()
	o.Outcome, o.Reason = "applied", s.Reason.String()
	switch {
	case s.Disposition == rules.Refused:
		o.Outcome = "dead_lettered"
	case s.Disposition == rules.VoidedBy:
		o.Outcome = "voided"
	case repetition > 0:
		o.Outcome = "duplicate"
	}
}

func (r *Result) add(o Outcome) {
	r.Outcomes = append(r.Outcomes, o)
	name := o.Outcome
	if o.Reason != "" {
		name += " " + o.Reason
	}
	r.Counts[name]++
}
