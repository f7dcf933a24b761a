package config

import "testing"

// FuzzSizesAndDurations: what is read is printed so that it is read the same.
func FuzzSizesAndDurations(f *testing.F) {
	for _, text := range []string{"64MiB", "1B", "0", "30d", "20ms", "1h30m", "-1", "9223372036854775807", "106751d", "8388608TiB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if size, err := ParseBytes(text); err == nil {
			if again, err := ParseBytes(size.String()); err != nil || again != size {
				t.Errorf("%q is %d, printed %s, read as %d (%v)", text, size, size, again, err)
			}
		}
		if duration, err := ParseDuration(text); err == nil {
			printed := FormatDuration(duration)
			if again, err := ParseDuration(printed); err != nil || again != duration {
				t.Errorf("%q is %d, printed %s, read as %d (%v)", text, duration, printed, again, err)
			}
		}
	})
}

// FuzzAVariableIsReadOrRefused: whatever stands in the environment, it is taken
// over or refused with its name.
func FuzzAVariableIsReadOrRefused(f *testing.F) {
	f.Add("DRIFTLESS_KAFKA__BROKERS", "a:1,b:2")
	f.Add("DRIFTLESS_ENGINE__WORKERS", "0x5")
	f.Add("DRIFTLESS_KAFKA__TLS__ENABLED", "maybe")
	f.Add("DRIFTLESS_PORT_80_TCP", "")
	f.Fuzz(func(t *testing.T, name, text string) {
		loaded, err := Load(Sources{Environment: []string{name + "=" + text}})
		if (loaded == nil) == (err == nil) {
			t.Fatalf("%v and %v", loaded, err)
		}
		if err != nil && err.Error() == "" {
			t.Fatal("a refusal without a word")
		}
	})
}
