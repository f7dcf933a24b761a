package apache

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// Client opens a client that may do everything: the super user, where there
// are users. The caller closes it.
func (c *Cluster) Client(more ...kgo.Opt) (*kgo.Client, error) {
	options := []kgo.Opt{kgo.SeedBrokers(c.Bootstrap()...), kgo.MetadataMinAge(20 * time.Millisecond)}
	if c.options.Security != Plain {
		config, err := c.certificates.config()
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.DialTLSConfig(config))
	}
	if c.options.Security == SCRAM {
		super := scram.Auth{User: SuperUser, Pass: SuperPassword}
		options = append(options, kgo.SASL(super.AsSha512Mechanism()))
	}
	return kgo.NewClient(append(options, more...)...)
}

// Ready waits until every broker that runs answers and knows of a controller
// and of all the others that run.
func (c *Cluster) Ready(ctx context.Context) error {
	for _, n := range c.nodes {
		if n.running() {
			if err := c.ready(ctx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// ready waits for one broker. It asks that one alone: the others may go by
// what they knew before it ended.
func (c *Cluster) ready(ctx context.Context, n *node) error {
	client, err := c.Client(kgo.SeedBrokers(n.address()))
	if err != nil {
		return err
	}
	defer client.Close()
	for {
		if err = c.knows(ctx, client); err == nil {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-n.ended:
			return fmt.Errorf("broker %d ended by itself; the last of its log %s:\n%s", n.id, n.log(), tail(n.log()))
		case <-ctx.Done():
			return fmt.Errorf("broker %d isn't ready (%w): %w; the last of its log %s:\n%s", n.id, err, ctx.Err(), n.log(), tail(n.log()))
		}
	}
}

// knows asks the one broker of a client once what it knows of the cluster.
func (c *Cluster) knows(ctx context.Context, client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	response, err := client.SeedBrokers()[0].Request(ctx, kmsg.NewPtrMetadataRequest())
	if err != nil {
		return err
	}
	metadata := response.(*kmsg.MetadataResponse)
	if metadata.ControllerID < 0 {
		return fmt.Errorf("it knows of no controller")
	}
	known := make(map[int32]bool)
	for _, broker := range metadata.Brokers {
		known[broker.NodeID] = true
	}
	for _, n := range c.nodes {
		if n.running() && !known[int32(n.id)] {
			return fmt.Errorf("it doesn't know of broker %d", n.id)
		}
	}
	return nil
}

// tail is the end of a broker's log.
func tail(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
