package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"driftless/cmd/driftless/output"
)

// version is what a build says about itself.
type version struct {
	Version  string `json:"version"`
	Revision string `json:"revision"` // of the source; "" where it was built outside a checkout
	Modified bool   `json:"modified"` // the checkout had changes of its own
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// newVersionCommand says which build this is, for a report.
func newVersionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of this program",
		Example: "  driftless version\n  driftless version --output json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := buildVersion()
			return a.print(v, output.Table{
				Columns: []string{"VERSION", "REVISION", "GO", "PLATFORM"},
				Rows:    [][]string{{v.Version, v.Revision, v.Go, v.Platform}},
			})
		},
	}
}

// buildVersion reads what the Go linker recorded.
func buildVersion() version {
	v := version{Version: "development", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			v.Revision = setting.Value
		case "vcs.modified":
			v.Modified = setting.Value == "true"
		}
	}
	return v
}
