package config

import (
	"regexp"
	"strings"

	"driftless/cmd/driftless/nearest"
)

const (
	environmentPrefix = "DRIFTLESS_"
	fileVariable      = environmentPrefix + "CONFIG"
)

// serviceVariable is what Kubernetes sets in every pod for a Service named
// driftless or driftless-…: nobody's setting, and nobody's mistake.
var serviceVariable = regexp.MustCompile(`_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// readEnvironment takes over DRIFTLESS_SECTION__SETTING variables.
func (l *loader) readEnvironment(environment []string) {
	byName := map[string]string{}
	for _, path := range l.names {
		byName[l.settings[path].Environment()] = path
	}
	for _, variable := range environment {
		name, text, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, environmentPrefix) || name == fileVariable {
			continue
		}
		if path, ok := byName[name]; ok {
			l.set(path, text, name)
			continue
		}
		if !serviceVariable.MatchString(name) {
			l.refuse("environment: unknown setting %s; %s", name, nearest.Suggest(name, l.variables()))
		}
	}
}

// variables lists the names that would be known, for the mend.
func (l *loader) variables() []string {
	names := make([]string, len(l.names))
	for i, path := range l.names {
		names[i] = l.settings[path].Environment()
	}
	return names
}
