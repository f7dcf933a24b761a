package state

import (
	"errors"
	"fmt"
	"os"
)

// SetAside renames a shard's folder, so that the next Open begins with an empty
// one; nothing is ever deleted. It returns the new name. The shard must be
// closed. No error and no name: there was no folder.
func (st *Stores) SetAside(partition int32) (string, error) {
	fs, folder := st.options.FS, st.folder(partition)
	if _, err := fs.Stat(folder); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	held, err := lockFolder(fs, folder)
	if err != nil {
		return "", err
	}
	name, err := st.rename(folder)
	return name, errors.Join(err, held.close())
}

// rename takes the first name that nobody has. The new name is durable before
// an empty folder can take the old one's place.
func (st *Stores) rename(folder string) (string, error) {
	fs := st.options.FS
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s.aside-%d", folder, n)
		_, err := fs.Stat(name)
		if err == nil {
			continue
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("set %s aside: %w", folder, err)
		}
		if err := fs.Rename(folder, name); err != nil {
			return "", fmt.Errorf("set %s aside: %w", folder, err)
		}
		return name, syncFolder(fs, st.options.Folder)
	}
}
