package state

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"driftless/processor/rules"
	"driftless/schema/spoil"
)

// TestFrames: a frame is read as it was written, and no other bytes are one.
func TestFrames(t *testing.T) {
	b := appendFrame([]byte("before"), 77, frame{kindEntry, 1 << 40, []byte("payload")})
	f, ok := readFrame(b[6:], 77)
	if !ok || f.kind != kindEntry || f.number != 1<<40 || string(f.payload) != "payload" || f.size() != len(b)-6 {
		t.Fatalf("read %+v, %v", f, ok)
	}
	if _, ok := readFrame(b[6:], 78); ok {
		t.Error("a frame of another file was read")
	}
	for bit := range 8 * (len(b) - 6) {
		c := bytes.Clone(b[6:])
		c[bit/8] ^= 1 << (bit % 8)
		if _, ok := readFrame(c, 77); ok {
			t.Errorf("a frame with bit %d flipped was read", bit)
		}
	}
	for n := range len(b) - 6 {
		if _, ok := readFrame(b[6:6+n], 77); ok {
			t.Errorf("a frame cut to %d bytes was read", n)
		}
	}
	for n := range 100 {
		if _, ok := readFrame(make([]byte, n), 0); ok {
			t.Errorf("%d zeros were read as a frame", n)
		}
	}
}

// TestHeaders: a segment's header is read as it was written, or not at all.
func TestHeaders(t *testing.T) {
	want := header{salt: 5, first: 1 << 50, position: position{ledger: -1, input: 1 << 60}}
	b := want.encode()
	if got, ok := decodeHeader(b); !ok || got != want {
		t.Fatalf("read %+v, %v", got, ok)
	}
	for i := range b {
		c := bytes.Clone(b)
		c[i] ^= 0x10
		if _, ok := decodeHeader(c); ok {
			t.Errorf("a header with byte %d changed was read", i)
		}
	}
}

// FuzzFrame: whatever the bytes, reading them neither panics nor reads beyond.
func FuzzFrame(f *testing.F) {
	f.Add([]byte{}, uint32(0))
	f.Add(appendFrame(nil, 3, frame{kindCommit, 9, position{1, 2}.encode()}), uint32(3))
	f.Add(header{salt: 1, first: 2}.encode(), uint32(1))
	f.Fuzz(func(t *testing.T, b []byte, salt uint32) {
		decodeHeader(b)
		decodePosition(b)
		decodeMarks(b)
		if got, ok := readFrame(b, salt); ok && !bytes.HasPrefix(b, appendFrame(nil, salt, got)) {
			t.Fatalf("%x was read as %+v", b, got)
		}
	})
}

// TestSpoiledFrames: a damaged frame, header, position or list of marks never
// panics; a frame that is read all the same is what its checksum vouches for.
func TestSpoiledFrames(t *testing.T) {
	records := [][]byte{
		appendFrame(nil, 3, frame{kindEntry, 9, bytes.Repeat([]byte{7}, 90)}), appendFrame(nil, 3, frame{kindCommit, 9, position{1, 2}.encode()}),
		header{salt: 3, first: 2}.encode(), position{1, 2}.encode(), marks{{0, headerLength}, {8, 999}}.encode(),
	}
	spoil.Each(t, records, 20_000, func(record []byte) bool {
		_, whole := decodeHeader(record)
		_, placed := decodePosition(record)
		decodeMarks(record)
		read, ok := readFrame(record, 3)
		if ok && !bytes.HasPrefix(record, appendFrame(nil, 3, read)) {
			t.Fatalf("%x was read as %+v", record, read)
		}
		return whole || placed || ok
	})
}

// TestNames: a segment's name is read as it was written; other files aren't
// segments.
func TestNames(t *testing.T) {
	for _, want := range []segment{
		{first: 1, last: 0, form: formOpen}, {first: 1 << 62, last: 1<<62 - 1, form: formOlder}, {first: 17, last: 90, form: formSealed},
	} {
		if got, ok := parseSegment(want.name()); !ok || *got != want {
			t.Errorf("%s was read as %+v", want.name(), got)
		}
	}
	for _, name := range []string{"", "LOCK", "1.open", "00000000000000000001.open.tmp", "00000000000000000001-2.seg", "00000000000000000001.open.damaged", "00000000000000000001.seg"} {
		if got, ok := parseSegment(name); ok {
			t.Errorf("%q was read as %+v", name, got)
		}
	}
}

// TestMarks: the mark found is the last one that isn't behind the number.
func TestMarks(t *testing.T) {
	var m marks
	random := rand.New(rand.NewPCG(1, 1))
	places := map[uint64]int64{}
	offset := int64(headerLength)
	for number := uint64(100); number < 3000; number++ {
		m.note(100, number, offset)
		places[number] = offset
		offset += int64(random.IntN(500) + 20)
	}
	if len(m) < 20 || int64(len(m)) > offset/markEvery+1 {
		t.Fatalf("%d marks for %d bytes", len(m), offset)
	}
	for number, at := range places {
		from := m.find(uint32(number - 100))
		if from > at || at-from > markEvery+520 {
			t.Fatalf("entry %d at %d is searched from %d on", number, at, from)
		}
	}
	again := decodeMarks(m.encode())
	again.cut(offset / 2)
	if n := len(again); n == 0 || n >= len(m) || int64(again[n-1].offset) >= offset/2 || again[n-1] != m[n-1] {
		t.Fatalf("%d of %d marks are left below the middle", n, len(m))
	}
}

// TestBothNamesOfASegment: a power cut while a segment was sealed can leave the
// old name beside the new one; the sealed one was whole first.
func TestBothNamesOfASegment(t *testing.T) {
	for _, old := range []string{"00000000000000000001.open", "00000000000000000001.older"} {
		b := filled(t, 31)
		sealed := b.segments(".seg")[0]
		path := b.shard.journal.path(sealed)
		double := b.shard.journal.path(old)
		b.close()
		b.must(b.fs.Link(path, double))
		if r := b.openOnly(); r.Last != 407 || len(r.Damaged) != 0 || len(r.Missing) != 0 {
			t.Fatalf("recovered %+v", r)
		}
		for _, name := range b.segments("") {
			if name == old {
				t.Fatalf("%s is still there beside %s", old, sealed)
			}
		}
		b.replay()
		b.check()
		b.close()
	}
}

// TestSuccessorWithoutSeal: the power went after a segment's successor was made
// and before the segment got its sealed name.
func TestSuccessorWithoutSeal(t *testing.T) {
	b := filled(t, 32)
	names := b.segments(".seg")
	last := names[len(names)-1]
	s, _ := parseSegment(last)
	from, to := b.shard.journal.path(last), b.shard.journal.path((&segment{first: s.first, last: s.first - 1}).name())
	b.close()
	b.must(b.fs.Rename(from, to))
	if r := b.openOnly(); r.Last != 407 || len(r.Missing) != 0 {
		t.Fatalf("recovered %+v", r)
	}
	if got := b.segments(".seg"); got[len(got)-1] != last {
		t.Fatalf("sealed are %q, want %s among them", got, last)
	}
	b.replay()
	b.check()
	b.close()
}

// TestManyReaders: more segments than are kept open are read in any order, and
// while the open one grows.
func TestManyReaders(t *testing.T) {
	b := newBench(t, 33)
	for range 200 {
		b.commit(10, 30)
		number := 1 + b.random.Uint64N(b.shard.Last())
		got, err := b.shard.Entry(number)
		b.must(err)
		if !bytes.Equal(got, b.ledger.entries[number-1]) {
			t.Fatalf("entry %d is wrong", number)
		}
	}
	if n := len(b.segments(".seg")); n <= maxReaders {
		t.Fatalf("only %d segments: the test needs more than %d", n, maxReaders)
	}
	b.checkEntries()
	if n := len(b.shard.journal.readers.open); n != maxReaders {
		t.Fatalf("%d segments are open, want %d", n, maxReaders)
	}
	b.close()
}

// TestLargeEntries: entries beyond every buffer come back whole; those that no
// frame can hold, and empty ones, are refused.
func TestLargeEntries(t *testing.T) {
	b := newBench(t, 34)
	for i, size := range []int{1, readAhead - 1, readAhead * 3, scanAhead + 5, copyBuffer + 1, 1} {
		e := bytes.Repeat([]byte{byte(i + 1)}, size)
		b.must(b.shard.Commit(&rules.Commit{First: uint64(i) + 1, Entries: [][]byte{e}}))
	}
	b.close()
	b.openOnly()
	replayed := 0
	b.must(b.shard.Replay(func(_ Getter, e []byte) ([]rules.Group, error) { replayed += len(e); return nil, nil }))
	if want := 2 + 4*readAhead - 1 + scanAhead + 5 + copyBuffer + 1; replayed != want {
		t.Fatalf("%d bytes were replayed, want %d", replayed, want)
	}
	got, err := b.shard.Entry(5)
	if err != nil || len(got) != copyBuffer+1 || got[copyBuffer] != 5 {
		t.Fatalf("entry 5: %d bytes, %v", len(got), err)
	}
	if err := b.shard.Commit(&rules.Commit{First: 7, Entries: [][]byte{{}}}); err == nil {
		t.Fatal("an empty entry was taken")
	}
	b.close()
}
