package reference

import (
	_ "embed"
	"strings"
)

// unitCodes are the codes of UN/ECE Recommendation 20, revision 11e, with those
// of Recommendation 21 (packages) after an X, divided by spaces.
//
//go:embed unit_codes.txt
var unitCodes string

// knownUnit says whether the code is one of Recommendation 20, or one of 21
// with or without the X.
func knownUnit(code string) bool {
	if code == "" || strings.ContainsAny(code, " \n") {
		return false
	}
	return listed(code) || listed("X"+code)
}

// listed looks for a whole word. A document has few units, so that no index is
// worth building.
func listed(code string) bool {
	for rest := unitCodes; ; {
		at := strings.Index(rest, code)
		if at < 0 {
			return false
		}
		end := at + len(code)
		before := at == 0 || rest[at-1] == ' ' || rest[at-1] == '\n'
		after := end == len(rest) || rest[end] == ' ' || rest[end] == '\n'
		if before && after {
			return true
		}
		rest = rest[end:]
	}
}
