package model

import (
	"math/rand/v2"

	"driftless/schema"
)

// Start is the instant from which sets and scenarios count their times: the
// first of January 2026, UTC, in milliseconds.
const Start int64 = 1_767_225_600_000

// Sent is one event of a set, with how it is delivered.
type Sent struct {
	Event    *schema.Event // shared between sets: replaced, never changed
	LoggedAt int64         // milliseconds, of the first delivery and its copies
	Again    []int64       // log-append times of deliveries that come later
	Key      string        // Kafka key; "": the item as sent
}

// Set is a set of events with the settings and the clock reading they are
// judged at.
type Set struct {
	Model  Model
	Now    int64 // milliseconds
	Events []Sent
}

// Deliveries returns the deliveries of the set in an order that the seed
// decides, some of them more than once: at most three copies of each.
func (s Set) Deliveries(seed uint64) []Delivery {
	random := rand.New(rand.NewPCG(seed, 1))
	deliveries := make([]Delivery, 0, 2*len(s.Events))
	for _, sent := range s.Events {
		delivery := Delivery{Event: sent.Event, LoggedAt: sent.LoggedAt, Key: sent.key(), Digest: digestOf(sent.Event)}
		deliveries = append(deliveries, delivery)
		for copies := 1; copies < 3 && random.IntN(4) == 0; copies++ {
			deliveries = append(deliveries, delivery)
		}
		for _, again := range sent.Again {
			delivery.LoggedAt = again
			deliveries = append(deliveries, delivery)
		}
	}
	random.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
	return deliveries
}

// InOrder returns the deliveries in the order of the set, each once, with
// their later ones right after.
func (s Set) InOrder() []Delivery {
	var deliveries []Delivery
	for _, sent := range s.Events {
		for _, loggedAt := range append([]int64{sent.LoggedAt}, sent.Again...) {
			deliveries = append(deliveries, Delivery{Event: sent.Event, LoggedAt: loggedAt, Key: sent.key(), Digest: digestOf(sent.Event)})
		}
	}
	return deliveries
}

// Evaluate is what the set means.
func (s Set) Evaluate() Result { return s.Model.Evaluate(s.InOrder(), s.Now) }

// key is the Kafka key: for what has no item, what it is about.
func (s Sent) key() string {
	switch {
	case s.Key != "":
		return s.Key
	case s.Event.Item != "":
		return s.Event.Item
	case s.Event.Reference != nil && s.Event.Reference.Name != "":
		return s.Event.Reference.Name
	case s.Event.Type == schema.ChannelConfigured:
		return s.Event.Channel
	}
	return s.Event.Location
}
