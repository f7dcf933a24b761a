package schema

import (
	"reflect"
	"testing"
)

func TestSamplesAreValid(t *testing.T) {
	eachSample(t, func(t *testing.T, e *Event) {
		if err := e.Validate(Limits{}); err != nil {
			t.Error(err)
		}
	})
}

func TestJSONReadsBackTheSame(t *testing.T) {
	eachSample(t, func(t *testing.T, e *Event) {
		text := AppendJSON(nil, e)
		again, delivery, err := ParseEvent(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !reflect.DeepEqual(e, again) || delivery != (Delivery{}) {
			t.Errorf("%s\n read %+v\n want %+v", text, again, e)
		}
	})
}

func TestAvroReadsBackTheSame(t *testing.T) {
	decoder := NewDecoder(nil)
	eachSample(t, func(t *testing.T, e *Event) {
		value := EncodeEvent(nil, e)
		var again Event
		if err := decoder.Decode(value, &again); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(e, &again) {
			t.Errorf("read %+v\n want %+v", again, e)
		}
	})
}

func TestCloneSharesNothing(t *testing.T) {
	decoder := NewDecoder(nil)
	eachSample(t, func(t *testing.T, e *Event) {
		value := EncodeEvent(nil, e)
		var aliased Event
		if err := decoder.Decode(value, &aliased); err != nil {
			t.Fatal(err)
		}
		copied := aliased.Clone()
		clear(value)
		if !reflect.DeepEqual(e, copied) {
			t.Errorf("clone became %+v\n want %+v", copied, e)
		}
	})
}

func TestFaceIsStable(t *testing.T) {
	const want = `{"type":"GoodsReceived","source":"src","transaction_id":"t1","sequence":9,"occurred_at":"2026-11-02T08:30:00Z","item":"A","quantity":{"scale":0,"value":5},"location":"DC1"}`
	if got := string(AppendJSON(nil, samples[0].event(t))); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
