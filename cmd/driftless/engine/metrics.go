package engine

import (
	"github.com/prometheus/client_golang/prometheus"

	"driftless/processor"
)

// metrics are what an instance counts of itself as it happens; what is read only
// when somebody asks is in gauges.go. No label holds a SKU.
type metrics struct {
	outcomes, released        *prometheus.CounterVec
	age, delay, batch, commit prometheus.Histogram
	aborted, failed           prometheus.Counter
	scrub                     scrubMetrics
}

type scrubMetrics struct {
	items, skipped, rounds, differences prometheus.Counter
	round                               *prometheus.GaugeVec
}

func newMetrics(registerer prometheus.Registerer, in *Instance) *metrics {
	m := &metrics{
		outcomes: counters("driftless_events_total"), released: counters("driftless_released_events_total"),
		age: seconds("driftless_event_age_seconds"), delay: seconds("driftless_end_to_end_latency_seconds"),
		batch: seconds("driftless_batch_latency_seconds"), commit: seconds("driftless_commit_duration_seconds"),
		aborted: counter("driftless_transactions_aborted_total"), failed: counter("driftless_shards_stopped_total"),
		scrub: scrubMetrics{
			items: counter("driftless_scrub_items_total"), skipped: counter("driftless_scrub_skipped_items_total"),
			rounds: counter("driftless_scrub_rounds_total"), differences: counter("driftless_scrub_differences_total"),
			round: gauges("driftless_scrub_round_items"),
		},
	}
	if registerer != nil {
		s := &m.scrub
		registerer.MustRegister(m.outcomes, m.released, m.age, m.delay, m.batch, m.commit, m.aborted, m.failed,
			s.items, s.skipped, s.rounds, s.differences, s.round, &collector{in})
	}
	return m
}

func counter(name string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: described(name).Help})
}

func counters(name string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: described(name).Help}, described(name).Labels)
}

func gauges(name string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: described(name).Help}, described(name).Labels)
}

// seconds is a histogram from a millisecond to nine minutes.
func seconds(name string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: name, Help: described(name).Help, Buckets: prometheus.ExponentialBuckets(0.001, 2, 20),
	})
}

func (m *metrics) committed(report *processor.Report) {
	if report.Aborted {
		m.aborted.Inc()
		return
	}
	for key, n := range report.Outcomes {
		m.outcomes.WithLabelValues(key.Outcome, key.Reason).Add(float64(n))
	}
	for key, n := range report.Released {
		m.released.WithLabelValues(key.Outcome, key.Reason).Add(float64(n))
	}
	for _, age := range report.Ages {
		m.age.Observe(age.Seconds())
	}
	for _, delay := range report.Delays {
		m.delay.Observe(delay.Seconds())
	}
	m.batch.Observe(report.Latency.Seconds())
	m.commit.Observe(report.Duration.Seconds())
}

func (m *metrics) stopped() { m.failed.Inc() }

func (m *metrics) scrubbed(report *processor.Scrubbed) {
	m.scrub.items.Add(float64(report.Items))
	m.scrub.skipped.Add(float64(report.Skipped))
	m.scrub.rounds.Add(float64(report.Rounds))
	m.scrub.differences.Add(float64(len(report.Problems)))
	m.scrub.round.WithLabelValues(label(report.Partition)).Set(float64(report.Round))
}

// lost forgets what was said of a shard that is another's now.
func (m *metrics) lost(partition int32) { m.scrub.round.DeleteLabelValues(label(partition)) }
