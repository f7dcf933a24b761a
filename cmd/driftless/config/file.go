package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"driftless/cmd/driftless/nearest"
	"driftless/cmd/driftless/yamltree"
)

// DefaultFile is read where no other file is named and it is there.
const DefaultFile = "driftless.yaml"

// maxFileBytes bounds what is read as configuration; a real one has a few KiB.
const maxFileBytes = 1 << 20

// readFile takes over the settings of a file; messages name it without its
// folders, as there is only one.
func (l *loader) readFile(path string) {
	if path == "" {
		return
	}
	data, err := readBounded(path)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	tree, err := yamltree.Parse(data)
	if err != nil {
		l.refuse("%s: %w", path, err)
		return
	}
	l.loaded.File = path
	l.readSection(filepath.Base(path), "", tree)
}

// readBounded refuses what can't be a configuration before it is in memory: a
// path is easily one of a data file.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no configuration file %s; check --config and %s", path, fileVariable)
	}
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if info.Size() > maxFileBytes {
		return nil, fmt.Errorf("%s has %s, too much for a configuration", path, Bytes(info.Size()))
	}
	return os.ReadFile(path)
}

// readSection takes over the map at prefix ("" or "kafka.").
func (l *loader) readSection(file, prefix string, tree *yamltree.Node) {
	if tree.Kind == yamltree.Null {
		return
	}
	if tree.Kind != yamltree.Map {
		l.refuse("%s:%d: %s where settings were expected; write \"name: value\" lines", file, tree.Line, tree.Kind)
		return
	}
	for _, field := range tree.Fields {
		path, place := prefix+field.Name, fmt.Sprintf("%s:%d", file, field.Line)
		switch {
		case l.isSection(path):
			l.readSection(file, path+".", field.Value)
		case l.isSetting(path):
			l.readValue(path, place, field.Value)
		default:
			l.refuse("%s: unknown setting %q; %s", place, path, nearest.Suggest(field.Name, l.namesUnder(prefix)))
		}
	}
}

// isSetting says whether a value may stand under the path.
func (l *loader) isSetting(path string) bool {
	_, ok := l.settings[path]
	return ok
}

// isSection says whether a map may stand under the path.
func (l *loader) isSection(path string) bool {
	for _, name := range l.names {
		if strings.HasPrefix(name, path+".") {
			return true
		}
	}
	return false
}

// namesUnder lists what may stand in the map at prefix.
func (l *loader) namesUnder(prefix string) []string {
	var names []string
	for _, path := range l.names {
		rest, ok := strings.CutPrefix(path, prefix)
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, ".")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names
}

// readValue takes over one value. A list where a single value belongs is refused
// rather than taken for its first item.
func (l *loader) readValue(path, place string, value *yamltree.Node) {
	setting := l.settings[path]
	switch {
	case value.Kind == yamltree.Null: // "key:" leaves the setting as it was
	case value.Kind == yamltree.Scalar:
		l.set(path, value.Text, place)
	case value.Kind == yamltree.List && setting.IsList():
		l.readList(setting, place, value)
	default:
		l.refuse("%s: %s: %s where a single value was expected", place, path, value.Kind)
	}
}

// readList joins a list as the environment would write it, so that all sources
// are read by one parser. A comma within an item would part it in two.
func (l *loader) readList(setting Setting, place string, value *yamltree.Node) {
	parts := make([]string, len(value.Items))
	for i, item := range value.Items {
		if item.Kind != yamltree.Scalar || strings.Contains(item.Text, ",") {
			l.refuse("%s: %s: item %d isn't a single value", place, setting.Path, i+1)
			return
		}
		parts[i] = item.Text
	}
	l.set(setting.Path, strings.Join(parts, ","), place)
}
