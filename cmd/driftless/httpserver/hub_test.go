package httpserver

import (
	"sync"
	"testing"

	"driftless/cmd/driftless/lookup"
	"driftless/schema"
)

// noting is a subscriber that notes what it is told.
type noting struct {
	mu       sync.Mutex
	balances []lookup.Balance
	moved    int
}

func (n *noting) Changed(balance lookup.Balance) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.balances = append(n.balances, balance)
}

func (n *noting) Reassigned() { n.moved++ }

func TestHubTellsEverySubscriberUntilItCancels(t *testing.T) {
	var hub Hub
	hub.Publish([]schema.ATP{{SKU: "early"}})
	first, second := &noting{}, &noting{}
	cancelFirst, cancelSecond := hub.Subscribe(first), hub.Subscribe(second)
	hub.Publish([]schema.ATP{{SKU: "A", Version: 1}, {SKU: "A", Version: 2}})
	hub.Reassigned()
	cancelFirst()
	cancelFirst()
	hub.Publish([]schema.ATP{{SKU: "A", Version: 3}})
	cancelSecond()
	hub.Publish([]schema.ATP{{SKU: "A", Version: 4}})
	if len(first.balances) != 2 || first.balances[0].Version != 1 || first.balances[1].Version != 2 || first.moved != 1 {
		t.Errorf("%+v", first)
	}
	if len(second.balances) != 3 || second.balances[2].Version != 3 {
		t.Errorf("%+v", second.balances)
	}
}

func TestOneSubscriberMaySubscribeTwice(t *testing.T) {
	var hub Hub
	subscriber := &noting{}
	cancel := hub.Subscribe(subscriber)
	defer hub.Subscribe(subscriber)()
	cancel()
	hub.Publish([]schema.ATP{{SKU: "A"}})
	if len(subscriber.balances) != 1 {
		t.Errorf("told %d times", len(subscriber.balances))
	}
}

func TestHubKeepsNoneOfTheEnginesBytes(t *testing.T) {
	state := schema.ATP{SKU: "A", Location: "*", Channels: []schema.ChannelAvailability{{Channel: "web", Units: 3}}}
	encoded := state.AppendAvro(nil)
	var decoded schema.ATP
	if err := decoded.Decode(encoded); err != nil {
		t.Fatal(err)
	}
	var hub Hub
	subscriber := &noting{}
	defer hub.Subscribe(subscriber)()
	hub.Publish([]schema.ATP{decoded})
	for i := range encoded {
		encoded[i] = 'x'
	}
	if got := subscriber.balances[0]; got.SKU != "A" || got.Location != "*" || got.Channels["web"] != 3 {
		t.Errorf("%+v", got)
	}
}

func TestHubFromManyLoops(t *testing.T) {
	var hub Hub
	subscriber := &noting{}
	cancel := hub.Subscribe(subscriber)
	var loops sync.WaitGroup
	for range 4 {
		loops.Go(func() {
			for version := int64(1); version <= 100; version++ {
				hub.Publish([]schema.ATP{{SKU: "A", Version: version}})
				hub.Subscribe(&noting{})()
			}
		})
	}
	loops.Wait()
	cancel()
	if len(subscriber.balances) != 400 {
		t.Errorf("told %d times", len(subscriber.balances))
	}
}
