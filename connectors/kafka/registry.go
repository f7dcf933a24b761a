package kafka

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
)

// RegistryConfig says how to reach a schema registry.
type RegistryConfig struct {
	URLs     []string      `yaml:"urls" json:"urls"`
	User     string        `yaml:"user" json:"user"`
	Password Secret        `yaml:"password" json:"password"`
	Token    Secret        `yaml:"token" json:"token"`
	TLS      TLS           `yaml:"tls" json:"tls"`
	Timeout  time.Duration `yaml:"timeout" json:"timeout"` // of one request; 0: 5 seconds
	// Cached bounds the schemas kept in memory; 0: 1000. Ids are for ever, so
	// what is known needs no second look.
	Cached int `yaml:"cached" json:"cached"`
}

// ErrUnknownSchema says that the registry has no such schema. Asking again
// won't help; any other error of the registry's may pass.
var ErrUnknownSchema = errors.New("the schema registry has no such schema")

// Registry is the client of a schema registry with Confluent's API. Safe for
// concurrent use.
type Registry struct {
	client  *sr.Client
	timeout time.Duration
	limit   int
	// Fingerprint names a schema's text; what it returns is the key of
	// SchemaByFingerprint.
	fingerprint func(text string) (uint64, error)

	mu            sync.Mutex
	byID          map[int]string
	byFingerprint map[uint64]string
}

// NewRegistry makes a client. Fingerprint computes a schema's fingerprint, as
// it stands in single-object encoding; nil: SchemaByFingerprint finds nothing.
func NewRegistry(config RegistryConfig, fingerprint func(text string) (uint64, error)) (*Registry, error) {
	if len(config.URLs) == 0 {
		return nil, errors.New("schema registry: name at least one url")
	}
	encrypted, err := config.TLS.config()
	if err != nil {
		return nil, fmt.Errorf("schema registry: %w", err)
	}
	r := &Registry{
		timeout: config.Timeout, limit: config.Cached, fingerprint: fingerprint,
		byID: make(map[int]string), byFingerprint: make(map[uint64]string),
	}
	if r.timeout <= 0 {
		r.timeout = 5 * time.Second
	}
	if r.limit <= 0 {
		r.limit = 1000
	}
	transport := &http.Transport{TLSClientConfig: encrypted, MaxIdleConnsPerHost: 4, Proxy: http.ProxyFromEnvironment}
	opts := []sr.ClientOpt{sr.URLs(config.URLs...), sr.HTTPClient(&http.Client{Timeout: r.timeout, Transport: transport})}
	if config.User != "" {
		opts = append(opts, sr.BasicAuth(config.User, string(config.Password)))
	}
	if config.Token != "" {
		opts = append(opts, sr.BearerToken(string(config.Token)))
	}
	if r.client, err = sr.NewClient(opts...); err != nil {
		return nil, fmt.Errorf("schema registry: %w", err)
	}
	return r, nil
}

// SchemaByID returns the text of a schema. ErrUnknownSchema: the id is nobody's.
func (r *Registry) SchemaByID(id int) (string, error) {
	r.mu.Lock()
	text, known := r.byID[id]
	r.mu.Unlock()
	if known {
		return text, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.timeout)
	defer cancel()
	found, err := r.client.SchemaByID(ctx, id)
	if err != nil {
		return "", fmt.Errorf("fetch schema %d: %w", id, classify(err))
	}
	if found.Type != sr.TypeAvro {
		return "", fmt.Errorf("schema %d is not an Avro schema but %s: %w", id, found.Type, ErrUnknownSchema)
	}
	r.remember(id, found.Schema)
	return found.Schema, nil
}

// SchemaByFingerprint returns the text of a schema that was registered or
// fetched through this client: registries can't be asked for a fingerprint.
// ErrUnknownSchema: none was; Load fetches those of a subject.
func (r *Registry) SchemaByFingerprint(fingerprint uint64) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, known := r.byFingerprint[fingerprint]
	if !known {
		return "", fmt.Errorf("fingerprint %016x: %w", fingerprint, ErrUnknownSchema)
	}
	return text, nil
}

// Load fetches every version of a subject, so that writers' older and newer
// schemas are known by their fingerprints.
func (r *Registry) Load(ctx context.Context, subject string) error {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	schemas, err := r.client.Schemas(ctx, subject)
	if err != nil {
		return fmt.Errorf("fetch the schemas of %s: %w", subject, classify(err))
	}
	for _, s := range schemas {
		r.remember(s.ID, s.Schema.Schema)
	}
	return nil
}

// Register makes a schema known under a subject and returns its id. The
// subject's compatibility is set to full transitive first: any version then
// reads what any other wrote. An incompatible schema is an error that names
// what the registry objects to, and isn't registered.
func (r *Registry) Register(ctx context.Context, subject, text string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	full := sr.SetCompatibility{Level: sr.CompatFullTransitive}
	for _, set := range r.client.SetCompatibility(ctx, full, subject) {
		if set.Err != nil {
			return 0, fmt.Errorf("set the compatibility of %s: %w", subject, classify(set.Err))
		}
	}
	if err := r.check(ctx, subject, text); err != nil {
		return 0, err
	}
	made, err := r.client.CreateSchema(ctx, subject, avro(text))
	if err != nil {
		return 0, fmt.Errorf("register a schema of %s: %w", subject, classify(err))
	}
	r.remember(made.ID, text)
	return made.ID, nil
}

// Check asks whether a schema is compatible with what its subject has. A new
// subject takes any.
func (r *Registry) Check(ctx context.Context, subject, text string) error {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	return r.check(ctx, subject, text)
}

func (r *Registry) check(ctx context.Context, subject, text string) error {
	result, err := r.client.CheckCompatibility(ctx, subject, -1, avro(text))
	var answered *sr.ResponseError
	if errors.As(err, &answered) && answered.StatusCode == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("check a schema of %s: %w", subject, classify(err))
	}
	if !result.Is {
		return fmt.Errorf("the schema is not compatible with %s: %v; give new fields a default, and never rename or remove one", subject, result.Messages)
	}
	return nil
}

// remember keeps a schema. A full cache is emptied: it is refilled as needed,
// and that a thousand schemas are in use at once is not to be expected.
func (r *Registry) remember(id int, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.byID) >= r.limit {
		clear(r.byID)
		clear(r.byFingerprint)
	}
	r.byID[id] = text
	if r.fingerprint == nil {
		return
	}
	if fingerprint, err := r.fingerprint(text); err == nil {
		r.byFingerprint[fingerprint] = text
	}
}

func avro(text string) sr.Schema { return sr.Schema{Schema: text, Type: sr.TypeAvro} }

// classify marks what won't change by asking again.
func classify(err error) error {
	var answered *sr.ResponseError
	if errors.As(err, &answered) && answered.StatusCode == http.StatusNotFound {
		return fmt.Errorf("%w: %w", ErrUnknownSchema, err)
	}
	return err
}
