package ingest

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzCheckpoint: a checkpoint's file says how far these very events got, or is
// refused; it never has a run leave out more than there is.
func FuzzCheckpoint(f *testing.F) {
	summary := Summary{Events: 10, Digest: "d"}
	f.Add([]byte(`{"digest":"d","events":3}`))
	f.Add([]byte(`{"digest":"d","events":11}`))
	f.Add([]byte(`{"digest":"d","events":-1}`))
	f.Add([]byte(`null`))
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		c := Checkpoint{Path: filepath.Join(folder, "checkpoint")}
		if err := os.WriteFile(c.Path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		done, err := c.Load(summary)
		if err == nil && (done < 0 || done > summary.Events) {
			t.Fatalf("%s: %d of %d are done", content, done, summary.Events)
		}
	})
}
