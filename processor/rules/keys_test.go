package rules

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestKeysClusterByItem(t *testing.T) {
	of := func(name string) [][]byte {
		return [][]byte{
			ItemKey(nil, name), ChunkKey(nil, name, 0), ChunkKey(nil, name, 256), LineKey(nil, name, LineID{"O", "1"}),
			LineKey(nil, name, LineID{"O1", ""}), ReservationKey(nil, name, "rR1"),
		}
	}
	var keys [][]byte
	for _, name := range []string{"A", "A\x01", "AA", "B", "ä"} {
		prefix := PartsPrefix(name)
		for _, key := range of(name) {
			if !bytes.HasPrefix(key, prefix) || !bytes.HasPrefix(key, ItemsPrefix()) {
				t.Errorf("%q isn't below %q", key, prefix)
			}
			keys = append(keys, key)
		}
	}
	if !slices.IsSortedFunc(keys[:1], bytes.Compare) {
		t.Error("keys of an item don't lie together")
	}
	names := map[string]bool{}
	for _, key := range keys {
		if names[string(key)] {
			t.Errorf("two rows with key %q", key)
		}
		names[string(key)] = true
		name, main := MainRow(key)
		if want := strings.HasSuffix(string(key), "\x00i"); main != want || main && string(ItemKey(nil, name)) != string(key) {
			t.Errorf("MainRow(%q) = %q, %v", key, name, main)
		}
	}
}

func TestNoLineKeyIsAMainRow(t *testing.T) {
	if name, main := MainRow(LineKey(nil, "A", LineID{"O", "i"})); main {
		t.Errorf("a line was taken for the main row of %q", name)
	}
	if name, main := MainRow(ReservationKey(nil, "A", "\x00i")); main {
		t.Errorf("a reservation was taken for the main row of %q", name)
	}
	for _, key := range []string{"", "I", "Ii", "I\x00i", "T\x00\x00i"} {
		if name, main := MainRow([]byte(key)); main {
			t.Errorf("%q was taken for the main row of %q", key, name)
		}
	}
}

func TestTimersLieInTheOrderOfTheirInstants(t *testing.T) {
	early, late := TimerKey(nil, 255, "B", "rR2"), TimerKey(nil, 256, "A", "rR1")
	if bytes.Compare(early, late) >= 0 {
		t.Error("the later timer comes first")
	}
	if got, ok := ParseTimer(late); !ok || got != (Timer{256, "A", "rR1"}) {
		t.Errorf("read back as %+v, %v", got, ok)
	}
	for _, key := range [][]byte{nil, late[:9], ItemKey(nil, "some long name"), []byte("T12345678no-end")} {
		if got, ok := ParseTimer(key); ok {
			t.Errorf("%q was taken for %+v", key, got)
		}
	}
	if !bytes.HasPrefix(late, TimersPrefix()) {
		t.Error("the timer isn't below the prefix of timers")
	}
}

// FuzzKeys: a key is read as a timer's or a main row's where writing what was
// read gives that very key, and as none where not.
func FuzzKeys(f *testing.F) {
	f.Add(TimerKey(nil, 256, "A", "rR1"))
	f.Add(ItemKey(nil, "A"))
	f.Add(LineKey(nil, "A", LineID{"O", "1"}))
	f.Add([]byte{timerSpace})
	f.Fuzz(func(t *testing.T, key []byte) {
		if timer, ok := ParseTimer(key); ok && !bytes.Equal(TimerKey(nil, timer.At, timer.Item, timer.Reservation), key) {
			t.Errorf("%x was read as %+v", key, timer)
		}
		if name, ok := MainRow(key); ok && !bytes.Equal(ItemKey(nil, name), key) {
			t.Errorf("%x was read as the row of %q", key, name)
		}
	})
}
