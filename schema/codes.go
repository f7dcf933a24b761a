package schema

import (
	"fmt"
	"strings"
)

// The prefixes that mark a code as one of the GS1 General Specifications.
const (
	gtinPrefix = "gtin:"
	glnPrefix  = "gln:"
)

// Codes lose leading zeros on their way through spreadsheets; below eight
// digits it is no longer plausible that one began as a GTIN or a GLN.
const (
	gtinDigits      = 14
	glnDigits       = 13
	shortestGS1Code = 8
)

// NormalizeCode returns a "gtin:…" left-padded with zeros to 14 digits and a
// "gln:…" to 13, once its check digit is verified, and every other code as it
// is. The error is a *FieldError without a field, with ReasonInvalidCode.
func NormalizeCode(code string) (string, error) {
	prefix, digits, width := splitCode(code)
	if width == 0 {
		return code, nil
	}
	if problem := gs1Problem(digits, width); problem != "" {
		return "", codeError("", code, problem)
	}
	if len(digits) == width {
		return code, nil
	}
	return prefix + strings.Repeat("0", width-len(digits)) + digits, nil
}

// checkCode is NormalizeCode without its result, and so without an allocation.
func checkCode(field, code string) error {
	_, digits, width := splitCode(code)
	if width == 0 {
		return nil
	}
	if problem := gs1Problem(digits, width); problem != "" {
		return codeError(field, code, problem)
	}
	return nil
}

// codeError is a FieldError with ReasonInvalidCode.
func codeError(field, code, problem string) error {
	return &FieldError{Field: field, Reason: ReasonInvalidCode,
		Problem: fmt.Sprintf("%q %s", code, problem),
		Mend:    "correct the code at its source, or name the item or location by its own name"}
}

// splitCode returns a width of 0 for a code that isn't a GTIN or GLN.
func splitCode(code string) (prefix, digits string, width int) {
	if rest, found := strings.CutPrefix(code, gtinPrefix); found {
		return gtinPrefix, rest, gtinDigits
	}
	if rest, found := strings.CutPrefix(code, glnPrefix); found {
		return glnPrefix, rest, glnDigits
	}
	return "", code, 0
}

// gs1Problem returns "" for a good code. The check digit is that of the GS1
// General Specifications, 7.9: weights 3 and 1 alternate from the right.
func gs1Problem(digits string, width int) string {
	if len(digits) < shortestGS1Code || len(digits) > width {
		return fmt.Sprintf("must have %d to %d digits", shortestGS1Code, width)
	}
	// From the right, so that zeros padded on the left change nothing.
	sum, weight, zeros := 0, 1, true
	for i := len(digits) - 1; i >= 0; i-- {
		digit := int(digits[i]) - '0'
		if digit < 0 || digit > 9 {
			return "must be digits only"
		}
		// All zeros pass the sum, and are what an empty field was padded to.
		zeros = zeros && digit == 0
		sum += weight * digit
		weight = 4 - weight
	}
	if sum%10 != 0 || zeros {
		return "has a wrong check digit"
	}
	return ""
}
