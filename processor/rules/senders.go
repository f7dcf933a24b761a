package rules

import (
	"slices"
	"strings"
)

// Two names may send the same half: while a code changes hands, the SKU that it
// meant and the one that it means now, in any order with the former's taking it
// back. So a half stands as long as somebody sends it. Senders are names in
// order, separated by zero bytes.

func senders(names string) []string {
	if names == "" {
		return nil
	}
	return strings.Split(names, "\x00")
}

// sends reports whether all of some senders are among others.
func sends(names, some string) bool { return together(names, some) == names }

// together joins two lists of senders.
func together(names, more string) string {
	if names == more || more == "" {
		return names
	}
	all := append(senders(names), senders(more)...)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\x00")
}

// without takes senders out of a list.
func without(names, gone string) string {
	left := slices.DeleteFunc(senders(names), func(name string) bool { return slices.Contains(senders(gone), name) })
	return strings.Join(left, "\x00")
}
