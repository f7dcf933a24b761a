package main

import (
	"context"
	"errors"
	"fmt"

	"driftless/cmd/driftless/config"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// decodingRegistry is the configured registry as the decoder of events asks it,
// nil where none is configured. It has every version of the events' subjects,
// so that records that name their schema by fingerprint can be read too.
func decodingRegistry(ctx context.Context, cfg *config.Config) (schema.Registry, error) {
	if len(cfg.Registry.URLs) == 0 {
		return nil, nil
	}
	client, err := kafka.NewRegistry(cfg.Registry, fingerprintOf)
	if err != nil {
		return nil, err
	}
	all, err := subjects(cfg.Kafka.Topics)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		// A subject that nobody has registered yet holds nothing to know.
		if err := client.Load(ctx, s.name); err != nil && !errors.Is(err, kafka.ErrUnknownSchema) {
			return nil, err
		}
	}
	return writers{client}, nil
}

// fingerprintOf is a schema's name in Avro's single-object encoding.
func fingerprintOf(text string) (uint64, error) {
	codec, err := schema.NewCodec(text)
	if err != nil {
		return 0, err
	}
	return codec.Fingerprint(), nil
}

// writers tells the decoder in its own terms what the registry doesn't have.
type writers struct{ client *kafka.Registry }

// SchemaByID finds a schema by the id of the Confluent wire format.
func (w writers) SchemaByID(id int) (string, error) {
	text, err := w.client.SchemaByID(id)
	return text, unknown(err)
}

// SchemaByFingerprint finds a schema by its CRC-64-AVRO fingerprint.
func (w writers) SchemaByFingerprint(fingerprint uint64) (string, error) {
	text, err := w.client.SchemaByFingerprint(fingerprint)
	return text, unknown(err)
}

// unknown translates between the connector's errors and the decoder's: only an
// error of the latter says that asking again won't help.
func unknown(err error) error {
	if errors.Is(err, kafka.ErrUnknownSchema) {
		return fmt.Errorf("%w: %w", schema.ErrUnknownSchema, err)
	}
	return err
}

// registry is decodingRegistry of the loaded configuration.
func (a *app) registry(ctx context.Context) (schema.Registry, error) {
	loaded, err := a.load()
	if err != nil {
		return nil, err
	}
	return decodingRegistry(ctx, &loaded.Config)
}
