//go:build cgo

package state

// offHeap says that Pebble's blocks and memtables are C's memory, which Go's
// limit doesn't count.
const offHeap = true
