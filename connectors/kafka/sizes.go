package kafka

import (
	"context"
	"fmt"
	"strconv"
)

// BatchBytes asks what each topic takes in one batch at most: the broker refuses
// a larger one for ever, whatever it holds.
func (a *Admin) BatchBytes(ctx context.Context) (map[string]int32, error) {
	settings, err := a.settingsOf(ctx, a.config.Topics.All())
	if err != nil {
		return nil, err
	}
	limits := make(map[string]int32, len(settings))
	for topic, values := range settings {
		limit, err := strconv.ParseInt(values[maxMessageBytes], 10, 32)
		if err != nil || limit <= batchOverhead {
			return nil, fmt.Errorf("topic %s: %s is %q: set it to what `driftless topics check` says", topic, maxMessageBytes, values[maxMessageBytes])
		}
		limits[topic] = int32(limit)
	}
	return limits, nil
}

const maxMessageBytes = "max.message.bytes"

// batchBytes bounds the batches that are produced to a topic.
func (c *Config) batchBytes(topic string, options Options) int32 {
	if limit, known := options.BatchBytes[topic]; known {
		return min(limit, c.OutputBytes)
	}
	if t := c.Topics.Full(); topic == t.Events || topic == t.Reference {
		return c.RecordBytes + batchOverhead
	}
	return c.OutputBytes
}

// LargestRecord is what key, value and headers of a record to a topic may take.
func (c *Config) LargestRecord(topic string, options Options) int {
	return int(c.batchBytes(topic, options)) - batchOverhead
}
