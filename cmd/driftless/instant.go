package main

import (
	"strconv"
	"time"
)

// parseInstant reads RFC 3339 or integer milliseconds since 1970 UTC.
func parseInstant(text string) (int64, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil && at.UnixMilli() > 0 {
		return at.UnixMilli(), nil
	}
	if at, err := strconv.ParseInt(text, 10, 64); err == nil && at > 0 {
		return at, nil
	}
	return 0, usagef("%q is no instant; write RFC 3339, as 2026-11-02T08:30:00Z, or milliseconds since 1970 UTC", text)
}

// instant prints milliseconds since 1970 as RFC 3339 in UTC; "" for 0.
func instant(milliseconds int64) string {
	if milliseconds == 0 {
		return ""
	}
	return time.UnixMilli(milliseconds).UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// rawJSON is text that is JSON already.
type rawJSON []byte

// MarshalJSON returns the text as it is.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }
