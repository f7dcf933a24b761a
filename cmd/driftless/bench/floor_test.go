package bench

import (
	"context"
	"testing"
	"time"

	"driftless/cmd/driftless/testbroker"
	"driftless/connectors/kafka"
	"driftless/schema"
)

// TestFloorWritesOneForEach: the floor reads what stands behind its position,
// writes as many records, and commits where it stands.
func TestFloorWritesOneForEach(t *testing.T) {
	s := &site{config: testbroker.Open(t).With("kafka.instance", "bench").Load(t).Kafka}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var err error
	if s.admin, err = kafka.NewAdmin(s.config, kafka.Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.admin.Close()
	source, err := OpenSource(ctx, s.config, Load{SKUs: 20, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	if err := s.floorAtEnd(ctx); err != nil {
		t.Fatal(err)
	}
	if err := source.Send(ctx, 300); err != nil {
		t.Fatal(err)
	}
	output := floorPrefix + s.config.Topics.ATP
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- RunFloor(working, s.config, func() {}) }()
	awaitFloor(ctx, t, s, ended)
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if written := countRecords(ctx, t, s, output); written != 300 {
		t.Errorf("%d records written for 300", written)
	}
}

// awaitFloor waits until the floor's group stands at the input's end.
func awaitFloor(ctx context.Context, t *testing.T, s *site, ended <-chan error) {
	t.Helper()
	admin, err := kafka.NewAdmin(floorConfig(s.config), kafka.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	bounds, err := admin.Bounds(ctx, s.config.Topics.Full().Events)
	if err != nil {
		t.Fatal(err)
	}
	err = Wait(ctx, 10*time.Millisecond, nil, func() (bool, error) {
		select {
		case err := <-ended:
			t.Fatalf("the floor ended: %v", err)
		default:
		}
		held, err := admin.Positions(ctx)
		return err == nil && behind(bounds, held) == 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func countRecords(ctx context.Context, t *testing.T, s *site, topic string) int {
	t.Helper()
	logs, err := kafka.OpenLogs(s.config, kafka.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	bounds, err := logs.Bounds(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	records := 0
	for partition, b := range bounds {
		want := kafka.LogRange{Topic: topic, Partition: partition, From: b.Earliest, Until: b.Latest}
		if _, err := logs.Read(ctx, want, func(record *schema.Record) (bool, error) {
			records++
			return false, schema.NewDecoder(nil).Decode(record.Value, new(schema.Event))
		}); err != nil {
			t.Fatal(err)
		}
	}
	return records
}
