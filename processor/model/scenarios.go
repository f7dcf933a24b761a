package model

import (
	"embed"
	"strings"
)

// scenarioFiles holds the scenarios, one file for each part of the contract:
//
//	== name
//	events, in the notation of Parse
//	--
//	what is wanted, in the lines of Result.Text
//
//go:embed scenarios/*.txt
var scenarioFiles embed.FS

// Scenario is a small set with the numbers that a person computed for it from
// the contract. The engine's tests run the same ones.
type Scenario struct {
	Name   string
	Events string // in the notation of Parse; the world of every scenario stands before them
	Want   string // lines of Result.Text; see Check
}

// worldOfScenarios is configured before every scenario, in force from the
// start: two WMS with a location each, an ERP, a storefront, two items, and a
// channel whose orders leave from DC1.
const worldOfScenarios = `
	SourceConfigured reference c1 1 0 name=wms-1 kind=wms
	SourceConfigured reference c2 2 0 name=wms-2 kind=wms
	SourceConfigured reference c3 3 0 name=erp kind=erp
	SourceConfigured reference c4 4 0 name=store kind=storefront
	LocationConfigured reference c5 5 0 location=DC1 owner=wms-1
	LocationConfigured reference c6 6 0 location=DC2 owner=wms-2
	ItemConfigured reference c7 7 0 item=A base_unit=EA units=TRD:1/3,XCS:12/1
	ItemConfigured reference c8 8 0 item=B base_unit=EA
	ChannelConfigured reference c9 9 0 channel=web default_location=DC1
`

// Scenarios returns the hand-computed examples, in the order of the contract.
func Scenarios() []Scenario {
	files, err := scenarioFiles.ReadDir("scenarios")
	if err != nil {
		return nil // no such folder: the files are part of the binary
	}
	var scenarios []Scenario
	for _, file := range files {
		text, err := scenarioFiles.ReadFile("scenarios/" + file.Name())
		if err != nil {
			return nil
		}
		// What stands before the first name says what the file is about.
		for _, part := range strings.Split("\n"+string(text), "\n== ")[1:] {
			name, body, _ := strings.Cut(part, "\n")
			events, want, _ := strings.Cut(body, "\n--\n")
			scenarios = append(scenarios, Scenario{Name: name, Events: events, Want: want})
		}
	}
	return scenarios
}

// Set returns the set of the scenario.
func (s Scenario) Set() (Set, error) { return Parse(worldOfScenarios + s.Events) }

// Check compares a result with what is wanted and returns the differences,
// none where it is as it should be. Of the kinds of line that are wanted at
// all (balance, line, reservation, hole) the result must hold these and no
// others; "balance none" wants that there is no line of the kind. Of events it
// may hold more.
func (s Scenario) Check(result Result) []string {
	var wanted []string
	kinds := map[string]bool{}
	for text := range strings.SplitSeq(s.Want, "\n") {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		kind, rest, _ := strings.Cut(text, " ")
		kinds[kind] = kind != "event"
		if rest != "none" {
			wanted = append(wanted, text)
		}
	}
	var differences []string
	for _, text := range without(wanted, result.Text()) {
		differences = append(differences, "missing: "+text)
	}
	for _, text := range without(result.Text(), wanted) {
		if kind, _, _ := strings.Cut(text, " "); kinds[kind] {
			differences = append(differences, "not wanted: "+text)
		}
	}
	return differences
}
