package main

import (
	"encoding/binary"

	"driftless/processor/rules"
	"driftless/schema"
)

// redriveMark is the header by which the engine knows when a record came first
// and where: that of a record sent to the wrong partition, on its way to its
// own (processor/route.go, format 1).
func redriveMark(letter *schema.DeadLetter) schema.Header {
	value := []byte{1, byte(rules.Misrouted)}
	value = binary.AppendVarint(value, letter.LoggedAt)
	value = binary.AppendVarint(value, int64(letter.Partition))
	value = binary.AppendVarint(value, letter.Offset)
	value = binary.AppendVarint(value, 0) // base units: of a substitution only
	value = append(value, 0)              // not withdrawn
	// The target only has to be there; an unkeyed record is its own.
	target := string(letter.Key)
	if target == "" {
		target = "-"
	}
	value = append(binary.AppendUvarint(value, uint64(len(target))), target...)
	value = binary.AppendUvarint(value, 0) // no unit of an alias
	return schema.Header{Key: "driftless-route", Value: value}
}
