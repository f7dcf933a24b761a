package kafka

import (
	"encoding/json"
	"log/slog"
)

// hidden stands where a secret would be printed.
const hidden = "[hidden]"

// Secret is a password or token that no formatting, logging or encoding
// shows. Its bytes are had by a conversion to string, and only by that.
type Secret string

// String hides the secret; an empty one stays empty, so that a missing
// setting can be told from a hidden one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// LogValue hides the secret from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON hides the secret from printed configuration.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalYAML hides the secret from printed configuration.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }
