package kafka

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func openAdmin(t *testing.T, config Config) *Admin {
	t.Helper()
	admin, err := NewAdmin(config, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(admin.Close)
	return admin
}

func TestCreateMakesWhatCheckWants(t *testing.T) {
	config := bare(t).config
	admin := openAdmin(t, config)
	plan := EmbeddedPlan()
	before, err := admin.Check(within(t), plan)
	if err != nil || len(before) != 7 || before[0].Setting != "topic" {
		t.Fatalf("of a broker without topics: %v, %v", before, err)
	}
	made, err := admin.Create(within(t), plan)
	if err != nil || !slices.Equal(made, config.Topics.All()) {
		t.Fatalf("made %v, %v", made, err)
	}
	if differences, err := admin.Check(within(t), plan); err != nil || len(differences) != 0 {
		t.Fatalf("after creation: %v, %v", differences, err)
	}
	if made, err = admin.Create(within(t), plan); err != nil || len(made) != 0 {
		t.Fatalf("the second time: %v, %v", made, err)
	}
	info, err := admin.Topic(within(t), config.Topics.Full().Events)
	if err != nil || info.Partitions != plan.Partitions || info.ID == [16]byte{} {
		t.Fatalf("%+v, %v", info, err)
	}
}

func TestCheckFindsAndMendsWhatIsWrong(t *testing.T) {
	b := bare(t)
	admin := openAdmin(t, b.config)
	names := b.config.Topics.Full()
	plan := EmbeddedPlan()
	for topic, settings := range map[string]map[string]string{
		names.Events: {"message.timestamp.type": "CreateTime"},
		names.ATP:    {"cleanup.policy": "delete"},
		names.Ledger: {"retention.ms": "1000", "message.timestamp.type": "LogAppendTime"},
	} {
		b.create(topic, plan.Partitions, settings)
	}
	b.create(names.State, 3, map[string]string{"cleanup.policy": "compact"})
	if _, err := admin.Create(within(t), plan); err != nil {
		t.Fatal(err)
	}
	found, err := admin.Check(within(t), plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][2]string{
		{names.Events, "message.timestamp.type"}, {names.ATP, "cleanup.policy"}, {names.Ledger, "retention.ms"},
		{names.State, "partitions"}, {names.Ledger, "max.message.bytes"},
	} {
		if !slices.ContainsFunc(found, func(d Difference) bool { return d.Topic == want[0] && d.Setting == want[1] && d.Mend != "" }) {
			t.Errorf("%s of %s wasn't found among %v", want[1], want[0], found)
		}
	}
	left, err := admin.Mend(within(t), found, plan)
	if err != nil || len(left) != 1 || left[0].Setting != "partitions" {
		t.Fatalf("left %v, %v", left, err)
	}
	if found, err = admin.Check(within(t), plan); err != nil || !slices.Equal(found, left) {
		t.Fatalf("after mending: %v, %v", found, err)
	}
}

func TestSettingsAreComparedByTheirBound(t *testing.T) {
	for _, c := range []struct {
		setting setting
		have    string
		holds   bool
	}{
		{setting{"retention.ms", "1000", atLeast}, "1000", true},
		{setting{"retention.ms", "1000", atLeast}, "999", false},
		{setting{"retention.ms", "1000", atLeast}, "-1", true},
		{setting{"max.compaction.lag.ms", "1000", atMost}, "999", true},
		{setting{"max.compaction.lag.ms", "1000", atMost}, "9223372036854775807", false},
		{setting{"cleanup.policy", "compact", exactly}, "compact,delete", false},
		{setting{"retention.ms", "1000", atLeast}, "", false},
	} {
		if c.setting.holds(c.have) != c.holds {
			t.Errorf("%+v against %q: want %v", c.setting, c.have, c.holds)
		}
	}
}

// What the input takes, every output takes with what is added to it.
func TestOutputsTakeWhatTheInputTakes(t *testing.T) {
	config := Defaults()
	config.Brokers, config.Instance = []string{"localhost:9092"}, "a"
	if err := config.Validate(); err != nil {
		t.Fatal(err)
	}
	config.OutputBytes = config.RecordBytes
	if err := config.Validate(); err == nil || !strings.Contains(err.Error(), "output_bytes") {
		t.Fatalf("outputs no larger than inputs: %v", err)
	}
}

func TestOwnersCarryTheAdvertisedAddress(t *testing.T) {
	b := newBench(t, 2)
	m := b.join(func(c *Config) { c.Advertise = "10.0.0.7:8080" })
	m.pollUntilOwned(2)
	owners, err := openAdmin(t, b.config).Owners(within(t))
	if err != nil {
		t.Fatal(err)
	}
	for partition := range int32(2) {
		if o := owners[partition]; o.Advertise != "10.0.0.7:8080" || o.Instance != b.memberID("a") || o.Member == "" {
			t.Errorf("owner of partition %d: %+v", partition, o)
		}
	}
	if got := advertisedBy("driftless", "somebody-else"); got != "" {
		t.Errorf("another program's client id was taken for an address: %q", got)
	}
}

func TestResetSetsPositionsOfAnIdleGroup(t *testing.T) {
	b := newBench(t, 1)
	b.feed(0, 5)
	admin := openAdmin(t, b.config)
	if err := admin.Reset(within(t), map[int32]schema.Position{0: {Offset: 2, Number: 9}}); err != nil {
		t.Fatal(err)
	}
	m := b.join()
	m.pollUntilOwned(1)
	if m.position[0] != (schema.Position{Offset: 2, Number: 9}) {
		t.Fatalf("began at %+v", m.position[0])
	}
	if err := admin.Reset(within(t), map[int32]schema.Position{0: {}}); err == nil {
		t.Fatal("the positions of a group at work were set")
	}
}

func TestACLsCoverEveryTopic(t *testing.T) {
	config := Defaults()
	var lines []string
	for _, acl := range config.ACLs() {
		lines = append(lines, acl.Command("User:driftless"))
	}
	all := strings.Join(lines, "\n")
	for _, topic := range config.Topics.All() {
		if !strings.Contains(all, "--topic "+topic) {
			t.Errorf("nothing about %s in\n%s", topic, all)
		}
	}
	if !strings.Contains(all, "--resource-pattern-type prefixed --operation Write --transactional-id driftless-") {
		t.Errorf("no transactional ids in\n%s", all)
	}
}

func TestPlanKeepsTheLedgerForHorizonAndInput(t *testing.T) {
	config := Defaults()
	plan := Plan{Partitions: 1, Replication: 1, MinInSync: 1, Horizon: 48 * time.Hour, InputRetention: 24 * time.Hour}
	for _, spec := range config.specs(plan) {
		if spec.name != config.Topics.Full().Ledger {
			continue
		}
		for _, s := range spec.settings {
			if s.name == "retention.ms" && s.value != "259200000" {
				t.Errorf("the ledger keeps %s ms, want three days", s.value)
			}
		}
	}
}

// TestABrokerThatDies: what a broker that has gone answers with is no reason to
// give a shard up. Found by the campaign on three brokers, seed 2002: one died
// while a shard asked all of them for offsets.
func TestABrokerThatDies(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	several := func(errs ...error) error {
		of := &kadm.ShardErrors{Name: "ListOffsets"}
		for _, err := range errs {
			of.Errs = append(of.Errs, kadm.ShardError{Err: err})
		}
		return fmt.Errorf("list: %w", of)
	}
	for _, c := range []struct {
		err    error
		passes bool
	}{
		{refused, true},
		{several(refused, fmt.Errorf("read: %w", io.EOF), kerr.NotLeaderForPartition), true},
		{several(refused, kerr.TopicAuthorizationFailed), false},
		{kerr.TopicAuthorizationFailed, false},
	} {
		if got := errors.Is(passing(c.err), schema.ErrUnreachable); got != c.passes || !errors.Is(passing(c.err), c.err) {
			t.Errorf("%v: passes %v", c.err, got)
		}
	}
	broker, err := StartEmbedded(EmbeddedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config := Defaults()
	config.Brokers, config.Instance = []string{broker.Address()}, "test"
	admin := openAdmin(t, config)
	broker.Close()
	if _, err := admin.Bounds(within(t), config.Topics.Full().Events); !errors.Is(err, schema.ErrUnreachable) {
		t.Errorf("of a broker that has gone: %v", err)
	}
}

// withholding is a balancer that keeps the last partition back the first time.
type withholding struct {
	kgo.GroupBalancer
	kept bool
}

func (w *withholding) MemberBalancer(members []kmsg.JoinGroupResponseMember) (kgo.GroupMemberBalancer, map[string]struct{}, error) {
	balancer, topics, err := w.GroupBalancer.MemberBalancer(members)
	return &withheld{balancer, w}, topics, err
}

type withheld struct {
	kgo.GroupMemberBalancer
	by *withholding
}

func (w *withheld) BalanceOrError(topics map[string]int32) (kgo.IntoSyncAssignment, error) {
	if !w.by.kept {
		w.by.kept = true
		for name := range topics {
			topics[name]--
		}
	}
	return w.GroupMemberBalancer.(kgo.GroupMemberBalancerOrError).BalanceOrError(topics)
}

// TestPartitionsThatNobodyHas: a group is at rest, and its leader gave a partition to
// nobody. Asked anew, it gives it out.
func TestPartitionsThatNobodyHas(t *testing.T) {
	const partitions = 3
	b := newBench(t, partitions)
	admin := openAdmin(t, b.config)
	leader, err := kgo.NewClient(kgo.SeedBrokers(b.config.Brokers...), kgo.ConsumerGroup(b.config.Group), kgo.ConsumeTopics(b.config.Topics.Full().Events),
		kgo.Balancers(&withholding{GroupBalancer: kgo.RoundRobinBalancer()}))
	if err != nil {
		t.Fatal(err)
	}
	defer leader.Close()
	awaitUnowned := func(want []int32) {
		t.Helper()
		for ctx := within(t); ; <-time.After(20 * time.Millisecond) {
			owners, err := admin.Owners(ctx)
			unowned, also := admin.Unowned(ctx, partitions)
			if err = errors.Join(err, also); err == nil && len(owners) == partitions-len(want) && slices.Equal(unowned, want) {
				return
			}
			if ctx.Err() != nil {
				t.Fatalf("want %v, have %v: %v", want, unowned, err)
			}
		}
	}
	awaitUnowned([]int32{2})
	leader.ForceRebalance()
	awaitUnowned(nil)
}

// TestRebalance: a session that leads its group can have it begin anew.
func TestRebalance(t *testing.T) {
	b := newBench(t, 1)
	m := b.join()
	m.pollUntilOwned(1)
	_, before := m.client.GroupMetadata()
	m.Rebalance()
	m.pollUntil(func([]schema.Record) bool {
		_, now := m.client.GroupMetadata()
		return now > before
	})
}
