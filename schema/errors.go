package schema

import "fmt"

// Reason is why the form check refuses an event: the reason of its dead letter.
type Reason uint8

// The reasons of the form check.
const (
	ReasonInvalidEvent Reason = iota
	ReasonInvalidQuantity
	ReasonInvalidCode
)

// String returns the reason's name on the wire.
func (r Reason) String() string {
	return [...]string{"invalid_event", "invalid_quantity", "invalid_code"}[min(r, ReasonInvalidCode)]
}

// FieldError says which field of an event is wrong, what is wrong with it, and
// what its sender can do about it. errors.As finds it in every error of
// ParseEvent, Validate and NormalizeCode.
type FieldError struct {
	Field   string // as in the JSON face, "units.XCS" within an object; "" where the whole line is wrong
	Problem string
	Mend    string // "" where the problem says it all
	Reason  Reason
}

// Error names the field, the problem and the mend.
func (f *FieldError) Error() string {
	text := f.Problem
	if f.Field != "" {
		text = f.Field + ": " + text
	}
	if f.Mend != "" {
		text += "; " + f.Mend
	}
	return text
}

// invalid is a FieldError with ReasonInvalidEvent.
func invalid(field, mend, problem string, arguments ...any) error {
	return &FieldError{Field: field, Problem: fmt.Sprintf(problem, arguments...), Mend: mend}
}
