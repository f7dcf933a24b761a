package schema

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEachMember(t *testing.T) {
	for text, want := range map[string][]string{
		`{}`:                                   nil,
		` { } `:                                nil,
		`{"a":1}`:                              {"a", "1"},
		"{\t\"a\"\r\n:\t-1.5e3 ,\"b\":true}":   {"a", "-1.5e3", "b", "true"},
		`{"a":{"b":[1,{"c":"}"}]},"d":[[]]}`:   {"a", `{"b":[1,{"c":"}"}]}`, "d", "[[]]"},
		`{"a":"x\"},{","b\\":"\\"}`:            {"a", `"x\"},{"`, `b\`, `"\\"`},
		`{"\u0061\n":null,"":""}`:              {"a\n", "null", "", `""`},
		`{"a":"","b":" ","c":[ 1 , 2 ],"d":0}`: {"a", `""`, "b", `" "`, "c", "[ 1 , 2 ]", "d", "0"},
	} {
		var got []string
		err := eachMember([]byte(text), func(name string, value []byte) error {
			got = append(got, name, string(value))
			return nil
		})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestEachElement(t *testing.T) {
	for text, want := range map[string][]string{
		`[]`:                       nil,
		"[ \n ]":                   nil,
		`[1]`:                      {"1"},
		`[1,2 , 3]`:                {"1", "2", "3"},
		`["]",[],{},[1,[2]],null]`: {`"]"`, "[]", "{}", "[1,[2]]", "null"},
		`["\\","\""]`:              {`"\\"`, `"\""`},
	} {
		var got []string
		err := eachElement([]byte(text), func(value []byte) error {
			got = append(got, string(value))
			return nil
		})
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v; want %q", text, got, err, want)
		}
	}
}

// The first refusal of a visit ends the walk and comes out as it is.
func TestWalksStop(t *testing.T) {
	stop, seen := errors.New("stop"), 0
	visit := func([]byte) error { seen++; return stop }
	if err := eachElement([]byte(`[1,2]`), visit); !errors.Is(err, stop) {
		t.Error(err)
	}
	if err := eachMember([]byte(`{"a":1,"b":2}`), func(_ string, value []byte) error { return visit(value) }); !errors.Is(err, stop) {
		t.Error(err)
	}
	if seen != 2 {
		t.Errorf("%d visits", seen)
	}
}

// anyJSON draws a JSON value, nested a little.
func anyJSON(depth int) *rapid.Generator[any] {
	scalars := rapid.OneOf(rapid.Just(any(nil)), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Int32(), func(n int32) any { return float64(n) }), rapid.Map(rapid.String(), func(s string) any { return s }))
	if depth == 0 {
		return scalars
	}
	inner := anyJSON(depth - 1)
	return rapid.OneOf(scalars,
		rapid.Map(rapid.SliceOfN(inner, 0, 4), func(list []any) any { return list }),
		rapid.Map(rapid.MapOfN(rapid.String(), inner, 0, 4), func(members map[string]any) any { return members }))
}

// rebuild reads a value by our own walkers down to the scalars.
func rebuild(t *rapid.T, value []byte) any {
	switch value[0] {
	case '{':
		members := map[string]any{}
		if err := eachMember(value, func(name string, value []byte) error { members[name] = rebuild(t, value); return nil }); err != nil {
			t.Fatal(err)
		}
		return members
	case '[':
		list := []any{}
		if err := eachElement(value, func(value []byte) error { list = append(list, rebuild(t, value)); return nil }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	var scalar any
	if err := json.Unmarshal(value, &scalar); err != nil {
		t.Fatalf("%s: %v", value, err)
	}
	return scalar
}

// The walkers see what encoding/json sees, with and without space.
func TestWalkersAgreeWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := anyJSON(3).Draw(t, "value")
		text, err := json.Marshal(value)
		if rapid.Bool().Draw(t, "spaced") {
			text, err = json.MarshalIndent(value, " ", "\t")
		}
		if err != nil {
			t.Fatal(err)
		}
		var want any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if got := rebuild(t, text); !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: got %v, want %v", text, got, want)
		}
	})
}

// What is written as text is read as that text, by the library too.
func TestTextIsWrittenAsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		var again string
		written := appendText(nil, text)
		if err := json.Unmarshal(written, &again); err != nil || again != text {
			t.Fatalf("%q was written as %s and read as %q, %v", text, written, again, err)
		}
		if ours, err := unquote(written); err != nil || ours != text {
			t.Fatalf("%q was written as %s and unquoted as %q, %v", text, written, ours, err)
		}
	})
}

func TestControlsAreWrittenShort(t *testing.T) {
	want := `"\u0000\u001f\b\t\n\f\r\"\\/` + "\x7f\u2028" + `"`
	if got := string(appendText(nil, "\x00\x1f\b\t\n\f\r\"\\/\x7f\u2028")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCheckJSON(t *testing.T) {
	for _, bad := range []string{"", " ", "{", `{"a"}`, `{"a":1,}`, `[1,]`, `{'a':1}`, "{\"a\":\"\n\"}", "nul", "01", `"\x"`, "\"\xff\"", `{} {}`, "\ufeff{}"} {
		var refused *FieldError
		if err := checkJSON([]byte(bad)); !errors.As(err, &refused) || strings.Contains(refused.Problem, "<nil>") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func TestReadLong(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "-0": 0, "9223372036854775807": 9223372036854775807, "-9223372036854775808": -9223372036854775808} {
		if got, ok := readLong([]byte(text)); !ok || got != want {
			t.Errorf("%s: got %d, %v", text, got, ok)
		}
	}
	for _, bad := range []string{"", "1.0", "1e2", `"1"`, "true", "null", "[1]", "9223372036854775808", "1_000", "0x1", " 1"} {
		if got, ok := readLong([]byte(bad)); ok {
			t.Errorf("%s is taken for %d", bad, got)
		}
	}
}
