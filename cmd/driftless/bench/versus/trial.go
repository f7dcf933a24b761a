package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"driftless/cmd/driftless/bench"
	"driftless/connectors/kafka"
	"driftless/connectors/kafka/apache"
	"driftless/schema"
)

// trial is one contestant's work on an input: its outputs, group and state are
// its own.
type trial struct {
	contestant
	cluster *apache.Cluster
	config  kafka.Config // the input's topics, and its own
	folder  string       // of the log, and of the state in it
	admin   *kafka.Admin
	process *bench.Child
}

// newTrial makes topics and folders for a contestant on an input. Close it.
func (m *match) newTrial(ctx context.Context, by contestant, input kafka.Config, name string) (*trial, error) {
	name = by.side.String() + "-" + name
	t := &trial{contestant: by, cluster: m.cluster, config: trialConfig(input, name), folder: filepath.Join(m.folder, name)}
	if err := os.MkdirAll(t.folder, 0o700); err != nil {
		return nil, err
	}
	if err := bench.MakeTopics(ctx, t.config); err != nil {
		return nil, err
	}
	var err error
	if t.admin, err = kafka.NewAdmin(t.config, kafka.Options{}); err != nil {
		return nil, err
	}
	if err := t.coordinated(ctx); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

// coordinated waits until the group has a coordinator, which a new Kafka makes
// when it is first asked for one.
func (t *trial) coordinated(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return bench.Wait(ctx, looking, nil, func() (bool, error) {
		_, err := t.admin.Positions(ctx)
		if errors.Is(err, schema.ErrUnreachable) {
			return false, nil
		}
		return true, err
	})
}

// trialConfig gives a trial all that it doesn't share: everything but the input.
func trialConfig(input kafka.Config, name string) kafka.Config {
	config, from := input, input.Topics.Full()
	config.Topics = kafka.DefaultTopics()
	config.Topics.Prefix = name + "."
	config.Topics = config.Topics.Full()
	config.Topics.Events, config.Topics.Reference = from.Events, from.Reference
	config.Group, config.Application, config.Instance = name, name, "0"
	return config
}

// outputs are the topics that the trial writes to.
func (t *trial) outputs() []string {
	names := t.inside(t.config)
	for _, name := range t.config.Topics.All() {
		if name != t.config.Topics.Events && name != t.config.Topics.Reference {
			names = append(names, name)
		}
	}
	return names
}

func (t *trial) state() string { return filepath.Join(t.folder, "state") }

// close ends the process and removes topics and folder.
func (t *trial) close() error {
	if t.process != nil {
		t.process.Kill()
	}
	t.admin.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // also where the run was called off
	defer cancel()
	return errors.Join(os.RemoveAll(t.folder), t.cluster.Delete(ctx, t.outputs()...))
}

// start starts the program on the state that there is.
func (t *trial) start(task task) (err error) {
	program := bench.Program{Path: t.path, Environment: os.Environ()}
	t.process, err = bench.StartChild(program, t.folder, t.side.String(), t.arguments(t.config, t.state(), task)...)
	return err
}

// mark is how far a trial's group has come, and what its process had used by then.
type mark struct {
	records int64 // committed, of all partitions
	used    time.Duration
	at      time.Time
}

// looking is how often the group's position is asked for.
const looking = 20 * time.Millisecond

// reach waits until the group has committed so many records of the input.
func (t *trial) reach(ctx context.Context, records int64) (mark, error) {
	var m mark
	err := bench.Wait(ctx, looking, []*bench.Child{t.process}, func() (bool, error) {
		held, err := t.admin.Positions(ctx)
		m = mark{used: t.process.Used(), at: time.Now()}
		for _, position := range held {
			m.records += position.Offset
		}
		return m.records >= records, err
	})
	return m, err
}

// ends are the offsets after the last record of each partition of the input.
func (t *trial) ends(ctx context.Context) (ends map[int32]int64, sum int64, err error) {
	bounds, err := t.admin.Bounds(ctx, t.config.Topics.Events)
	ends = make(map[int32]int64)
	for partition, b := range bounds {
		ends[partition] = b.Latest
		sum += b.Latest
	}
	return ends, sum, err
}

// catchUp waits until all that is on the input now is committed.
func (t *trial) catchUp(ctx context.Context) error {
	ends, _, err := t.ends(ctx)
	if err != nil {
		return err
	}
	return t.pass(ctx, ends)
}

// pass waits until the group has come as far as these offsets in every partition.
func (t *trial) pass(ctx context.Context, ends map[int32]int64) error {
	return bench.Wait(ctx, looking, []*bench.Child{t.process}, func() (bool, error) {
		held, err := t.admin.Positions(ctx)
		for partition, end := range ends {
			if held[partition].Offset < end {
				return false, err
			}
		}
		return true, err
	})
}

// folderBytes is what the files below a folder take on the disk.
func folderBytes(folder string) (bytes int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		const block = 512 // stat counts in these, whatever the disk's are
		if stat, told := info.Sys().(*syscall.Stat_t); told {
			bytes += stat.Blocks * block
		}
		return nil
	})
	if err != nil {
		err = fmt.Errorf("add up what %s takes: %w", filepath.Base(folder), err)
	}
	return bytes, err
}
