// Package nearest finds the known word that a mistyped one probably stands for.
package nearest

import (
	"fmt"
	"strings"
)

// Of returns the known word with the fewest edits from word, and whether it is
// near enough to be worth suggesting: about a third of its letters may differ.
// Of equals the first one known wins.
func Of(word string, known []string) (string, bool) {
	best, fewest := "", 1<<30
	for _, candidate := range known {
		if edits := Edits(word, candidate); edits < fewest {
			best, fewest = candidate, edits
		}
	}
	longest := max(len(word), len(best))
	return best, best != "" && fewest*3 <= longest+2
}

// Suggest returns a mend that names the nearest known word, or, where none is
// near, all of them as the choice.
func Suggest(word string, known []string) string {
	if near, ok := Of(word, known); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "known here: " + strings.Join(known, ", ")
}

// Edits is the Levenshtein distance in bytes: insertions, deletions and
// replacements. Setting names are ASCII, so bytes are letters.
func Edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
