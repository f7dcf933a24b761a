package schema

import (
	"slices"
	"strings"
)

// ATP is the output's full state of one SKU at one location, on the network
// row (Network), or of what names no location (Unassigned). Quantities are
// whole base units.
type ATP struct {
	SKU, Location      string
	OnHand             int64  // sellable stock: the last count and what moved after it
	Committed          int64  // open order lines, provisional ones included
	Reserved           int64  // open reservations
	ATP                int64  // OnHand - Committed - Reserved; signed
	Sellable           int64  // what may be sold: without the safety stock, never below 0
	Preordered         int64  // pre-orders, which ATP leaves out
	Provisional        int64  // units on lines that the ERP hasn't reported
	Oversold           bool   // ATP is negative
	Gap                bool   // a source's events are missing: the figures may be wrong
	Unit               string // the item's base unit
	Version            int64  // strictly rising per key
	EffectiveAt        int64  // milliseconds: when the cause occurred
	ComputedAt         int64  // milliseconds
	CauseSource        string // empty: a timer
	CauseTransactionID string
	SafetyStock        int64                 // in force when computed; of the network row the sum
	Channels           []ChannelAvailability // of the network row; written in this order, decoded by channel
}

// ChannelAvailability is what one channel may sell, in base units.
type ChannelAvailability struct {
	Channel string
	Units   int64
}

// OutputKey appends the key of an output record: SKU, a bar, location.
func OutputKey(dst []byte, sku, location string) []byte {
	return append(append(append(dst, sku...), '|'), location...)
}

// AppendAvro appends the record in single-object encoding. Nothing is
// allocated where dst has room.
func (a *ATP) AppendAvro(dst []byte) []byte {
	return a.AppendBody(appendHeader(dst, atpFingerprint))
}

// AppendBody appends the Avro record alone, for another framing.
func (a *ATP) AppendBody(dst []byte) []byte {
	dst = appendStrings(dst, a.SKU, a.Location)
	dst = appendLongs(dst, a.OnHand, a.Committed, a.Reserved, a.ATP, a.Sellable, a.Preordered, a.Provisional)
	dst = appendFlag(appendFlag(dst, a.Oversold), a.Gap)
	dst = appendStrings(dst, a.Unit)
	dst = appendLongs(dst, a.Version, a.EffectiveAt, a.ComputedAt)
	dst = appendStrings(dst, a.CauseSource, a.CauseTransactionID)
	dst = appendLongs(dst, a.SafetyStock)
	dst = appendBlocks(dst, len(a.Channels))
	for _, channel := range a.Channels {
		dst = appendLongs(appendStrings(dst, channel.Channel), channel.Units)
	}
	return endBlocks(dst)
}

// Decode fills the record from a value in single-object encoding with our own
// schema; Decoder.DecodeOutput reads others too. Strings and bytes alias the
// value. Channels is reused. Errors wrap ErrMalformed or ErrUnknownSchema.
func (a *ATP) Decode(value []byte) error { return decodeOwn(value, a) }

// schema names what AppendBody writes.
func (a *ATP) schema() AvroSchema {
	return AvroSchema{"driftless.ATP", atpSchema, atpFingerprint}
}

// decodeBody reads the fields in the order of atp.avsc.
func (a *ATP) decodeBody(body []byte) error {
	r := wireReader{rest: body}
	channels := a.Channels[:0]
	*a = ATP{SKU: r.string(), Location: r.string()}
	for _, long := range []*int64{&a.OnHand, &a.Committed, &a.Reserved, &a.ATP, &a.Sellable, &a.Preordered, &a.Provisional} {
		*long = r.long()
	}
	a.Oversold, a.Gap, a.Unit = r.flag(), r.flag(), r.string()
	a.Version, a.EffectiveAt, a.ComputedAt = r.long(), r.long(), r.long()
	a.CauseSource, a.CauseTransactionID, a.SafetyStock = r.string(), r.string(), r.long()
	r.items(func() { channels = append(channels, ChannelAvailability{r.string(), r.long()}) })
	// Avro's maps have no order: another writer, or a translation, may use any.
	slices.SortFunc(channels, func(a, b ChannelAvailability) int { return strings.Compare(a.Channel, b.Channel) })
	a.Channels = channels
	return r.end("ATP")
}
