package kafka

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/plugin/kprom"
)

// Options are what the process gives to every client beside the settings.
type Options struct {
	Log *slog.Logger // nil: the client is silent
	// Metrics gets the client's own collectors, one set per client with the
	// label "client". Nil: none.
	Metrics prometheus.Registerer
	// BatchBytes is what each topic takes at most (Admin.BatchBytes), by full
	// name. One that isn't named is taken to be as Create makes it.
	BatchBytes map[string]int32

	user string // before the role, where one part of the package uses another
}

// named puts a user's name before the role of its clients.
func (o Options) named(user string) Options {
	o.user = user + "-"
	return o
}

// clientOptions are those that every client of this package shares. The role
// tells the clients of one process apart, in metrics and in the brokers' logs:
// a process opens each role once.
func (c *Config) clientOptions(role string, options Options) ([]kgo.Opt, error) {
	role = options.user + role
	encrypted, err := c.TLS.config()
	if err != nil {
		return nil, err
	}
	opts := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.ClientID(c.Application + "-" + role),
		kgo.SoftwareNameAndVersion("driftless", "1"),
		kgo.MetadataMinAge(c.MetadataMinAge),
		kgo.MaxDecompressBatchBytes(c.BatchBytes),
	}
	if encrypted != nil {
		opts = append(opts, kgo.DialTLSConfig(encrypted))
	}
	if mechanism := c.SASL.mechanism(); mechanism != nil {
		opts = append(opts, kgo.SASL(mechanism))
	}
	if options.Log != nil {
		opts = append(opts, kgo.WithLogger(clientLog{options.Log.With("client", role)}))
	}
	if options.Metrics != nil {
		labeled := prometheus.WrapRegistererWith(prometheus.Labels{"client": role}, options.Metrics)
		opts = append(opts, kgo.WithHooks(kprom.NewMetrics("driftless_kafka", kprom.Registerer(labeled))))
	}
	return opts, nil
}

// newClient starts a client that is no member of a group.
func (c *Config) newClient(role string, options Options, more ...kgo.Opt) (*kgo.Client, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	opts, err := c.clientOptions(role, options)
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(append(opts, more...)...)
	if err != nil {
		return nil, fmt.Errorf("start the kafka client %s: %w", role, err)
	}
	return client, nil
}

// compression translates the setting for produced batches.
func (c *Config) compression() kgo.CompressionCodec {
	switch c.Compression {
	case "lz4":
		return kgo.Lz4Compression()
	case "none":
		return kgo.NoCompression()
	}
	return kgo.SnappyCompression()
}

// clientLog hands the client's log to the process's.
type clientLog struct{ log *slog.Logger }

// Level bounds what the client formats at all. Its debug level, several lines
// a request, is never asked for.
func (l clientLog) Level() kgo.LogLevel {
	switch {
	case l.log.Enabled(context.Background(), slog.LevelDebug):
		return kgo.LogLevelInfo
	case l.log.Enabled(context.Background(), slog.LevelWarn):
		return kgo.LogLevelWarn
	}
	return kgo.LogLevelError
}

// Log writes one line. What the client calls information is detail to an
// operator: each transaction writes several.
func (l clientLog) Log(level kgo.LogLevel, message string, keyvals ...any) {
	ours := slog.LevelDebug
	switch level {
	case kgo.LogLevelError:
		ours = slog.LevelError
	case kgo.LogLevelWarn:
		ours = slog.LevelWarn
	}
	l.log.Log(context.Background(), ours, message, keyvals...)
}
