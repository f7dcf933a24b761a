package state

import (
	"bytes"
	"errors"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"driftless/processor/rules"
)

// FuzzSegmentFile: whatever a segment's file holds, the journal opens or says
// why not, and hands out entries that a checksum vouches for.
func FuzzSegmentFile(f *testing.F) {
	const salt = 7
	whole := header{salt: salt, first: 1, position: position{-1, 0}}.encode()
	for number := uint64(1); number <= 3; number++ {
		whole = appendFrame(whole, salt, frame{kindEntry, number, bytes.Repeat([]byte{byte(number)}, 9)})
	}
	whole = appendFrame(whole, salt, frame{kindCommit, 3, position{9, 9}.encode()})
	end := int64(len(whole))
	sealed := appendFooter(bytes.Clone(whole), salt, 3, marks{{0, headerLength}}, end)
	for form := range uint8(3) {
		f.Add(form, whole)
		f.Add(form, sealed)
		f.Add(form, whole[:len(whole)-5])
		f.Add(form, []byte{})
	}
	f.Fuzz(func(t *testing.T, form uint8, content []byte) {
		s := segment{first: 1, last: 3, form: []segment{{form: formOpen}, {form: formOlder}, {form: formSealed}}[form%3].form}
		j := &journal{fs: vfs.NewMem(), folder: "journal", capacity: 1 << 20}
		writeFile(t, j.fs, j.folder, s.name(), bytes.Clone(content)) // a file may spoil what it is given
		if _, err := openJournal(j, base{floor: 1}); err != nil {
			return
		}
		for number := uint64(0); number < 6; number++ {
			entry, err := j.entry(number)
			var damaged *ErrDamaged
			switch {
			case err == nil && !bytes.Contains(content, entry):
				t.Fatalf("entry %d, %x, doesn't stand in the file", number, entry)
			case err != nil && !errors.Is(err, rules.ErrNoEntry) && !errors.As(err, &damaged):
				t.Fatalf("entry %d: %v", number, err)
			}
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzIdentity: a folder's identity is read, or the error says whose it is.
func FuzzIdentity(f *testing.F) {
	f.Add([]byte(`{"topic":"events","topic_id":"a","partition":1,"partitions":2,"format":1}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, content []byte) {
		fs := vfs.NewMem()
		writeFile(t, fs, "shard", identityFile, content)
		asked := Identity{Topic: "events", TopicID: "a", Partition: 1, Partitions: 2, Format: 1}
		if err := identify(fs, "shard", asked); err != nil {
			if !errors.Is(err, ErrIdentity) && !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		if kept, err := readIdentity(fs, "shard"); err != nil || asked.check(kept) != nil {
			t.Fatalf("%s was accepted as %+v (%v)", content, kept, err)
		}
	})
}

func writeFile(t *testing.T, fs vfs.FS, folder, name string, content []byte) {
	t.Helper()
	if err := fs.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := fs.Create(fs.PathJoin(folder, name), vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
