package rules_test

import (
	"slices"

	"driftless/processor/model"
	"driftless/processor/model/translate"
	"driftless/processor/rules"
	"driftless/schema"
)

// result reads what the shards hold in the terms of the model.
func (s *simulated) result() model.Result {
	t := &translate.Translator{Digest: s.digest}
	for _, sh := range s.shards {
		s.balance(sh)
		for _, name := range sh.names() {
			if s.problem == "" {
				s.collect(sh, name, t)
			}
		}
		sh.batch.Reset()
	}
	t.References(s.known().Standings, func(i int) *schema.Event { return s.reference[i].Event })
	return t.Result
}

// digest is the content's digest, computed once for all deliveries of a set.
func (s *simulated) digest(e *schema.Event) string {
	encoded := string(schema.EncodeEvent(nil, e))
	digest, known := s.digests[encoded]
	if !known {
		digest = schema.DigestString(e)
		s.digests[encoded] = digest
	}
	return digest
}

func (s *simulated) collect(sh *shard, name string, t *translate.Translator) {
	facts, err := sh.judge.Facts(sh.batch, name)
	if err != nil {
		s.fail("%v", err)
		return
	}
	item, err := sh.batch.Item(name)
	if err != nil {
		s.fail("%v", err)
		return
	}
	world := rules.Rebuild(name, facts, s.known(), s.now)
	s.same(sh, item, world)
	s.explains(name, item, world)
	s.letters(sh, name, world)
	t.Item(item, world, s.known(), s.now)
}

// letters holds that what is refused was dead-lettered.
func (s *simulated) letters(sh *shard, name string, world *rules.World) {
	for i := range world.Verdicts {
		v := &world.Verdicts[i]
		if translate.Counted(v) && v.Disposition == rules.Refused && !sh.books.letters[v.Fact.Number] {
			s.fail("item %q: entry %d is refused for %v, but no dead letter tells", name, v.Fact.Number, v.Reason)
		}
	}
}

// same holds the rows to what Rebuild makes of the same facts.
func (s *simulated) same(sh *shard, item *rules.Item, world *rules.World) {
	rebuilt, kept := *world.Item, *item
	rebuilt.Number, rebuilt.Trace, rebuilt.Chunks, rebuilt.Lines = item.Number, item.Trace, item.Chunks, uint32(len(world.Lines))
	kept.Reference, kept.Judged = rebuilt.Reference, rebuilt.Judged
	for i, bits := range rebuilt.Mentions {
		if kept.Mentions[i]&bits != bits {
			s.fail("item %q mentions %x, its facts %x", item.Name, kept.Mentions, rebuilt.Mentions)
		}
	}
	rebuilt.Mentions = kept.Mentions
	kept.Cells = slices.Clone(kept.Cells)
	for i := range kept.Cells {
		kept.Cells[i].Low = false
	}
	kept.Cells = slices.DeleteFunc(kept.Cells, func(c rules.Cell) bool { return c.Idle() })
	if a, b := kept.Append(nil), rebuilt.Append(nil); string(a) != string(b) {
		s.fail("item %q: the fast path and the rebuild differ\nrow     %+v\nrebuild %+v", item.Name, kept, rebuilt)
	}
	s.sameParts(sh, item.Name, world)
}

// sameParts compares the rows of lines, reservations and timers: no more and
// no fewer than Rebuild makes.
func (s *simulated) sameParts(sh *shard, name string, world *rules.World) {
	want := map[string]string{}
	for id, line := range world.Lines {
		want[string(rules.LineKey(nil, name, id))] = string(line.Append(nil))
	}
	timers := 0
	if at := world.Item.Timer; at != 0 {
		timers++
		if sh.rows[string(rules.TimerKey(nil, at, name, ""))] == nil {
			s.fail("item %q has no timer of its own", name)
		}
	}
	for key, reservation := range world.Reservations {
		want[string(rules.ReservationKey(nil, name, key))] = string(reservation.Append(nil))
		if reservation.Timer != 0 {
			timers++
			if sh.rows[string(rules.TimerKey(nil, reservation.Timer, name, key))] == nil {
				s.fail("item %q reservation %q has no timer", name, key)
			}
		}
	}
	prefix := string(rules.PartsPrefix(name))
	found := 0
	for key, row := range sh.rows {
		if timer, ok := rules.ParseTimer([]byte(key)); ok && timer.Item == name {
			timers--
		}
		if len(key) <= len(prefix) || key[:len(prefix)] != prefix || !partKey(key[len(prefix):]) {
			continue
		}
		found++
		if string(row) != want[key] {
			s.fail("item %q: row %q is\n%x, rebuilt\n%x", name, key, row, want[key])
		}
	}
	if found != len(want) || timers != 0 {
		s.fail("item %q: %d rows of lines and reservations, rebuilt %d; %d timers missing", name, found, len(want), timers)
	}
}

// partKey tells lines and reservations from the main row and the chunks.
func partKey(part string) bool { return part[0] == 'l' || part[0] == 'r' }
