package processor

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"driftless/schema"
)

// What a topic refuses for its size it refuses for ever, and with it every
// transaction that carries it. So nothing that is too large is produced: an
// event that couldn't be forwarded or kept in the ledger is refused, a dead
// letter is cut, with the digest and the place of the whole, and what can
// neither be refused nor cut stops its shard with an error that says so.

const (
	routeRoom    = 1 << 10 // of a forwarded event, beside it
	detailBytes  = 1 << 10 // of a sentence that quotes what was sent
	excerptBytes = 256     // of a key, or of a name that an event gives
	perHeader    = 16      // what framing adds
)

// recordSize is what a record takes, about.
func recordSize(r *schema.Record) int {
	size := len(r.Key) + len(r.Value)
	for i := range r.Headers {
		size += len(r.Headers[i].Key) + len(r.Headers[i].Value) + perHeader
	}
	return size
}

// fits reports whether a topic takes so many bytes.
func fits(limits map[string]int, topic string, size int) bool {
	limit, bounded := limits[topic]
	return !bounded || size <= limit
}

// tooLarge says why an event can't be taken; "" where it can. Beside the event a
// ledger entry holds what it changed.
func (s *shard) tooLarge(encoded []byte) string {
	if routeRoom+2*len(encoded) <= s.outputs.smallest || fits(s.outputs.limits, s.topics.Events, len(encoded)+routeRoom) && fits(s.outputs.limits, s.topics.Ledger, 2*len(encoded)) {
		return ""
	}
	return fmt.Sprintf("the event takes %d bytes, more than can be forwarded or kept in the ledger: send less in one event, "+
		"or raise max.message.bytes of both topics and kafka.output_bytes", len(encoded))
}

// errTooLarge is the error of a record that no topic will take.
func errTooLarge(r *schema.Record, limit int) error {
	return fmt.Errorf("a record of %d bytes for topic %s, which takes %d (key %q): raise max.message.bytes of the topic and kafka.output_bytes, then start again",
		recordSize(r), r.Topic, limit, excerpt(string(r.Key)))
}

func excerpt(text string) string { return cutText(text, excerptBytes) }

// cutText shortens a text to at most so many bytes, at the begin of a character.
func cutText(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len("…")], "") + "…"
}

// shorten cuts a dead letter so that its record fits its topic's limit, and says
// what it was.
func shorten(letter *schema.DeadLetter, limit int) {
	digest := sha256.Sum256(letter.Original)
	cut := schema.Truncation{Bytes: len(letter.Original), SHA256: hex.EncodeToString(digest[:])}
	letter.Detail = cutText(letter.Detail, detailBytes)
	letter.Source, letter.TransactionID, letter.SKU = excerpt(letter.Source), excerpt(letter.TransactionID), excerpt(letter.SKU)
	if letter.Key != nil {
		letter.Key = letter.Key[:min(len(letter.Key), excerptBytes)]
	}
	letter.Headers = []schema.Header{cut.Header()}
	beside := *letter
	beside.Original = nil
	room := limit - 2*len(letter.Key) - len(beside.AppendAvro(nil)) - perHeader
	letter.Original = letter.Original[:min(len(letter.Original), max(0, room))]
}
