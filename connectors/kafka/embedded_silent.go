package kafka

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// silence has members leave that say nothing any more. The broker times out those that
// it has answered; a new one whose connection was gone when its join was answered would
// stay, and keep its partitions, for ever (kfake to 2026-09: groups.go, reply sets the
// timer, and completeLeaderSync forgets who hasn't synced yet).
type silence struct {
	client *kgo.Client
	cancel context.CancelFunc
	done   chan struct{}

	guard   sync.Mutex
	members map[membership]*patience
}

// membership is a member of a classic group: a static one by its instance, which it has
// before the broker gives it an id, another by that id.
type membership struct{ group, instance, member string }

func membershipOf(group string, instance *string, member string) membership {
	if instance != nil {
		return membership{group: group, instance: *instance}
	}
	return membership{group: group, member: member}
}

// patience is how long a member may say nothing: as long as the others may let it wait
// for the answer to its join, and then a session.
type patience struct {
	heard time.Time
	bound time.Duration
}

// silenceLook is how often somebody looks.
const silenceLook = time.Second

func watchSilence(address string) (*silence, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(address))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &silence{client: client, cancel: cancel, done: make(chan struct{}), members: make(map[membership]*patience)}
	go w.run(ctx)
	return w, nil
}

func (w *silence) run(ctx context.Context) {
	defer close(w.done)
	ticker := time.NewTicker(silenceLook)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for _, m := range w.silent() {
				if w.remove(ctx, m) == nil {
					w.forget(m)
				}
			}
		}
	}
}

func (w *silence) close() {
	w.cancel()
	<-w.done
	w.client.Close()
}

// hear takes note of a request, and leaves it to the broker.
func (w *silence) hear(request kmsg.Request) (kmsg.Response, error, bool) {
	switch r := request.(type) {
	case *kmsg.JoinGroupRequest:
		bound := silenceLook + time.Duration(r.SessionTimeoutMillis+r.RebalanceTimeoutMillis)*time.Millisecond
		w.note(membershipOf(r.Group, r.InstanceID, r.MemberID), bound)
	case *kmsg.SyncGroupRequest:
		w.note(membershipOf(r.Group, r.InstanceID, r.MemberID), 0)
	case *kmsg.HeartbeatRequest:
		w.note(membershipOf(r.Group, r.InstanceID, r.MemberID), 0)
	}
	return nil, nil, false
}

// note hears a member; a bound of 0 is the one before. Who hasn't a name yet is no member.
func (w *silence) note(m membership, bound time.Duration) {
	w.guard.Lock()
	defer w.guard.Unlock()
	known := w.members[m]
	if known == nil {
		if m.instance == "" && m.member == "" || bound == 0 {
			return
		}
		known = new(patience)
		w.members[m] = known
	}
	known.heard = time.Now()
	if bound > 0 {
		known.bound = bound
	}
}

// silent lists the members that have said nothing for too long.
func (w *silence) silent() (members []membership) {
	w.guard.Lock()
	defer w.guard.Unlock()
	for m, known := range w.members {
		if time.Since(known.heard) > known.bound {
			members = append(members, m)
		}
	}
	return members
}

func (w *silence) forget(m membership) {
	w.guard.Lock()
	defer w.guard.Unlock()
	delete(w.members, m)
}

// remove has a member leave, whatever the answer: most are gone already.
func (w *silence) remove(ctx context.Context, m membership) error {
	ctx, cancel := context.WithTimeout(ctx, silenceLook)
	defer cancel()
	leaving := kmsg.NewLeaveGroupRequestMember()
	leaving.MemberID = m.member
	if m.instance != "" {
		leaving.InstanceID = &m.instance
	}
	request := kmsg.NewPtrLeaveGroupRequest()
	request.Group, request.MemberID, request.Members = m.group, m.member, []kmsg.LeaveGroupRequestMember{leaving}
	_, err := request.RequestWith(ctx, w.client)
	return err
}
