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
	c := newCampaign(t, 300, 10, func(seed uint64) model.Set { return documents(model.Generate(seed), seed) })
	c.deliveries = min(c.deliveries, 10)
	c.run(t)
}

// TestLawDocumentsFolded is the same for shards that fold.
func TestLawDocumentsFolded(t *testing.T) {
	c := newCampaign(t, 50, 3, func(seed uint64) model.Set { return documents(model.GenerateCalendar(seed), seed) })
	c.sets, c.deliveries = max(1, min(c.sets, fromEnvironment(t, "LAW_CALENDAR_SETS", 50))), min(c.deliveries, 3)
	c.judge = checkFolded
	c.run(t)
}

// documents makes documents of a set's events.
func documents(set model.Set, seed uint64) model.Set {
	random := rand.New(rand.NewPCG(seed, 9))
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
