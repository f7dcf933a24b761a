package rules

import (
	"errors"
	"fmt"

	"driftless/schema"
)

// Judge decides. It has scratch space and so one owner, but no state: what it
// decides depends on its arguments alone.
type Judge struct {
	decoder *schema.Decoder
	limits  schema.Limits
	numbers []uint64
	draft   draft // of the decision before, whose room is used again
	fact    Fact
}

// NewJudge returns a judge with the given bounds on the form of events.
func NewJudge(limits schema.Limits) *Judge {
	return &Judge{decoder: schema.NewDecoder(nil), limits: limits}
}

// Delivery is one record of the input topic, decoded.
type Delivery struct {
	Event     *schema.Event
	Encoded   []byte // the event by schema.EncodeEvent; kept in the entry
	Partition int32
	Offset    int64
	LoggedAt  int64 // first log-append time, milliseconds
	Origin    Origin
	Route     Route // zero value: a producer's own record
}

// Moment is what a decision is taken by beside the event: the reference data,
// the number that the entry gets, and one clock reading in milliseconds.
type Moment struct {
	Reference *Reference
	Number    uint64
	Now       int64
	Settled   int64 // offset of the reference topic up to which every item of the shard was judged
}

// Name is the name under which a delivery is judged.
func (d *Delivery) Name() string {
	if d.Route.Target != "" {
		return d.Route.Target
	}
	return canonicalName(d.Event.Item)
}

// Decide judges a delivery and returns the entry to stage. The decision is valid
// until the next one, its entry until the batch is cleared. The only errors are
// those of reading rows and entries.
func (j *Judge) Decide(b *Batch, d *Delivery, m Moment) (*Decision, error) {
	j.fact = Fact{Number: m.Number, Event: d.Event, LoggedAt: d.LoggedAt, Origin: d.Origin, Route: d.Route}
	fact, detail := &j.fact, ""
	if d.Route.Role != Half && d.Route.Role != ClaimRole {
		fact.Form, detail = j.form(d, m.Reference.Settings.Future)
	}
	name := d.Name()
	it, err := b.Item(name)
	if err != nil {
		return nil, err
	}
	m.Now = max(m.Now, it.Judged) // the item's clock never goes back
	entry := b.newEntry()
	entry.describe(it, d, fact, m)
	entry.Detail = detail
	c := j.begin(b, it, fact, m)
	c.decision.Entry, c.decision.Event = entry, d.Event
	c.cells, c.tracks = entry.Effects.Cells, entry.Effects.Tracks
	easy, err := j.fast(c)
	if err == nil && !easy {
		c.reset()
		err = j.slow(c)
	}
	if err != nil {
		return nil, fmt.Errorf("judge %s %s of item %q: %w", d.Event.Source, d.Event.TransactionID, name, err)
	}
	c.finish()
	return &c.decision, nil
}

// begin returns a draft with the room of the one before.
func (j *Judge) begin(b *Batch, it *Item, fact *Fact, m Moment) *draft {
	c := &j.draft
	*c = draft{
		batch: b, it: it, moment: m, fact: fact, subject: subject{&it.Config, m.Reference},
		decision: Decision{
			Forwards: c.decision.Forwards[:0], DeadLetters: c.decision.DeadLetters[:0], Alerts: c.decision.Alerts[:0],
		},
	}
	return c
}

// describe fills in what an entry says of its delivery.
func (e *Entry) describe(it *Item, d *Delivery, f *Fact, m Moment) {
	e.Number, e.Previous, e.Format, e.Cause, e.Now = m.Number, it.Number, EntryFormat, ByDelivery, m.Now
	e.Reference, e.Item, e.Partition, e.Offset = m.Reference.Offset, it.Name, d.Partition, d.Offset
	e.LoggedAt, e.Origin, e.Route, e.Event, e.Form = d.LoggedAt, d.Origin, d.Route, d.Encoded, f.Form
	e.mentions, e.described = mentionsOf(d.Event), true
}

// form checks an event's form: the reason that refuses it and in words what is
// wrong and how to mend it.
func (j *Judge) form(d *Delivery, future int64) (Reason, string) {
	e := d.Event
	err := e.Validate(j.limits)
	switch reason := formReason(err); {
	case reason != InvalidEvent && !e.Type.IsReference() && e.OccurredAt > d.LoggedAt+future:
		return InvalidEvent, fmt.Sprintf("occurred_at: %d ms after its log-append time; set the source's clock", e.OccurredAt-d.LoggedAt)
	case reason != NoReason:
		return reason, err.Error()
	default:
		return NoReason, ""
	}
}

// CheckForm is what the form of an event refuses it for, NoReason when it is sound.
func CheckForm(e *schema.Event, limits schema.Limits) Reason {
	return formReason(e.Validate(limits))
}

func formReason(err error) Reason {
	if err == nil {
		return NoReason
	}
	var field *schema.FieldError
	if !errors.As(err, &field) {
		return InvalidEvent
	}
	switch field.Reason {
	case schema.ReasonInvalidQuantity:
		return InvalidQuantity
	case schema.ReasonInvalidCode:
		return InvalidCode
	default:
		return InvalidEvent
	}
}

// Unreadable is the entry of a record that holds no event.
func Unreadable(partition int32, offset, loggedAt int64, m Moment, detail string) *Decision {
	entry := &Entry{
		Number: m.Number, Format: EntryFormat, Now: m.Now, Reference: m.Reference.Offset, Partition: partition,
		Offset: offset, LoggedAt: loggedAt, Outcome: DeadLettered, Reason: InvalidEvent, Detail: detail,
	}
	letter := DeadLetter{Number: m.Number, Reason: InvalidEvent, Detail: detail}
	return &Decision{Entry: entry, DeadLetters: []DeadLetter{letter}}
}

// Misroute is the entry of an event that came to the wrong partition: it goes
// on to the one of its own name.
func Misroute(d *Delivery, m Moment) *Decision {
	entry := new(Entry)
	entry.describe(&Item{}, d, &Fact{}, m)
	entry.Outcome, entry.Event = Forwarded, nil
	route := d.Route
	if route.Role == Direct {
		route = Route{Role: Misrouted, Target: d.Name()}
	}
	forward := Forward{Event: d.Encoded, LoggedAt: d.LoggedAt, Origin: d.Origin, Route: route}
	return &Decision{Entry: entry, Forwards: []Forward{forward}}
}
