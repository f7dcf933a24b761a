// Package config holds every setting of driftless and reads it from, in rising
// priority, its default, a YAML file, the environment and the flags. What is
// not known is refused with the place and the nearest known name: a setting
// that is silently not in force is worse than a program that won't start.
//
// A setting is a field of Config, and everything else follows from it: the key
// in the file (kafka.tls.ca_file), the variable (DRIFTLESS_KAFKA__TLS__CA_FILE),
// the flag (--kafka-tls-ca-file), the line of help, the row of config show. All
// sources give texts, and one parser reads them, so that a value means the same
// wherever it stands.
//
// Two underscores stand for a dot because one is part of many names. A variable
// that begins with DRIFTLESS_ and is no setting is refused like a key of a file;
// but for those that Kubernetes puts into every pod for a Service that is called
// driftless, which nobody can keep it from doing.
//
// Secrets have no flags: a command line is visible to everybody on the machine.
// They are never shown, neither by config show nor in an error about them.
package config

import (
	"time"

	"driftless/connectors/kafka"
)

// Config is the effective configuration. A field's tag name is its key in the
// file, usage its line of help, default its value where nobody gives one. The
// settings of the connector carry their own names and defaults; their help is
// in kafka.go. A kafka.Secret is never printed.
type Config struct {
	Kafka     kafka.Config         `name:"kafka"`
	Topics    kafka.Plan           `name:"topics"`
	Registry  kafka.RegistryConfig `name:"registry"`
	Reference Reference            `name:"reference"`
	State     State                `name:"state"`
	Engine    Engine               `name:"engine"`
	HTTP      HTTP                 `name:"http"`
	Log       Log                  `name:"log"`
}

// Reference is where reference apply keeps what it has sent.
type Reference struct {
	ItemsTopic string `name:"items_topic" default:"items.v1" usage:"copies of the items' versions, for reference apply; the topics' prefix goes before it"`
}

// State is what an instance keeps on its disk and in its memory.
type State struct {
	Directory    string `name:"directory" default:"driftless-data" usage:"folder of the journal and the rows"`
	MemoryBudget Bytes  `name:"memory_budget" default:"312MiB" usage:"memory of caches, queues and the store together"`
	SegmentSize  Bytes  `name:"segment_size" default:"64MiB" usage:"size at which a journal segment is sealed"`
}

// Engine is how events are judged and committed.
type Engine struct {
	Workers        int           `name:"workers" default:"1" usage:"transactional sessions in this process"`
	Horizon        time.Duration `name:"horizon" default:"30d" usage:"how old an event may be when it arrives"`
	FutureLimit    time.Duration `name:"future_limit" default:"1d" usage:"how far ahead of its arrival an event's time may be"`
	FoldMargin     time.Duration `name:"fold_margin" default:"31d" usage:"how much more than the horizon stays unfolded: how long an event may wait under a code or be on its way; 0s folds nothing"`
	CommitInterval time.Duration `name:"commit_interval" default:"20ms" usage:"pause between commits; under load up to 5 times that"`
	BatchBytes     Bytes         `name:"batch_bytes" default:"4MiB" usage:"most that one transaction sends, about"`
	ScrubRate      int           `name:"scrub_rate" default:"20" usage:"items a second that the background check rebuilds and compares, for each worker; 0 for none"`
	ParkedBound    int           `name:"parked_bound" default:"10000" usage:"events that wait for reference data under one item or code at most; the rest are dead-lettered"`
}

// HTTP is the lookup service of a running instance.
type HTTP struct {
	Listen    string       `name:"listen" default:"127.0.0.1:8080" usage:"address to listen on; \"off\" for none"`
	Advertise string       `name:"advertise" usage:"host:port under which other instances send lookups here"`
	Token     kafka.Secret `name:"token" usage:"bearer token that lookups must show (default: none)"`
	TLS       ListenTLS    `name:"tls"`
	Pprof     bool         `name:"pprof" default:"false" usage:"serve profiles under /debug/pprof/"`
	Clients   int          `name:"clients" default:"256" usage:"event streams served at a time"`
	Client    HTTPClient   `name:"client"`
}

// ListenTLS is the certificate of the lookup service.
type ListenTLS struct {
	Cert string `name:"cert" usage:"PEM file of the server's certificate"`
	Key  string `name:"key" usage:"PEM file of the server's key"`
}

// HTTPClient is how the commands reach a running instance.
type HTTPClient struct {
	Server string `name:"server" default:"http://127.0.0.1:8080" usage:"running instance that atp and explain ask"`
	CA     string `name:"ca" usage:"PEM file of the authority to trust (default: the system's)"`
}

// Log is what goes to standard error.
type Log struct {
	Level  string `name:"level" default:"info" oneof:"debug,info,warn,error" usage:"debug, info, warn or error"`
	Format string `name:"format" default:"text" oneof:"text,json" usage:"text or json"`
}
