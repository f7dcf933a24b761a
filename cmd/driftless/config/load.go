package config

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Sources are the places that settings come from, lowest priority first.
type Sources struct {
	File        string            // path of the YAML file, "" for none
	Environment []string          // as os.Environ gives it
	Flags       map[string]string // text by setting path, of the flags that were given
}

// Loaded is a configuration, and where each of its values came from.
type Loaded struct {
	Config Config
	File   string            // the file that was read, "" for none
	Origin map[string]string // by setting path: "default", "driftless.yaml:3", "DRIFTLESS_…", "--kafka-group"
}

// Error is a configuration that can't be used; every problem found is in it.
type Error struct{ Problems []error }

// Error lists the problems, one a line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the problems to errors.Is and errors.As.
func (e *Error) Unwrap() []error { return e.Problems }

// loader collects problems, so that a person mends a file once, not key by key.
type loader struct {
	loaded   *Loaded
	settings map[string]Setting
	names    []string // every path, in order
	problems []error
}

// Load reads the sources and checks the result. The error is an *Error.
func Load(sources Sources) (*Loaded, error) {
	l := newLoader()
	l.readFile(sources.File)
	l.readEnvironment(sources.Environment)
	for _, path := range l.names {
		if text, ok := sources.Flags[path]; ok {
			l.set(path, text, "--"+l.settings[path].Flag())
		}
	}
	if len(l.problems) == 0 {
		derive(&l.loaded.Config)
		l.problems = check(&l.loaded.Config)
	}
	if len(l.problems) > 0 {
		return nil, &Error{Problems: l.problems}
	}
	return l.loaded, nil
}

// newLoader begins with every setting at its default.
func newLoader() *loader {
	l := &loader{
		loaded:   &Loaded{Config: *base(), Origin: map[string]string{}},
		settings: map[string]Setting{},
	}
	for _, setting := range settingsOf(&l.loaded.Config) {
		l.settings[setting.Path] = setting
		l.names = append(l.names, setting.Path)
		if setting.Default != "" {
			l.set(setting.Path, setting.Default, "default")
		}
		l.loaded.Origin[setting.Path] = "default"
	}
	return l
}

// set gives one setting its value; origin names the place in messages too.
func (l *loader) set(path, text, origin string) {
	setting := l.settings[path]
	if err := setting.set(text); err != nil {
		l.refuse("%s: %s: %w", origin, path, hide(setting, err))
		return
	}
	l.loaded.Origin[path] = origin
}

// hide keeps a secret out of the message that refuses it.
func hide(setting Setting, err error) error {
	if setting.Secret {
		return errors.New("the value can't be read")
	}
	return err
}

// refuse notes a problem and goes on.
func (l *loader) refuse(format string, args ...any) {
	l.problems = append(l.problems, fmt.Errorf(format, args...))
}

// FindFile says which file holds the configuration: the one that is named, by
// flag or by DRIFTLESS_CONFIG, else driftless.yaml in this folder if there is
// one. A file that is named must exist.
func FindFile(flag string, environment []string) string {
	if flag != "" {
		return flag
	}
	for _, variable := range environment {
		if path, ok := strings.CutPrefix(variable, fileVariable+"="); ok && path != "" {
			return path
		}
	}
	if info, err := os.Stat(DefaultFile); err == nil && !info.IsDir() {
		return DefaultFile
	}
	return ""
}
