package lookup

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"driftless/schema"
)

// full is a state with a value of its own in every field.
func full(t *testing.T) *schema.ATP {
	t.Helper()
	state := &schema.ATP{Channels: []schema.ChannelAvailability{{Channel: "web", Units: 77}}}
	value := reflect.ValueOf(state).Elem()
	for i := range value.NumField() {
		switch field := value.Field(i); field.Kind() {
		case reflect.Int64:
			field.SetInt(int64(1000 + i))
		case reflect.String:
			field.SetString(value.Type().Field(i).Name)
		case reflect.Bool:
			field.SetBool(true)
		case reflect.Slice:
		default:
			t.Fatalf("%s is of a kind that this test doesn't know", value.Type().Field(i).Name)
		}
	}
	return state
}

// TestALookupSaysWhatTheTopicSays compares an answer with the same state as
// Avro's own JSON shows it: names and values are the same, instants apart.
func TestALookupSaysWhatTheTopicSays(t *testing.T) {
	state := full(t)
	var codec *schema.Codec
	for _, s := range schema.AvroSchemas() {
		if s.Name == "driftless.ATP" {
			var err error
			if codec, err = schema.NewCodec(s.Text); err != nil {
				t.Fatal(err)
			}
		}
	}
	topic, err := codec.ToJSON(state.AppendAvro(nil))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := json.Marshal(FromATP(state))
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := json.Unmarshal(topic, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"effective_at", "computed_at"} {
		at, err := time.Parse(time.RFC3339, got[name].(string))
		if err != nil {
			t.Fatal(err)
		}
		got[name] = float64(at.UnixMilli())
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the lookup says\n%v\nthe topic\n%v", got, want)
	}
}

func TestACloneSharesNothing(t *testing.T) {
	original := FromATP(full(t))
	clone := original.Clone()
	if !reflect.DeepEqual(original, clone) {
		t.Errorf("%+v became %+v", original, clone)
	}
	original.Channels["web"] = 0
	if clone.Channels["web"] != 77 {
		t.Error("the channels are shared")
	}
}
