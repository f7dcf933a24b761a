package broker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/cmd/driftless/testbroker"
	"driftless/schema"
)

// open starts an embedded broker and a Broker over it; topics are made.
func open(t *testing.T) *Broker {
	t.Helper()
	b := Open(testbroker.Open(t).With("topics.partitions", "3").Load(t), slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(b.Close)
	return b
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func create(t *testing.T, b *Broker) []string {
	t.Helper()
	made, err := b.CreateTopics(within(t))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// send puts records of those keys on a topic.
func send(t *testing.T, b *Broker, topic string, keys ...string) {
	t.Helper()
	producer, err := b.Producer()
	if err != nil {
		t.Fatal(err)
	}
	var records []schema.Record
	for _, key := range keys {
		records = append(records, schema.Record{Topic: topic, Key: []byte(key), Value: []byte("value of " + key)})
	}
	if err := producer.SendAll(within(t), records); err != nil {
		t.Fatal(err)
	}
}

func TestTopicsAreMadeOnceAndChecked(t *testing.T) {
	b := open(t)
	before, err := b.CheckTopics(within(t))
	if err != nil || len(before) != 8 {
		t.Errorf("before: %d differences, %v", len(before), err)
	}
	if made := create(t, b); len(made) != 8 || !slices.Contains(made, b.Items) {
		t.Errorf("made %v", made)
	}
	if made := create(t, b); len(made) != 0 {
		t.Errorf("made again: %v", made)
	}
	if after, err := b.CheckTopics(within(t)); err != nil || len(after) != 0 {
		t.Errorf("after: %v, %v", after, err)
	}
}

func TestReadVisitsEveryPartitionOnce(t *testing.T) {
	b := open(t)
	create(t, b)
	var keys []string
	for i := range 30 {
		keys = append(keys, fmt.Sprintf("key-%d", i))
	}
	send(t, b, b.Topics.Events, keys...)
	var seen []string
	partitions := map[int32]bool{}
	err := b.Read(within(t), b.Topics.Events, func(record *schema.Record) error {
		seen = append(seen, string(record.Key))
		partitions[record.Partition] = true
		return nil
	})
	slices.Sort(seen)
	slices.Sort(keys)
	if err != nil || !slices.Equal(seen, keys) || len(partitions) != 3 {
		t.Errorf("%v: %v in %v", err, seen, partitions)
	}
	failure := errors.New("enough")
	if err := b.Read(within(t), b.Topics.Events, func(*schema.Record) error { return failure }); !errors.Is(err, failure) {
		t.Errorf("the visitor's error became %v", err)
	}
}

func TestManyMayReadAtATime(t *testing.T) {
	b := open(t)
	create(t, b)
	send(t, b, b.Topics.Events, "a", "b", "c")
	counts := make(chan int, 8)
	for range cap(counts) {
		go func() {
			count := 0
			if err := b.Read(within(t), b.Topics.Events, func(*schema.Record) error { count++; return nil }); err != nil {
				count = -1
			}
			counts <- count
		}()
	}
	for range cap(counts) {
		if got := <-counts; got != 3 {
			t.Errorf("one read %d records", got)
		}
	}
}

func TestReadSaysThatATopicIsMissing(t *testing.T) {
	b := open(t)
	err := b.Read(within(t), b.Topics.ATP, func(*schema.Record) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "driftless topics check") {
		t.Error(err)
	}
}

func TestReadOne(t *testing.T) {
	b := open(t)
	create(t, b)
	send(t, b, b.Items, "a", "b", "c")
	record, err := b.ReadOne(within(t), b.Items, 0, 1)
	if err != nil || string(record.Key) != "b" {
		t.Errorf("%+v, %v", record, err)
	}
	for _, offset := range []int64{-1, 3, 99} {
		if record, err := b.ReadOne(within(t), b.Items, 0, offset); err == nil {
			t.Errorf("at %d there is %+v", offset, record)
		}
	}
	if record, err := b.ReadOne(within(t), b.Items, 7, 0); err == nil {
		t.Errorf("partition 7 has %+v", record)
	}
}

func TestTailSeesWhatComes(t *testing.T) {
	b := open(t)
	create(t, b)
	send(t, b, b.Topics.ATP, "before")
	ctx, stop := context.WithCancel(within(t))
	defer stop()
	ready, seen, ended := make(chan struct{}), make(chan string, 8), make(chan error, 1)
	go func() {
		ended <- b.Tail(ctx, b.Topics.ATP, func() error { close(ready); return nil }, func(record *schema.Record) error {
			seen <- string(record.Key)
			return nil
		})
	}()
	<-ready
	send(t, b, b.Topics.ATP, "x", "y", "z")
	got := []string{<-seen, <-seen, <-seen}
	slices.Sort(got)
	if !slices.Equal(got, []string{"x", "y", "z"}) {
		t.Errorf("%v", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTailEndsWithItsVisitor(t *testing.T) {
	b := open(t)
	create(t, b)
	failure, ready, ended := errors.New("the pipe is closed"), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- b.Tail(within(t), b.Topics.ATP, func() error { close(ready); return nil }, func(*schema.Record) error { return failure })
	}()
	<-ready
	send(t, b, b.Topics.ATP, "x")
	if err := <-ended; !errors.Is(err, failure) {
		t.Error(err)
	}
}
