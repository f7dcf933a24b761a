package kafka

import (
	"errors"
	"hash/crc64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr/srfake"
)

const exampleSchema = `{"type":"record","name":"E","fields":[{"name":"a","type":"long"}]}`

func fingerprintOf(text string) (uint64, error) {
	return crc64.Checksum([]byte(text), crc64.MakeTable(crc64.ECMA)), nil
}

func openRegistry(t *testing.T, config RegistryConfig) *Registry {
	t.Helper()
	r, err := NewRegistry(config, fingerprintOf)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegistryRegistersAndRemembers(t *testing.T) {
	fake := srfake.New(srfake.WithAuth("Bearer sesame"))
	defer fake.Close()
	config := RegistryConfig{URLs: []string{fake.URL()}, Token: "sesame"}
	id, err := openRegistry(t, config).Register(within(t), "inventory.atp.v1-value", exampleSchema)
	if err != nil {
		t.Fatal(err)
	}
	other := openRegistry(t, config)
	fingerprint, _ := fingerprintOf(exampleSchema)
	if _, err := other.SchemaByFingerprint(fingerprint); !errors.Is(err, ErrUnknownSchema) {
		t.Fatalf("before anything was fetched: %v", err)
	}
	if text, err := other.SchemaByID(id); err != nil || text != exampleSchema {
		t.Fatalf("schema %d: %q, %v", id, text, err)
	}
	if text, err := other.SchemaByFingerprint(fingerprint); err != nil || text != exampleSchema {
		t.Fatalf("by its fingerprint: %q, %v", text, err)
	}
	fake.Close()
	if text, err := other.SchemaByID(id); err != nil || text != exampleSchema {
		t.Fatalf("with the registry down, what is known: %q, %v", text, err)
	}
}

func TestRegistryLoadsASubjectsVersions(t *testing.T) {
	fake := srfake.New()
	defer fake.Close()
	config := RegistryConfig{URLs: []string{fake.URL()}}
	if _, err := openRegistry(t, config).Register(within(t), "s", exampleSchema); err != nil {
		t.Fatal(err)
	}
	r := openRegistry(t, config)
	if err := r.Load(within(t), "s"); err != nil {
		t.Fatal(err)
	}
	fingerprint, _ := fingerprintOf(exampleSchema)
	if text, err := r.SchemaByFingerprint(fingerprint); err != nil || text != exampleSchema {
		t.Fatalf("%q, %v", text, err)
	}
}

func TestRegistryTellsUnknownFromUnreachable(t *testing.T) {
	fake := srfake.New()
	r := openRegistry(t, RegistryConfig{URLs: []string{fake.URL()}})
	if _, err := r.SchemaByID(4711); !errors.Is(err, ErrUnknownSchema) {
		t.Fatalf("an id that is nobody's: %v", err)
	}
	fake.Close()
	if _, err := r.SchemaByID(4711); err == nil || errors.Is(err, ErrUnknownSchema) {
		t.Fatalf("a registry that is down: %v", err)
	}
}

func TestRegistryGivesUpInTime(t *testing.T) {
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer slow.Close()
	defer close(release)
	r := openRegistry(t, RegistryConfig{URLs: []string{slow.URL}, Timeout: 50 * time.Millisecond})
	if _, err := r.SchemaByID(1); err == nil {
		t.Fatal("a registry that never answers answered")
	}
}

// The double answers the compatibility check as told: the registry decides.
func TestRegistryRefusesWhatIsNotCompatible(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
		answer := `{"is_compatible":false,"messages":["field a was removed"]}`
		if strings.HasPrefix(r.URL.Path, "/config") {
			answer = `{"compatibility":"FULL_TRANSITIVE"}`
		}
		if _, err := w.Write([]byte(answer)); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	_, err := openRegistry(t, RegistryConfig{URLs: []string{server.URL}}).Register(within(t), "s", exampleSchema)
	if err == nil || !strings.Contains(err.Error(), "field a was removed") {
		t.Fatalf("registered: %v", err)
	}
	for _, request := range asked {
		if strings.HasSuffix(request, "/subjects/s/versions") {
			t.Fatalf("it was registered all the same: %v", asked)
		}
	}
}

func TestRegistryCacheIsBounded(t *testing.T) {
	r := openRegistry(t, RegistryConfig{URLs: []string{"http://localhost:1"}, Cached: 10})
	for id := range 95 {
		r.remember(id, exampleSchema)
	}
	if len(r.byID) > 10 || r.byID[94] == "" {
		t.Fatalf("%d schemas are kept, the last one %q", len(r.byID), r.byID[94])
	}
}
