package processor_test

import (
	"driftless/processor"
	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema"
)

// result reads what the engine holds in the terms of the model.
func (w *world) result() model.Result {
	w.t.Helper()
	t := translate.Translator{Digest: schema.DigestString}
	for partition := range int32(w.broker.Partitions()) {
		w.ask(partition, func(s processor.Shard) error {
			return s.Items(func(item *rules.Item, story rules.Story) error {
				t.Item(item, rules.Rebuild(item.Name, story, s.Ref, s.Now), s.Ref, s.Now)
				return nil
			})
		})
	}
	records := w.broker.Records(topics.Reference, 0, 0)
	standings := w.knowledge.Snapshot().Standings[:len(records)]
	t.References(standings, func(i int) *schema.Event { return w.event(records[i].Value) })
	return t.Result
}

func (w *world) event(value []byte) *schema.Event {
	w.t.Helper()
	e := new(schema.Event)
	w.must(schema.NewDecoder(nil).Decode(value, e))
	return e
}
