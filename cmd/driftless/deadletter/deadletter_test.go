package deadletter

import (
	"bytes"
	"strings"
	"testing"

	"driftless/schema"
)

func received() *schema.Event {
	return &schema.Event{
		Type: schema.GoodsReceived, Source: "wms-1", TransactionID: "t1", Sequence: 7, OccurredAt: 1700000000000,
		Item: "0012", HasQuantity: true, Quantity: schema.Quantity{Value: 25, Scale: 1, Unit: "C62"}, Location: "DC9", Document: "GRN-1",
	}
}

func letterOf(event *schema.Event) *Letter {
	return &Letter{ID: ID{3, 120}, DeadLetter: schema.DeadLetter{
		Original: schema.EncodeEvent(nil, event), Topic: "inventory.events.v1", Partition: 2, Offset: 40, LoggedAt: 1700000001000,
		Key: []byte(event.Item), Reason: "fractional_quantity", Source: event.Source, SKU: event.Item, Digest: schema.DigestString(event),
	}}
}

func TestReadTakesALetterFromItsRecord(t *testing.T) {
	want := letterOf(received())
	letter, err := Read(&schema.Record{Partition: 3, Offset: 120, Value: want.AppendAvro(nil)})
	if err != nil || letter.ID != want.ID || letter.Reason != want.Reason || !bytes.Equal(letter.Original, want.Original) {
		t.Errorf("%+v, %v", letter, err)
	}
	if _, err := Read(&schema.Record{Partition: 3, Offset: 121, Value: []byte("x")}); err == nil || !strings.Contains(err.Error(), "3:121") {
		t.Error(err)
	}
}

func TestIDs(t *testing.T) {
	id, err := ParseID("3:120")
	if err != nil || id != (ID{3, 120}) || id.String() != "3:120" {
		t.Errorf("%v, %v", id, err)
	}
	for _, text := range []string{"", "3", ":", "a:b", "-1:0", "0:-1", "1:2:3", "99999999999:1"} {
		if id, err := ParseID(text); err == nil {
			t.Errorf("%q is %v", text, id)
		}
	}
}

func TestFilter(t *testing.T) {
	letter := letterOf(received())
	for filter, want := range map[Filter]bool{
		{}: true, {Reason: "fractional_quantity", Source: "wms-1", SKU: "0012", Since: 1700000001000}: true,
		{Reason: "conflict"}: false, {Source: "erp"}: false, {SKU: "12"}: false, {Since: 1700000001001}: false,
	} {
		if filter.Matches(letter) != want {
			t.Errorf("%+v: %v", filter, !want)
		}
	}
}

func correct(t *testing.T, letter *Letter, set, remove []string) (*schema.Event, error) {
	t.Helper()
	edits, err := ParseEdits(set, remove)
	if err != nil {
		t.Fatal(err)
	}
	return letter.Corrected(edits, nil)
}

func TestCorrectedNamesWhatItMends(t *testing.T) {
	letter := letterOf(received())
	event, err := correct(t, letter, []string{"quantity=24 XCS", "location=DC1", "item=0013", "sequence=8"}, []string{"document"})
	if err != nil {
		t.Fatal(err)
	}
	if event.Mends != letter.Digest || event.TransactionID != "t1" || event.Source != "wms-1" {
		t.Errorf("%+v", event)
	}
	if event.Quantity != (schema.Quantity{Value: 24, Unit: "XCS"}) || event.Location != "DC1" || event.Item != "0013" || event.Sequence != 8 || event.Document != "" {
		t.Errorf("%+v", event)
	}
}

func TestCorrectedMembersOfObjects(t *testing.T) {
	event, err := correct(t, letterOf(received()), []string{"quantity.value=30"}, []string{"quantity.unit"})
	if err != nil || event.Quantity != (schema.Quantity{Value: 30, Scale: 1}) {
		t.Errorf("%+v, %v", event, err)
	}
}

func TestCorrectedRefuses(t *testing.T) {
	for _, c := range []struct {
		set, remove []string
		want        string
	}{
		{[]string{"quantity=-3"}, nil, "quantity"},
		{[]string{"quantity=many"}, nil, "quantity"},
		{[]string{"loaction=DC1"}, nil, "loaction"},
		{nil, []string{"location"}, "location: is missing"},
		{[]string{"location.x=1"}, nil, "location.x"},
		{[]string{"location=DC9"}, nil, "the edits change nothing; to send it as it is: driftless dlq redrive 3:120"},
		{[]string{"order_id=O1"}, nil, "order_id"},
	} {
		if event, err := correct(t, letterOf(received()), c.set, c.remove); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %v: %+v, %v", c.set, c.remove, event, err)
		}
	}
	unreadable := letterOf(received())
	unreadable.Original = []byte("garbage")
	if _, err := correct(t, unreadable, []string{"location=DC1"}, nil); err == nil || !strings.Contains(err.Error(), "can't be read") {
		t.Error(err)
	}
}

func TestTheIdentityCannotBeEdited(t *testing.T) {
	for _, text := range []string{"source=erp", "transaction_id=t2", "mends=x", "type=StockCounted", "location", "=x"} {
		if edits, err := ParseEdits([]string{text}, nil); err == nil {
			t.Errorf("%s: %v", text, edits)
		}
	}
}

func mark(letter *schema.DeadLetter) schema.Header {
	return schema.Header{Key: "mark", Value: []byte{byte(letter.Offset)}}
}

func TestRedriveIsTheOriginalWithItsMark(t *testing.T) {
	letter := letterOf(received())
	letter.Headers = []schema.Header{{Key: "traceparent", Value: []byte("x")}}
	record, err := letter.Redrive(mark)
	if err != nil || record.Topic != letter.Topic || !bytes.Equal(record.Value, letter.Original) || !bytes.Equal(record.Key, letter.Key) {
		t.Errorf("%+v, %v", record, err)
	}
	if len(record.Headers) != 2 || record.Headers[0].Key != "traceparent" || record.Headers[1].Value[0] != 40 {
		t.Errorf("%+v", record.Headers)
	}
}

func TestRedriveKeepsAnEarlierMark(t *testing.T) {
	letter := letterOf(received())
	letter.Headers = []schema.Header{{Key: "mark", Value: []byte{9}}}
	record, err := letter.Redrive(mark)
	if err != nil || len(record.Headers) != 1 || record.Headers[0].Value[0] != 9 {
		t.Errorf("%+v, %v", record.Headers, err)
	}
	if _, err := (&Letter{}).Redrive(mark); err == nil {
		t.Error("a letter without a record was re-driven")
	}
}

// TestALetterThatWasCutIsntSent: its original isn't all there.
func TestALetterThatWasCutIsntSent(t *testing.T) {
	whole := schema.Truncation{Bytes: 9000, SHA256: "ab12"}
	letter := &Letter{DeadLetter: schema.DeadLetter{
		Original: []byte("begin"), Topic: "inventory.events.v1", Partition: 3, Offset: 77, Headers: []schema.Header{whole.Header()},
	}}
	_, err := letter.Redrive(func(*schema.DeadLetter) schema.Header { return schema.Header{} })
	_, mended := letter.Corrected([]Edit{{Field: "location", Value: "DC1"}}, nil)
	for _, err := range []error{err, mended} {
		if err == nil || !strings.Contains(err.Error(), "bytes=9000 sha256=ab12") || !strings.Contains(err.Error(), "partition 3, offset 77") {
			t.Errorf("%v", err)
		}
	}
}
