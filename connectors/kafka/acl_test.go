package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"driftless/schema"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// principal is a user of the broker with what it is allowed.
type principal struct {
	without string // the operation that was taken away; "": none
	config  Config
	acls    []ACL
}

// principals are one with all that ACLs lists, and one more for each operation
// of it, without that one. Each has a group and transactional ids of its own.
func (b *bench) principals() []principal {
	whole := b.principal(0)
	all := []principal{whole}
	for entry, acl := range whole.acls {
		for _, operation := range acl.Operations {
			p := b.principal(len(all))
			name := strings.TrimPrefix(acl.Name, b.config.Topics.Prefix)
			p.without = fmt.Sprintf("without %s on %s %s", operation, acl.Resource, name)
			p.acls[entry].Operations = slices.DeleteFunc(slices.Clone(acl.Operations), func(o string) bool { return o == operation })
			all = append(all, p)
		}
	}
	return all
}

func (b *bench) principal(number int) principal {
	config := b.config
	config.Application = fmt.Sprintf("%s-%d", b.config.Application, number)
	config.Group = config.Application
	config.SASL.User = fmt.Sprintf("user-%d", number)
	return principal{config: config, acls: config.ACLs()}
}

// enroll makes the users, and then what they are allowed. It waits until the broker goes
// by the grants, and knows the users by then: it takes in what its controller decides in
// that order.
func (b *bench) enroll(principals ...principal) {
	b.t.Helper()
	var users []kadm.UpsertSCRAM
	for _, p := range principals {
		users = append(users, kadm.UpsertSCRAM{User: p.config.SASL.User, Mechanism: kadm.ScramSha512, Iterations: 4096, Password: string(p.config.SASL.Password)})
	}
	altered, err := b.admin.AlterUserSCRAMs(within(b.t), nil, users)
	if err == nil {
		err = altered.Error()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range principals {
		for _, acl := range p.acls {
			if len(acl.Operations) > 0 {
				b.allow("User:"+p.config.SASL.User, acl)
			}
		}
	}
}

// allow grants what a line of ACLs says.
func (b *bench) allow(user string, acl ACL) {
	b.t.Helper()
	var operations []kadm.ACLOperation
	for _, name := range acl.Operations {
		operation, err := kmsg.ParseACLOperation(name)
		if err != nil {
			b.t.Fatal(err)
		}
		operations = append(operations, operation)
	}
	grant := kadm.NewACLs().Allow(user).AllowHosts().Operations(operations...).ResourcePatternType(kadm.ACLPatternLiteral)
	if acl.Prefixed {
		grant.ResourcePatternType(kadm.ACLPatternPrefixed)
	}
	switch acl.Resource {
	case "topic":
		grant.Topics(acl.Name)
	case "group":
		grant.Groups(acl.Name)
	case "transactional-id":
		grant.TransactionalIDs(acl.Name)
	default:
		b.t.Fatalf("no such resource: %s", acl.Resource)
	}
	created, err := b.admin.CreateACLs(within(b.t), grant)
	for _, result := range created {
		err = errors.Join(err, result.Err)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.awaitGrant(grant, len(operations))
}

// awaitGrant asks the broker until it goes by a grant: its controller knew first.
func (b *bench) awaitGrant(grant *kadm.ACLBuilder, operations int) {
	b.t.Helper()
	for ctx := within(b.t); ; {
		described, err := b.admin.DescribeACLs(ctx, grant)
		known := 0
		for _, result := range described {
			err = errors.Join(err, result.Err)
			known += len(result.Described)
		}
		if err != nil {
			b.t.Fatal(err)
		}
		if known >= operations {
			return
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("%d of %d operations are known", known, operations)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// refusals are what a broker answers to whoever may not.
var refusals = []error{kerr.TopicAuthorizationFailed, kerr.GroupAuthorizationFailed, kerr.TransactionalIDAuthorizationFailed}

// eachIsNeeded: with exactly what ACLs lists everything works; without any one
// operation of it the broker refuses something.
func (b *bench) eachIsNeeded(t *testing.T) {
	principals := b.principals()
	b.enroll(principals...)
	if err := b.everything(t, principals[0].config); err != nil {
		t.Fatal(err)
	}
	for _, p := range principals[1:] {
		t.Run(p.without, func(t *testing.T) {
			err := b.everything(t, p.config)
			if !slices.ContainsFunc(refusals, func(refusal error) bool { return errors.Is(err, refusal) }) {
				t.Fatalf("it isn't needed: %v", err)
			}
			t.Log(err)
		})
	}
}

// senderNeedsWrite: a system that sends events needs nothing but to write them.
func (b *bench) senderNeedsWrite(t *testing.T) {
	sender := b.principal(0)
	sender.config.SASL.User = "sender"
	events := sender.config.Topics.Full().Events
	sender.acls = []ACL{{"topic", events, false, []string{"Write"}}}
	b.enroll(sender)
	producer := openProducer(t, sender.config)
	if err := producer.SendAll(within(t), []schema.Record{{Topic: events, Key: []byte("sku")}}); err != nil {
		t.Fatal(err)
	}
	if err := producer.SendAll(within(t), []schema.Record{{Topic: sender.config.Topics.Full().Reference}}); err == nil {
		t.Fatal("reference data were taken")
	}
}

// everything does what the service and its commands do, and returns the first
// error of any.
func (b *bench) everything(t *testing.T, config Config) error {
	ctx, cancel := context.WithTimeout(within(t), 10*time.Second)
	defer cancel()
	for _, step := range []struct {
		name string
		do   func(context.Context, Config) error
	}{
		{"check the topics", checkTopics}, {"send", sendEach},
		{"a session", func(ctx context.Context, c Config) error { return commitEach(ctx, t, c) }},
		{"read", readEach}, {"look at the group", lookAtGroup},
	} {
		if err := step.do(ctx, config); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}
