package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"driftless/cmd/driftless/lookup"
	"driftless/connectors/kafka"
)

// Program is what the children run.
type Program struct {
	Path        string   // the executable of this program
	Environment []string // as os.Environ gives it
	Settings    []string // flags that the engine gets beside its own, as --name=value
}

// extra is what a child's environment has beside ours. The floor's collector of
// garbage is as lazy as is good for it: a floor must not be kinder than needed.
func (p Program) extra(name string) []string {
	if name == "floor" {
		return []string{"GOGC=400"}
	}
	return nil
}

// partitions are those of the input topic in every measure.
const partitions = 4

// site is a folder with a broker's data and an engine's state, and what runs
// on them.
type site struct {
	program Program
	folder  string
	config  kafka.Config // with the address of the broker that runs
	broker  *Child
	engine  *engine
	admin   *kafka.Admin
}

// engine is a `driftless run` with the address of its lookups.
type engine struct {
	*Child
	address string
}

// openSite starts the broker of a folder.
func openSite(program Program, folder string) (*site, error) {
	data := filepath.Join(folder, "broker")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	broker, err := StartChild(program, folder, "broker", "bench", "broker", data)
	if err != nil {
		return nil, err
	}
	s := &site{program: program, folder: folder, broker: broker, config: kafka.Defaults()}
	address, err := broker.Line()
	if err == nil {
		s.config.Brokers, s.config.Instance = []string{address}, "bench"
		s.admin, err = kafka.NewAdmin(s.config, kafka.Options{})
	}
	if err != nil {
		broker.Kill()
		return nil, err
	}
	return s, nil
}

// close ends what runs; the folder stays. It may be called of a site that has
// failed anywhere.
func (s *site) close() error {
	if s.engine != nil {
		s.engine.Kill()
	}
	s.admin.Close()
	if s.broker.Alive() != nil {
		return nil
	}
	_, err := s.broker.Stop()
	return err
}

// startEngine starts the engine of the site. Two at a time fence each other.
func (s *site) startEngine(more ...string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	args := append([]string{"run"}, s.program.Settings...)
	args = append(args, "--kafka-brokers="+s.config.Brokers[0], "--kafka-instance=bench",
		"--state-directory="+filepath.Join(s.folder, "state"), "--http-listen="+address, "--log-level=warn")
	process, err := StartChild(s.program, s.folder, "engine", append(args, more...)...)
	if err == nil {
		s.engine = &engine{process, address}
	}
	return err
}

// freeAddress is a loopback address that nobody listens on now.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// ready waits until every shard of the engine works.
func (s *site) ready(ctx context.Context) error {
	return Wait(ctx, 5*time.Millisecond, []*Child{s.engine.Child, s.broker}, func() (bool, error) {
		return s.engine.allRunning(ctx)
	})
}

// allRunning asks the engine once. That it doesn't answer yet is no error; that
// a shard has stopped for good is.
func (e *engine) allRunning(ctx context.Context) (bool, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+e.address+"/readyz", nil)
	if err != nil {
		return false, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false, ctx.Err() // it doesn't listen yet
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return false, ctx.Err()
	}
	var readiness lookup.Readiness
	if err := json.Unmarshal(body, &readiness); err != nil {
		return false, e.Failed(fmt.Errorf("its readiness can't be read: %w", err))
	}
	for _, shard := range readiness.Shards {
		if shard.State == "stopped" {
			return false, e.Failed(fmt.Errorf("shard %d has stopped: %s", shard.Partition, shard.Problem))
		}
	}
	return response.StatusCode == http.StatusOK && len(readiness.Shards) == partitions, nil
}

// drained waits until a group has committed the end of the input as it is now.
// The group must exist: its reader is ready, or its position was set.
func (s *site) drained(ctx context.Context, config kafka.Config, reader *Child) error {
	admin, err := kafka.NewAdmin(config, kafka.Options{})
	if err != nil {
		return err
	}
	defer admin.Close()
	bounds, err := admin.Bounds(ctx, config.Topics.Full().Events)
	if err != nil {
		return err
	}
	return Wait(ctx, 20*time.Millisecond, []*Child{reader, s.broker}, func() (bool, error) {
		held, err := admin.Positions(ctx)
		return err == nil && behind(bounds, held) == 0, err
	})
}

// behind is how many records of the input a group has not committed yet.
func behind(bounds map[int32]kafka.Bounds, held map[int32]kafka.Committed) int64 {
	var records int64
	for partition, b := range bounds {
		at := b.Earliest
		if committed, known := held[partition]; known {
			at = committed.Offset
		}
		records += max(0, b.Latest-at)
	}
	return records
}

// lag is how far the engine is behind the input's end.
func (s *site) lag(ctx context.Context) (int64, error) {
	bounds, err := s.admin.Bounds(ctx, s.config.Topics.Full().Events)
	if err != nil {
		return 0, err
	}
	held, err := s.admin.Positions(ctx)
	return behind(bounds, held), err
}

// records counts what stands in a topic, markers and all that was compacted not
// yet away included.
func (s *site) records(ctx context.Context, topic string) (int64, error) {
	bounds, err := s.admin.Bounds(ctx, topic)
	var n int64
	for _, b := range bounds {
		n += b.Latest - b.Earliest
	}
	return n, err
}

// profile fetches a processor profile of the engine, which must have been
// started with profiles on, into a file.
func (e *engine) profile(ctx context.Context, file string, seconds int) error {
	address := "http://" + e.address + "/debug/pprof/profile?seconds=" + strconv.Itoa(seconds)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("fetch the engine's profile: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("fetch the engine's profile: %s", response.Status)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, response.Body)
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}
