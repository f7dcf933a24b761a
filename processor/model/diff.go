package model

import "strings"

// Diff returns what two results don't share, "" when they are equal: lines of
// the first after a minus, lines of the second after a plus, next to each
// other where they are about the same thing.
func Diff(a, b Result) string {
	var differences strings.Builder
	for _, lines := range [...][2][]string{
		{mapped(a.Balances, Balance.String), mapped(b.Balances, Balance.String)},
		{mapped(a.Lines, Line.String), mapped(b.Lines, Line.String)},
		{mapped(a.Reservations, Reservation.String), mapped(b.Reservations, Reservation.String)},
		{mapped(a.Holes, Hole.String), mapped(b.Holes, Hole.String)},
		{mapped(a.Events, eventWithDigest), mapped(b.Events, eventWithDigest)},
	} {
		diffLines(&differences, lines[0], lines[1])
	}
	return differences.String()
}

// eventWithDigest tells the contents of one identity apart.
func eventWithDigest(e EventResult) string {
	return e.String() + " " + e.Digest[:min(8, len(e.Digest))]
}

// diffLines compares two lists as multisets.
func diffLines(out *strings.Builder, a, b []string) {
	onlyA, onlyB := without(a, b), without(b, a)
	for _, line := range onlyA {
		out.WriteString("- " + line + "\n")
		for i, other := range onlyB {
			if other != "" && about(other) == about(line) {
				out.WriteString("+ " + other + "\n")
				onlyB[i] = ""
				break
			}
		}
	}
	for _, line := range onlyB {
		if line != "" {
			out.WriteString("+ " + line + "\n")
		}
	}
}

// without returns the lines of a list that another lacks.
func without(list, other []string) (rest []string) {
	count := map[string]int{}
	for _, line := range other {
		count[line]++
	}
	for _, line := range list {
		if count[line] == 0 {
			rest = append(rest, line)
			continue
		}
		count[line]--
	}
	return rest
}

// about is what a line of text is about: its first words, the names.
func about(line string) string {
	parts := strings.SplitN(line, " ", 4)
	return strings.Join(parts[:min(3, len(parts))], " ")
}
