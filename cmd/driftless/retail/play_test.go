package retail

import (
	"testing"
	"time"

	"driftless/schema"
)

var opening = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// playOf plays the embedded day.
func playOf(t *testing.T, options Options) *Play {
	t.Helper()
	orders, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	if options.Start.IsZero() {
		options.Start = opening
	}
	play, err := New(orders, options)
	if err != nil {
		t.Fatal(err)
	}
	return play
}

// TestOneLineIsADay: the smallest export there is.
func TestOneLineIsADay(t *testing.T) {
	for _, quantity := range []int64{1, 1_000_000, -1, -1_000_000} {
		for _, order := range []string{"7", "C7"} {
			orders := &Orders{Lines: []Line{{Order: order, ID: "1", Code: "a", Quantity: quantity, At: opening}}}
			for seed := range uint64(5) {
				play, err := New(orders, Options{Seed: seed, Start: opening})
				if err != nil {
					t.Fatal(err)
				}
				mustYield(t, play, seed)
				if len(play.Books) != 1 || play.End-play.Start != lead+tail+healing {
					t.Errorf("order %s of %d: %d books, %d ms", order, quantity, len(play.Books), play.End-play.Start)
				}
			}
		}
	}
}

func TestALongerExportKeepsTheItemsBefore(t *testing.T) {
	few, all := playOf(t, Options{Items: 60, Calm: true}), playOf(t, Options{Calm: true})
	known := map[string]string{}
	for _, delivery := range all.Reference {
		known[delivery.Event.Item+delivery.Event.Location] = schema.DigestString(delivery.Event)
	}
	for _, delivery := range few.Reference {
		if e := delivery.Event; e.Type == schema.ItemConfigured && known[e.Item] != schema.DigestString(e) {
			t.Errorf("%s is another item in the longer play", e.Item)
		}
	}
	if len(few.Books) != 60 || len(all.Books) != 886 {
		t.Errorf("%d and %d items", len(few.Books), len(all.Books))
	}
}

// TestNothingHappensOutsideTheDay: no fact is recorded before the opening, and
// the business is over at the close, but for what a source mends.
func TestNothingHappensOutsideTheDay(t *testing.T) {
	play := playOf(t, Options{Calm: true})
	if play.Start != opening.UnixMilli() || play.Close <= play.Start || play.End-play.Close != healing {
		t.Errorf("from %d to %d and %d", play.Start, play.Close, play.End)
	}
	for _, delivery := range play.Deliveries {
		if at := delivery.Event.OccurredAt; at <= play.Start || at > play.Close+minute {
			t.Errorf("%s at %d", delivery.Event.TransactionID, at)
		}
	}
}

func TestTheZeroOptionIsTheOpening(t *testing.T) {
	given := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	if got := (Options{Start: given}).opening(hour); !got.Equal(given) {
		t.Errorf("opening at %v", got)
	}
	if got := time.Since((Options{}).opening(hour)); got < time.Hour || got > time.Hour+time.Minute {
		t.Errorf("an hour's play opened %v ago", got)
	}
}

func TestDocumentsOfOneReceiptAgree(t *testing.T) {
	received, posted := map[string]string{}, 0
	for _, delivery := range playOf(t, Options{Calm: true}).Deliveries {
		switch e := delivery.Event; e.Type {
		case schema.GoodsReceived:
			if received[e.Document] != "" {
				t.Errorf("two receipts of note %s", e.Document)
			}
			received[e.Document] = e.DocumentLine
		case schema.GoodsReceiptPosted:
			posted++
			if received[e.Document] != e.DocumentLine || e.DocumentLine == "" {
				t.Errorf("note %s line %q is posted, received was line %q", e.Document, e.DocumentLine, received[e.Document])
			}
		}
	}
	if posted == 0 || posted < len(received)*9/10 {
		t.Errorf("%d of %d receipts are posted", posted, len(received))
	}
}
