//go:build !cgo

package state

const offHeap = false
