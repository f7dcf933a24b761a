package config

import (
	"net/url"
	"strings"
)

// Hidden stands where a secret is set.
const Hidden = "(hidden)"

// Value is one setting of the effective configuration, fit to be printed.
type Value struct {
	Setting string `json:"setting"`
	Value   string `json:"value"` // Hidden for a secret that is set
	Origin  string `json:"origin"`
}

// Show lists every setting with its effective value and its origin.
func (l *Loaded) Show() []Value {
	var values []Value
	for _, setting := range settingsOf(&l.Config) {
		values = append(values, Value{
			Setting: setting.Path,
			Value:   printable(setting),
			Origin:  l.Origin[setting.Path],
		})
	}
	return values
}

// printable is what may be seen of a value: config show is pasted into tickets.
func printable(setting Setting) string {
	text := setting.Text()
	if setting.Secret && text != "" {
		return Hidden
	}
	// A URL may carry a password of its own.
	parts := strings.Split(text, ",")
	for i, part := range parts {
		if parsed, err := url.Parse(part); err == nil && parsed.User != nil {
			parts[i] = parsed.Redacted()
		}
	}
	return strings.Join(parts, ",")
}
