package state

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"driftless/processor/rules"
)

// folderToTake names the folder that a second process is to open.
const folderToTake = "DRIFTLESS_FOLDER_TO_TAKE"

// TestTwoProcesses: a second process is refused, and gets in once the first is
// gone. The second one is this test again, told so by the environment.
func TestTwoProcesses(t *testing.T) {
	if folder := os.Getenv(folderToTake); folder != "" {
		takeFolder(folder)
		return
	}
	folder := t.TempDir()
	s := openReal(t, folder)
	if err := s.Commit(&rules.Commit{First: 1, Entries: [][]byte{{1}}}); err != nil {
		t.Fatal(err)
	}
	if said := secondProcess(t, folder); !strings.Contains(said, "refused") {
		t.Fatalf("the second process says %q, want it refused", said)
	}
	if err := s.Commit(&rules.Commit{First: 2, Entries: [][]byte{{2}}}); err != nil {
		t.Fatalf("the first owner after the attempt: %v", err)
	}
	if err := errors.Join(s.Close(), s.stores.Close()); err != nil {
		t.Fatal(err)
	}
	if said := secondProcess(t, folder); !strings.Contains(said, "taken") {
		t.Fatalf("the second process says %q after the first is gone", said)
	}
}

func secondProcess(t *testing.T, folder string) string {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestTwoProcesses$", "-test.v")
	c.Env = append(os.Environ(), folderToTake+"="+folder)
	said, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return string(said)
}

// takeFolder is the second process.
func takeFolder(folder string) {
	stores, err := NewStores(Options{Folder: folder, Shards: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, r, err := stores.Open(testIdentity())
	switch {
	case errors.Is(err, ErrLocked):
		fmt.Println("refused")
	case err == nil && r.Last == 2 && s.Close() == nil:
		fmt.Println("taken")
	default:
		fmt.Println("something else:", r, err)
	}
}

// TestDiskLosesPower: what was closed is whole on any disk left by a power cut,
// and the disk before the cut goes on for who still uses it.
func TestDiskLosesPower(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 4))
	for _, percent := range []int{0, 40, 100} {
		disk := NewDisk()
		stores, err := NewStores(disk.Options(Options{Folder: testFolder, Shards: 1}))
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := stores.Open(testIdentity())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(&rules.Commit{First: 1, Entries: [][]byte{{1}, {2}}, LedgerOffset: 9}); err != nil {
			t.Fatal(err)
		}
		before := disk.PowerCut(percent, chance)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		after := disk.PowerCut(percent, chance)
		if last := lastOn(t, before); percent == 0 && last != 0 || percent == 100 && last != 2 {
			t.Errorf("%d percent before the close: %d entries", percent, last)
		}
		if last := lastOn(t, after); last != 2 {
			t.Errorf("%d percent after the close: %d entries", percent, last)
		}
		if err := stores.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func lastOn(t *testing.T, d *Disk) uint64 {
	t.Helper()
	stores, err := NewStores(d.Options(Options{Folder: testFolder, Shards: 1}))
	if err != nil {
		t.Fatal(err)
	}
	s, r, err := stores.Open(testIdentity())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), stores.Close()); err != nil {
		t.Fatal(err)
	}
	return r.Last
}
