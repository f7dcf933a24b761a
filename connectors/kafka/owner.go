package kafka

import (
	"context"
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
)

// Owner is the member of the group that owns a partition.
type Owner struct {
	Member    string // the broker's name for it
	Instance  string // "" for a dynamic member
	Advertise string // host:port of its HTTP service, "" when it has none
	Host      string // as the broker sees it
}

// ownerClientID puts the address into the client id, which the group's
// coordinator shows to anybody who describes the group. The instance id takes
// no colon, and the assignor's user data belong to the assignor.
func ownerClientID(application, advertise string) string { return application + "@" + advertise }

// advertisedBy reads the address back; "" from another program's client id.
func advertisedBy(application, clientID string) string {
	address, found := strings.CutPrefix(clientID, application+"@")
	if !found {
		return ""
	}
	return address
}

// Owners maps each input partition to the member that owns it. While the group
// rebalances, partitions may be absent: ask again.
func (a *Admin) Owners(ctx context.Context) (map[int32]Owner, error) {
	group, err := a.describe(ctx)
	if err != nil {
		return nil, err
	}
	return a.ownersIn(group), nil
}

// Unowned lists the partitions of the input, of so many, that no member has though
// the group is at rest: while it rebalances, or has no member, none.
func (a *Admin) Unowned(ctx context.Context, partitions int) ([]int32, error) {
	group, err := a.describe(ctx)
	if err != nil || group.State != "Stable" {
		return nil, err
	}
	owners := a.ownersIn(group)
	var unowned []int32
	for partition := range int32(partitions) {
		if _, owned := owners[partition]; !owned {
			unowned = append(unowned, partition)
		}
	}
	return unowned, nil
}

func (a *Admin) describe(ctx context.Context) (kadm.DescribedGroup, error) {
	described, err := a.admin.DescribeGroups(ctx, a.config.Group)
	if err == nil {
		err = described.Error()
	}
	if err != nil {
		return kadm.DescribedGroup{}, fmt.Errorf("describe group %s: %w", a.config.Group, err)
	}
	return described[a.config.Group], nil
}

func (a *Admin) ownersIn(group kadm.DescribedGroup) map[int32]Owner {
	owners := make(map[int32]Owner)
	for _, member := range group.Members {
		assigned, ok := member.Assigned.AsConsumer()
		if !ok {
			continue
		}
		owner := Owner{Member: member.MemberID, Host: member.ClientHost, Advertise: advertisedBy(a.config.Application, member.ClientID)}
		if member.InstanceID != nil {
			owner.Instance = *member.InstanceID
		}
		for _, topic := range assigned.Topics {
			if topic.Topic != a.topics.Events {
				continue
			}
			for _, partition := range topic.Partitions {
				owners[partition] = owner
			}
		}
	}
	return owners
}
