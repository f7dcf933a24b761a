package rules

import (
	"bytes"
	"encoding/binary"
)

// The keys of the rows. All rows of an item lie together, the main row first;
// names hold no NUL (schema validates that), so no name is another's prefix.
const (
	itemSpace  = 'I'
	timerSpace = 'T'

	mainPart        = 'i'
	linePart        = 'l'
	reservationPart = 'r'
	chunkPart       = 'c'
)

func itemPrefix(dst []byte, name string) []byte {
	dst = append(dst, itemSpace)
	dst = append(dst, name...)
	return append(dst, 0)
}

// ItemKey appends the key of a name's main row.
func ItemKey(dst []byte, name string) []byte { return append(itemPrefix(dst, name), mainPart) }

// LineKey appends the key of an order line's row.
func LineKey(dst []byte, name string, id LineID) []byte {
	dst = append(itemPrefix(dst, name), linePart)
	dst = append(append(dst, id.Order...), 0)
	return append(dst, id.Line...)
}

// ReservationKey appends the key of a reservation's row.
func ReservationKey(dst []byte, name, key string) []byte {
	return append(append(itemPrefix(dst, name), reservationPart), key...)
}

// ChunkKey appends the key of a sealed chunk of an item's trace.
func ChunkKey(dst []byte, name string, number uint32) []byte {
	return binary.BigEndian.AppendUint32(append(itemPrefix(dst, name), chunkPart), number)
}

// TimerKey appends the key of a timer: timers lie in the order of their instants.
func TimerKey(dst []byte, at int64, name, reservation string) []byte {
	dst = binary.BigEndian.AppendUint64(append(dst, timerSpace), uint64(at))
	dst = append(append(dst, name...), 0)
	return append(dst, reservation...)
}

// ItemsPrefix is the prefix of all rows of all items.
func ItemsPrefix() []byte { return []byte{itemSpace} }

// TimersPrefix is the prefix of all timers.
func TimersPrefix() []byte { return []byte{timerSpace} }

// PartsPrefix is the prefix of all rows of one item.
func PartsPrefix(name string) []byte { return itemPrefix(nil, name) }

// Timer is what a timer's key says: when to look at which reservation.
type Timer struct {
	At                int64
	Item, Reservation string
}

// ParseTimer reads a timer's key. False: it isn't one.
func ParseTimer(key []byte) (Timer, bool) {
	if len(key) < 10 || key[0] != timerSpace {
		return Timer{}, false
	}
	rest := string(key[9:])
	for i := range len(rest) {
		if rest[i] == 0 {
			return Timer{int64(binary.BigEndian.Uint64(key[1:9])), rest[:i], rest[i+1:]}, true
		}
	}
	return Timer{}, false
}

// MainRow reports whether a key is that of a main row, and of which item.
func MainRow(key []byte) (name string, ok bool) {
	if !IsMainRow(key) {
		return "", false
	}
	return string(key[1 : len(key)-2]), true
}

// IsMainRow reports whether a key is that of a main row.
func IsMainRow(key []byte) bool {
	n := len(key)
	return n >= 4 && key[0] == itemSpace && key[n-1] == mainPart && bytes.IndexByte(key, 0) == n-2
}
