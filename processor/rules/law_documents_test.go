package rules_test

import (
	"math/rand/v2"
	"testing"

	"driftless/processor/model"
	"driftless/schema"
)

// TestLawDocuments is the law where most events are lines of documents, events of one
// source, of several items, under one transaction id, and many shipments stand for other
// items. Lines have to do with each other only where the same item is meant.
func TestLawDocuments(t *testing.T) {
	c := newCampaign(t, 300, 10, documents)
	c.deliveries = min(c.deliveries, 10)
	c.run(t)
}

// documents makes documents of a wide set's events.
func documents(seed uint64) model.Set {
	set, random := model.Generate(seed), rand.New(rand.NewPCG(seed, 9))
	open := map[string]*schema.Event{} // the last line of each source's document
	renamed := map[[2]string]string{}  // transaction ids by source and the former one
	items := []string{"code-1", "unheard-of"}
	for _, sent := range set.Events {
		if sent.Event.Item != "" {
			items = append(items, sent.Event.Item)
		}
	}
	for i, sent := range set.Events {
		e := sent.Event
		if e.Reference != nil {
			continue
		}
		e = e.Clone()
		if last := open[e.Source]; last != nil && random.IntN(3) > 0 && (last.Item != e.Item || random.IntN(10) == 0) {
			renamed[[2]string{e.Source, e.TransactionID}] = last.TransactionID
			e.TransactionID = last.TransactionID
		}
		if e.Type == schema.OrderShipped && random.IntN(2) == 0 {
			if e.Substitutes = items[random.IntN(len(items))]; e.Substitutes == e.Item {
				e.Substitutes = ""
			}
		}
		if now, known := renamed[[2]string{e.Source, e.Voids}]; known && e.Voids != "" && random.IntN(5) > 0 {
			e.Voids = now
		}
		open[e.Source] = e
		set.Events[i].Event = e
	}
	return set
}
