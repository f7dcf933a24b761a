package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// smallVariable in the environment makes the program of the tests do what it is
// asked in small: the examples stay what a person types, and end in seconds.
const smallVariable = "SMALL_EXAMPLES"

// mainInSmall is the program, with its sizes cut where the environment asks for it.
func mainInSmall() {
	if os.Getenv(smallVariable) != "" {
		os.Args = append(os.Args[:1:1], inSmall(os.Args[1:])...)
	}
	main()
}

// smallSizes are the flags that say how much a command does: given or not, they
// get these values.
func smallSizes(args []string) map[string]string {
	command := strings.Join(args[:min(2, len(args))], " ")
	switch {
	case strings.HasPrefix(command, "demo"):
		return map[string]string{"--items": "12", "--takes": "300ms"}
	case command == "bench" || strings.HasPrefix(command, "bench --"):
		return map[string]string{"--events": "2000", "--skus": "100", "--runs": "1"}
	case command == "bench latency":
		return map[string]string{"--skus": "100", "--for": "500ms", "--rate": "500"}
	case command == "bench hot":
		return map[string]string{"--events": "200", "--samples": "10"}
	case command == "bench memory":
		return map[string]string{"--events": "2000", "--skus": "100", "--for": "500ms"}
	}
	return nil
}

// inSmall cuts the sizes. A list of sizes keeps its length.
func inSmall(args []string) []string {
	sizes := smallSizes(args)
	args = slices.Clone(args)
	for i := range args {
		size, found := sizes[args[i]]
		if !found || i+1 == len(args) {
			continue
		}
		delete(sizes, args[i])
		cut := []string{size}
		for n := range strings.Count(args[i+1], ",") {
			cut = append(cut, size+strconv.Itoa(n))
		}
		args[i+1] = strings.Join(cut, ",")
	}
	for flag, size := range sizes {
		args = append(args, flag, size)
	}
	return args
}

func TestSizesAreCut(t *testing.T) {
	for typed, want := range map[string]string{
		"bench --skus 10000,100000,1000000 --zipf 0 --events 5 --runs 9": "bench --skus 100,1000,1001 --zipf 0 --events 2000 --runs 1",
		"bench hot --samples 3 --events 7":                               "bench hot --samples 10 --events 200",
		"bench broker ./topics":                                          "bench broker ./topics",
		"demo --items 900 --keep --takes 9h":                             "demo --items 12 --keep --takes 300ms",
		"run --embedded":                                                 "run --embedded",
	} {
		if got := strings.Join(inSmall(strings.Fields(typed)), " "); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
