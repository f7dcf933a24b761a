package main

import (
	"cmp"

	"driftless/processor"
	"driftless/processor/rules"
	"driftless/schema"
)

// redriveMark is the header by which the engine knows when a record came first
// and where.
func redriveMark(letter *schema.DeadLetter) schema.Header {
	origin := rules.Origin{Partition: letter.Partition, Offset: letter.Offset}
	return processor.RedriveHeader(origin, letter.LoggedAt, cmp.Or(string(letter.Key), "-"))
}
