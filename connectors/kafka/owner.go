package kafka

import (
	"context"
	"fmt"
	"strings"
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
	described, err := a.admin.DescribeGroups(ctx, a.config.Group)
	if err == nil {
		err = described.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("describe group %s: %w", a.config.Group, err)
	}
	owners := make(map[int32]Owner)
	for _, member := range described[a.config.Group].Members {
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
	return owners, nil
}
