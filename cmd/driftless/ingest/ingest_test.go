package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/schema"
)

func line(n int) string {
	return fmt.Sprintf(`{"type":"GoodsReceived","source":"wms-1","transaction_id":"t%d","sequence":%d,"occurred_at":1700000000000,"item":"A","quantity":"1 C62","location":"DC1"}`, n, n)
}

func lines(from, to int) string {
	text := ""
	for n := from; n <= to; n++ {
		text += line(n) + "\n"
	}
	return text
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func inputs(t *testing.T, paths ...string) []Input {
	t.Helper()
	all, remove, err := Inputs(paths, ByName, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remove)
	return all
}

func check(t *testing.T, all []Input) Summary {
	t.Helper()
	summary, err := Check(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// keeper is a sender that keeps what it is given; failAt breaks the flush of
// that event and all after it.
type keeper struct {
	pending, acknowledged []string
	failAt                string
	broken                bool
}

var errBroken = errors.New("the broker is gone")

func (k *keeper) Send(_ context.Context, event *schema.Event) error {
	k.pending = append(k.pending, event.TransactionID)
	return nil
}

func (k *keeper) Flush(context.Context) error {
	for _, id := range k.pending {
		if id == k.failAt {
			k.broken = true
		}
		if k.broken {
			k.pending = nil
			return errBroken
		}
		k.acknowledged = append(k.acknowledged, id)
	}
	k.pending = nil
	return nil
}

// ticking is a clock that moves a second a look.
func ticking() func() time.Time {
	now := time.Unix(0, 0)
	return func() time.Time { now = now.Add(time.Second); return now }
}

func ids(from, to int) []string {
	var all []string
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprintf("t%d", n))
	}
	return all
}

func TestEveryEventIsSentOnceInOrder(t *testing.T) {
	csv := "type,source,transaction_id,sequence,occurred_at,item,quantity.value,quantity.unit,location\nGoodsReceived,wms-1,t4,4,1700000000000,A,1,C62,DC1\n"
	all := inputs(t, write(t, "a.ndjson", lines(1, 2)+"\n"+line(3)), write(t, "b.CSV", csv))
	summary := check(t, all)
	if summary.Events != 4 || len(summary.Digest) != 64 {
		t.Fatalf("%+v", summary)
	}
	sender := &keeper{}
	var shown []int64
	sent, err := Send(t.Context(), all, summary, Checkpoint{}, sender, Options{
		Now: ticking(), Every: 2 * time.Second, Progress: func(done int64) { shown = append(shown, done) },
	})
	if err != nil || sent != 4 || !slices.Equal(sender.acknowledged, ids(1, 4)) {
		t.Errorf("%d, %v: %v", sent, err, sender.acknowledged)
	}
	if !slices.IsSorted(shown) || len(shown) < 2 || shown[len(shown)-1] != 4 {
		t.Errorf("progress %v", shown)
	}
}

func TestARefusedLineIsNamedAndNothingIsSent(t *testing.T) {
	bad := write(t, "bad.ndjson", line(1)+"\n"+
		strings.Replace(line(2), `"location":"DC1"`, `"loaction":"DC1"`, 1)+"\n"+
		"no json\n"+
		strings.Replace(line(4), `"1 C62"`, `"-1 C62"`, 1)+"\n"+
		strings.Replace(line(5), `}`, `,"logged_at":1}`, 1)+"\n"+
		strings.Replace(line(6), `}`, `,"key":"A"}`, 1)+"\n")
	_, err := Check(t.Context(), inputs(t, bad))
	var refused *Refused
	if !errors.As(err, &refused) || refused.Lines != 5 {
		t.Fatalf("%v", err)
	}
	for i, want := range []string{":2: loaction: ", ":3: ", ":4: quantity: ", ":5: logged_at: ", ":6: key: "} {
		if got := refused.First[i].Error(); !strings.HasPrefix(got, bad+want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if !strings.HasSuffix(err.Error(), "5 lines were refused, and nothing was sent") {
		t.Error(err)
	}
}

func TestManyRefusalsAreCounted(t *testing.T) {
	_, err := Check(t.Context(), inputs(t, write(t, "bad.ndjson", strings.Repeat("x\n", 100))))
	if err == nil || strings.Count(err.Error(), "\n") != maxRefusals+1 || !strings.Contains(err.Error(), "and 80 more") {
		t.Error(err)
	}
}

func TestStandardInputIsKeptAndTakenAway(t *testing.T) {
	all, remove, err := Inputs([]string{"-"}, NDJSON, strings.NewReader(lines(1, 3)))
	if err != nil {
		t.Fatal(err)
	}
	sender := &keeper{}
	if _, err := Send(t.Context(), all, check(t, all), Checkpoint{}, sender, Options{}); err != nil || len(sender.acknowledged) != 3 {
		t.Errorf("%v, %v", sender.acknowledged, err)
	}
	remove()
	if _, err := os.Stat(all[0].Path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the copy is still there: %v", err)
	}
	_, _, err = Inputs([]string{"-"}, NDJSON, brokenReader{})
	if !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

// TestResume breaks a run at every event and goes on: together the two runs
// acknowledge every event, and whatever the first one noted is not sent again.
func TestResume(t *testing.T) {
	path := write(t, "a.ndjson", lines(1, 9))
	for broken := 1; broken <= 9; broken++ {
		all := inputs(t, path)
		summary := check(t, all)
		checkpoint := Checkpoint{Path: filepath.Join(t.TempDir(), "checkpoint")}
		first := &keeper{failAt: fmt.Sprintf("t%d", broken)}
		options := Options{Now: ticking(), Every: 3 * time.Second}
		noted, err := Send(t.Context(), all, summary, checkpoint, first, options)
		if !errors.Is(err, errBroken) {
			t.Fatalf("at %d: %v", broken, err)
		}
		second := &keeper{}
		if sent, err := Send(t.Context(), all, summary, checkpoint, second, options); err != nil || sent != 9 {
			t.Fatalf("at %d: %d, %v", broken, sent, err)
		}
		if want := ids(int(noted)+1, 9); !slices.Equal(second.acknowledged, want) {
			t.Errorf("at %d: went on with %v, want %v", broken, second.acknowledged, want)
		}
		together := append(slices.Clone(first.acknowledged), second.acknowledged...)
		slices.Sort(together)
		if got := slices.Compact(together); !slices.Equal(got, ids(1, 9)) {
			t.Errorf("at %d: %v", broken, got)
		}
		third := &keeper{}
		if _, err := Send(t.Context(), all, summary, checkpoint, third, options); err != nil || len(third.acknowledged) != 0 {
			t.Errorf("at %d: a finished run sent %v, %v", broken, third.acknowledged, err)
		}
	}
}

func TestResumeWithOtherEventsIsRefused(t *testing.T) {
	checkpoint := Checkpoint{Path: filepath.Join(t.TempDir(), "checkpoint")}
	all := inputs(t, write(t, "a.ndjson", lines(1, 3)))
	if _, err := Send(t.Context(), all, check(t, all), checkpoint, &keeper{}, Options{}); err != nil {
		t.Fatal(err)
	}
	other := inputs(t, write(t, "a.ndjson", lines(1, 4)))
	if _, err := Send(t.Context(), other, check(t, other), checkpoint, &keeper{}, Options{}); err == nil || !strings.Contains(err.Error(), "other events") {
		t.Error(err)
	}
	if err := os.WriteFile(checkpoint.Path, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Send(t.Context(), all, check(t, all), checkpoint, &keeper{}, Options{}); err == nil || !strings.Contains(err.Error(), "isn't a file that --resume has written") {
		t.Error(err)
	}
}

func TestTwoFilesAreNotTheirConcatenation(t *testing.T) {
	one := check(t, inputs(t, write(t, "a", lines(1, 2))))
	two := check(t, inputs(t, write(t, "a", lines(1, 1)), write(t, "b", lines(2, 2))))
	if one.Digest == two.Digest {
		t.Error("they have one digest")
	}
}

func TestAFileThatChangesIsNoticed(t *testing.T) {
	path := write(t, "a.ndjson", lines(1, 3))
	all := inputs(t, path)
	summary := check(t, all)
	if err := os.WriteFile(path, []byte(lines(1, 2)+"x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Send(t.Context(), all, summary, Checkpoint{}, &keeper{}, Options{}); err == nil || !strings.Contains(err.Error(), "changed after they were validated") {
		t.Error(err)
	}
}

func TestRateIsKept(t *testing.T) {
	all := inputs(t, write(t, "a.ndjson", lines(1, 10)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sender := &keeper{}
	// A token bucket of one: the second event has to wait, and the wait ends
	// with the context.
	_, err := Send(ctx, all, check(t, all), Checkpoint{}, sender, Options{Rate: 0.001})
	if !errors.Is(err, context.Canceled) || len(sender.pending) > 1 {
		t.Errorf("%v after %v", err, sender.pending)
	}
}

func TestAMissingFileIsNamed(t *testing.T) {
	if _, err := Check(t.Context(), []Input{{Name: "absent", Path: "absent"}}); err == nil || !strings.Contains(err.Error(), "absent") {
		t.Error(err)
	}
}
