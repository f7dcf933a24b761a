package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Bytes is a size. It is written as a whole number with a unit: 512KiB, 64MiB,
// 2GiB, or plain bytes.
type Bytes int64

var byteUnits = []struct {
	suffix string
	size   int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}

// ParseBytes reads a size. Decimal units (MB) are refused: they are mistaken
// for the binary ones too often.
func ParseBytes(text string) (Bytes, error) {
	for _, unit := range byteUnits {
		digits, ok := strings.CutSuffix(text, unit.suffix)
		if !ok {
			continue
		}
		count, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || count < 0 || count > math.MaxInt64/unit.size {
			break
		}
		return Bytes(count * unit.size), nil
	}
	return 0, fmt.Errorf("%q isn't a size; write for example 64MiB", text)
}

// String prints the size in the largest unit that divides it.
func (b Bytes) String() string {
	for _, unit := range byteUnits {
		if b != 0 && int64(b)%unit.size == 0 {
			return strconv.FormatInt(int64(b)/unit.size, 10) + unit.suffix
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// ParseDuration reads what time.ParseDuration does, and days (30d), in which
// horizons and retentions are usually said.
func ParseDuration(text string) (time.Duration, error) {
	const most = math.MaxInt64 / int64(24*time.Hour)
	if digits, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || days < 0 || days > most {
			return 0, durationError(text)
		}
		return time.Duration(days) * 24 * time.Hour, nil
	}
	duration, err := time.ParseDuration(text)
	if err != nil || duration < 0 {
		return 0, durationError(text)
	}
	return duration, nil
}

// durationError says how a duration is written.
func durationError(text string) error {
	return fmt.Errorf("%q isn't a duration; write for example 20ms, 15m, 24h or 30d", text)
}

// FormatDuration prints a duration as ParseDuration reads it, whole days as days.
func FormatDuration(duration time.Duration) string {
	const day = 24 * time.Hour
	if duration >= day && duration%day == 0 {
		return strconv.FormatInt(int64(duration/day), 10) + "d"
	}
	text := duration.String()
	if short, ok := strings.CutSuffix(text, "m0s"); ok {
		text = short + "m"
	}
	if short, ok := strings.CutSuffix(text, "h0m"); ok {
		text = short + "h"
	}
	return text
}
