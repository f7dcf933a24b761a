package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"driftless/cmd/driftless/httpserver"
	"driftless/cmd/driftless/lookup"
	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
)

// Readiness says whether the instance does its work.
func (in *Instance) Readiness() lookup.Readiness { return in.status.readiness() }

// Failure is what broke the instance for good.
func (in *Instance) Failure() error { return in.status.broken() }

// Subscribe tells the subscriber of every committed balance from now on.
func (in *Instance) Subscribe(subscriber httpserver.Subscriber) (cancel func()) {
	return in.feed.subscribe(subscriber)
}

// Balances returns the figures of a SKU, the network's first.
func (in *Instance) Balances(ctx context.Context, sku string) ([]lookup.Balance, error) {
	var balances []lookup.Balance
	err := in.ask(ctx, sku, func(shard processor.Shard, item *rules.Item) error {
		for _, a := range item.Outputs(shard.Ref, shard.Now) {
			a.EffectiveAt, a.ComputedAt = item.Judged, shard.Now
			balances = append(balances, lookup.FromATP(&a).Clone())
		}
		return nil
	})
	return balances, err
}

// ask puts a question about a SKU to the worker that has its shard.
func (in *Instance) ask(ctx context.Context, sku string, question func(processor.Shard, *rules.Item) error) error {
	partition := schema.Partition([]byte(sku), in.info.Partitions)
	for _, worker := range in.workers {
		err := patiently(ctx, worker, partition, func(shard processor.Shard) error {
			item, err := shard.Batch.Item(sku)
			if err != nil {
				return err
			}
			if !item.IsSKU() {
				return lookup.ErrUnknownSKU
			}
			return question(shard, item)
		})
		if !errors.Is(err, processor.ErrNotHere) {
			return err
		}
	}
	return in.elsewhere(ctx, partition)
}

// patiently asks again once history is there that the question needs.
func patiently(ctx context.Context, worker *processor.Worker, partition int32, question func(processor.Shard) error) error {
	for {
		err := worker.Ask(ctx, partition, question)
		var fetching *processor.Fetching
		if !errors.As(err, &fetching) {
			return err
		}
		if err := fetching.Wait(ctx); err != nil {
			return err
		}
	}
}

// elsewhere finds the owner of a partition that isn't ours.
func (in *Instance) elsewhere(ctx context.Context, partition int32) error {
	owners, err := in.admin.Owners(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", lookup.ErrNotReady, err)
	}
	owner, known := owners[partition]
	if !known || owner.Advertise == in.config.HTTP.Advertise {
		return lookup.ErrNotReady
	}
	scheme := "http://"
	if in.config.HTTP.TLS.Cert != "" {
		scheme = "https://"
	}
	if owner.Advertise == "" {
		return &lookup.Elsewhere{}
	}
	return &lookup.Elsewhere{URL: scheme + owner.Advertise}
}

// Explain lists every event of a SKU at a location with what it contributes.
func (in *Instance) Explain(ctx context.Context, sku, location string) (*lookup.Explanation, error) {
	result := &lookup.Explanation{SKU: sku, Location: location, Entries: []lookup.Entry{}}
	err := in.ask(ctx, sku, func(shard processor.Shard, item *rules.Item) error {
		facts, err := shard.Facts(sku)
		if err != nil {
			return err
		}
		found := false
		for _, row := range item.Outputs(shard.Ref, shard.Now) {
			if row.Location == location {
				found = true
				result.Unit, result.Version = row.Unit, row.Version
				result.Total = lookup.Figures{OnHand: row.OnHand, Committed: row.Committed, Reserved: row.Reserved, ATP: row.ATP}
			}
		}
		if !found {
			return lookup.ErrUnknownSKU
		}
		world := rules.Rebuild(sku, facts, shard.Ref, shard.Now)
		for _, part := range rules.Explain(world, shard.Ref, shard.Now) {
			if entry, here := entryOf(&part, location); here {
				result.Entries = append(result.Entries, entry)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// entryOf is a part of an explanation as lookups show it; false: it says
// nothing of that location.
func entryOf(part *rules.Explained, location string) (lookup.Entry, bool) {
	place := part.Location
	if place == "" && part.Contribution != (rules.Contribution{}) {
		place = rules.UnassignedRow
	}
	if location != rules.NetworkRow && place != location {
		return lookup.Entry{}, false
	}
	entry := lookup.Entry{
		Location: place, Disposition: part.Disposition.String(), Reason: part.Reason.String(), Mend: part.Reason.Mend(),
		Contribution: lookup.Figures{
			OnHand: part.OnHand, Committed: part.Committed, Reserved: part.Reserved,
			ATP: part.OnHand - part.Committed - part.Reserved,
		},
	}
	if part.Fact == nil {
		entry.Type, entry.Document = "clamp", part.Clamp
		return entry, true
	}
	e := part.Fact.Event
	entry.Type, entry.Source, entry.TransactionID, entry.Sequence = e.Type.String(), e.Source, e.TransactionID, e.Sequence
	entry.OccurredAt, entry.LoggedAt = instant(e.OccurredAt), instant(part.Fact.LoggedAt)
	entry.Document = document(e)
	if e.HasQuantity {
		entry.Sent, entry.Converted = sent(e.Quantity), part.Units
	}
	if part.By != nil {
		entry.By = part.By.Event.Source + " " + part.By.Event.TransactionID
	}
	return entry, true
}

// The first and the last instant that RFC 3339 can say, in milliseconds.
const (
	firstInstant = -62135596800000
	lastInstant  = 253402300799999
)

// instant is a time that can be printed: what was refused for an absurd one is
// shown at the nearest.
func instant(milliseconds int64) time.Time {
	return time.UnixMilli(min(max(milliseconds, firstInstant), lastInstant)).UTC()
}

// document names the business document that an event is about.
func document(e *schema.Event) string {
	switch {
	case e.OrderID != "":
		return "order " + e.OrderID + "/" + e.LineID
	case e.ReservationID != "":
		return "reservation " + e.ReservationID
	case e.TransferID != "":
		return "transfer " + e.TransferID
	case e.Voids != "":
		return "voids " + e.Voids
	default:
		return e.Document
	}
}

// sent writes a quantity as a person would: "2.5 XCS". One that was refused for
// its scale is written as it came, whatever the scale.
func sent(q schema.Quantity) string {
	if q.Scale < 0 || q.Scale > schema.MaxScale {
		return strings.TrimSpace(fmt.Sprintf("%d×10^%d %s", q.Value, -int64(q.Scale), q.Unit))
	}
	digits := strconv.FormatInt(q.Value, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for int32(len(digits)) <= q.Scale {
		digits = "0" + digits
	}
	if q.Scale > 0 {
		at := int32(len(digits)) - q.Scale
		digits = digits[:at] + "." + digits[at:]
	}
	if q.Unit == "" {
		return sign + digits
	}
	return sign + digits + " " + q.Unit
}
