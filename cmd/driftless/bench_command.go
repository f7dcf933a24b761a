package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"driftless/cmd/driftless/bench"
	"driftless/connectors/kafka"
)

const benchHelp = `Measures what an event costs: engine and broker are processes of their own, and everything that a
real instance does is on. Engine µs is the processor time of the engine alone for one event, floor
that of a process which reads the same records and writes one for each, in the same transactions,
without looking at them. Each figure is the median of the runs; ratios say more than times.

Settings given as flags go to the engine: --state-memory-budget 200MiB.`

// benchFlags are what all measures share.
type benchFlags struct {
	a      *app
	folder string
	skus   []int
	zipf   []float64
	seed   uint64
	events int
	rate   int
	span   time.Duration
}

func newBenchCommand(a *app) *cobra.Command {
	f := &benchFlags{a: a}
	runs, profile := 1, ""
	command := &cobra.Command{
		Use:     "bench",
		Short:   "Measure cost, latency and memory",
		Long:    benchHelp,
		Example: "  driftless bench --runs 5\n  driftless bench --skus 10000,100000,1000000 --zipf 0\n  driftless bench latency --for 60s",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return f.throughput(command, runs, profile)
		},
	}
	flags := command.Flags()
	f.common(flags, []int{100_000}, []float64{0, 1.2})
	flags.IntVar(&f.events, "events", 1_000_000, "events of each run")
	flags.IntVar(&runs, "runs", 1, "runs of each workload, whose medians are shown")
	flags.StringVar(&profile, "profile", "", "write a processor profile of the first run's engine to this file")
	command.AddCommand(newBenchLatency(a), newBenchHot(a), newBenchMemory(a), newBenchBroker(a), newBenchFloor(a))
	return command
}

// common adds the flags of every measure.
func (f *benchFlags) common(flags *pflag.FlagSet, skus []int, zipf []float64) {
	flags.IntSliceVar(&f.skus, "skus", skus, "SKUs that there are")
	flags.Float64SliceVar(&f.zipf, "zipf", zipf, "exponents of Zipf's law; 0: all SKUs alike")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of the events")
	flags.StringVar(&f.folder, "folder", "", "folder for topics and state while it runs (default: the system's)")
}

// program is what the children run: this one, with the settings given as flags.
func (f *benchFlags) program() (bench.Program, error) {
	path, err := os.Executable()
	if err != nil {
		return bench.Program{}, fmt.Errorf("find this program's file: %w", err)
	}
	program := bench.Program{Path: path, Environment: f.a.Environment}
	for _, setting := range f.a.flags {
		if setting.flag.Changed {
			program.Settings = append(program.Settings, "--"+setting.flag.Name+"="+setting.flag.Value.String())
		}
	}
	if f.a.configFile != "" {
		file, err := filepath.Abs(f.a.configFile)
		if err != nil {
			return bench.Program{}, err
		}
		program.Settings = append(program.Settings, "--config="+file)
	}
	return program, nil
}

// loads are all combinations of SKUs and exponents.
func (f *benchFlags) loads() ([]bench.Load, error) {
	var loads []bench.Load
	for _, skus := range f.skus {
		for _, exponent := range f.zipf {
			if skus < 1 || skus > 10_000_000 || exponent != 0 && (exponent <= 1 || exponent > 10) {
				return nil, usagef("--skus is 1 to 10000000, --zipf 0 or above 1")
			}
			loads = append(loads, bench.Load{Events: f.events, SKUs: skus, Zipf: exponent, Seed: f.seed})
		}
	}
	if len(loads) == 0 {
		return nil, usagef("--skus and --zipf name at least one each")
	}
	return loads, nil
}

// only is the one workload of the measures that take no lists.
func (f *benchFlags) only() (bench.Load, error) {
	loads, err := f.loads()
	if err == nil && len(loads) > 1 {
		err = usagef("--skus and --zipf take one value each here")
	}
	if err != nil {
		return bench.Load{}, err
	}
	return loads[0], nil
}

// single is what the measures of one steady workload begin with.
func (f *benchFlags) single() (bench.Program, bench.Load, error) {
	load, err := f.only()
	if err == nil && (f.rate < 1 || f.span <= 0) {
		err = usagef("--rate and --for are above 0")
	}
	if err != nil {
		return bench.Program{}, load, err
	}
	program, err := f.program()
	return program, load, err
}

func (f *benchFlags) throughput(command *cobra.Command, runs int, profile string) error {
	if runs < 1 || f.events < 1 {
		return usagef("--runs and --events are at least 1")
	}
	program, err := f.program()
	if err != nil {
		return err
	}
	loads, err := f.loads()
	if err != nil {
		return err
	}
	const profiled = 5 // seconds: the run of a million events is longer
	costs, err := bench.Throughput(command.Context(), bench.Plan{
		Program: program, Folder: f.folder, Loads: loads, Runs: runs, Profile: profile, Seconds: profiled, Tell: f.a.say,
	})
	if len(costs) > 0 {
		err = errors.Join(err, f.a.print(costs, bench.CostTable(costs)))
	}
	return err
}

func newBenchLatency(a *app) *cobra.Command {
	f := &benchFlags{a: a}
	command := &cobra.Command{
		Use:   "latency",
		Short: "Measure produce to change, and the way back after kill -9",
		Long: `Sends events at a steady rate and waits for each one's change on the output topic, read_committed.
Then the engine is killed (-9) in full work and started again, with its state and without it.`,
		Example: "  driftless bench latency --rate 2000 --for 60s\n  driftless bench latency --skus 1000000",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			program, load, err := f.single()
			if err != nil {
				return err
			}
			found, err := bench.MeasureLatency(command.Context(), bench.LatencyPlan{
				Program: program, Folder: f.folder, Load: load, Rate: f.rate, For: f.span, Tell: a.say,
			})
			if err != nil {
				return err
			}
			return a.print(found, found.Table())
		},
	}
	f.common(command.Flags(), []int{100_000}, []float64{0})
	f.steady(command.Flags(), time.Minute)
	return command
}

// steady adds the flags of a steady load.
func (f *benchFlags) steady(flags *pflag.FlagSet, span time.Duration) {
	flags.IntVar(&f.rate, "rate", 2000, "events a second")
	flags.DurationVar(&f.span, "for", span, "how long the load lasts, for example 60s")
}

func newBenchHot(a *app) *cobra.Command {
	f := &benchFlags{a: a}
	samples := 0
	command := &cobra.Command{
		Use:   "hot",
		Short: "Measure late counts and voids of one SKU with a long history",
		Long: `Gives one SKU a long history, and then sends it what has to look back at it: voids, and counts that
come late. Each is waited for on the output topic, as receipts are that only add.`,
		Example: "  driftless bench hot --events 100000 --samples 200",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if samples < 1 || f.events < 10*samples {
				return usagef("--events is at least ten times --samples, which is at least 1")
			}
			program, err := f.program()
			if err != nil {
				return err
			}
			found, err := bench.MeasureHot(command.Context(), bench.HotPlan{
				Program: program, Folder: f.folder, Events: f.events, Samples: samples, Seed: f.seed, Tell: a.say,
			})
			if err != nil {
				return err
			}
			return a.print(found, found.Table())
		},
	}
	flags := command.Flags()
	flags.IntVar(&f.events, "events", 100_000, "events of the SKU")
	flags.IntVar(&samples, "samples", 200, "measured events of each kind")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of the events")
	flags.StringVar(&f.folder, "folder", "", "folder for topics and state while it runs (default: the system's)")
	return command
}

func newBenchMemory(a *app) *cobra.Command {
	f := &benchFlags{a: a}
	command := &cobra.Command{
		Use:   "memory",
		Short: "Measure resident memory, also when input comes too fast",
		Long: `Measures the most memory that the engine has resident: under a steady load, while events come as
fast as the broker takes them, and started with all of them waiting.`,
		Example: "  driftless bench memory --skus 1000000 --for 20s",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if f.events < 1 {
				return usagef("--events is at least 1")
			}
			program, load, err := f.single()
			if err != nil {
				return err
			}
			found, err := bench.MeasureMemory(command.Context(), bench.MemoryPlan{
				Program: program, Folder: f.folder, Load: load, Rate: f.rate, For: f.span, Tell: a.say,
			})
			if err != nil {
				return err
			}
			return a.print(found, found.Table())
		},
	}
	f.common(command.Flags(), []int{1_000_000}, []float64{0})
	f.steady(command.Flags(), 20*time.Second)
	command.Flags().IntVar(&f.events, "events", 1_000_000, "events that come too fast")
	return command
}

// newBenchBroker is what the broker's process runs.
func newBenchBroker(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "broker FOLDER", Short: "Run the broker of a measure until the input ends", Hidden: true,
		Example: "  driftless bench broker ./topics",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return bench.ServeBroker(command.Context(), args[0], a.In, a.Out)
		},
	}
}

// newBenchFloor is what the floor's process runs.
func newBenchFloor(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "floor BROKER", Short: "Run the floor of a measure", Hidden: true,
		Example: "  driftless bench floor 127.0.0.1:9092",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			config := kafka.Defaults()
			config.Brokers = args
			return bench.RunFloor(command.Context(), config, func() { _, _ = fmt.Fprintln(a.Out, "assigned") })
		},
	}
}
