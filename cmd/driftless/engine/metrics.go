package engine

import (
	"github.com/prometheus/client_golang/prometheus"

	"driftless/processor"
)

// metrics are what an instance tells of itself. No label holds a SKU.
type metrics struct {
	outcomes *prometheus.CounterVec
	age      prometheus.Histogram
	latency  prometheus.Histogram
	commit   prometheus.Histogram
	aborted  prometheus.Counter
	failed   prometheus.Counter
}

func newMetrics(registerer prometheus.Registerer, in *Instance) *metrics {
	spread := prometheus.ExponentialBuckets(0.001, 2, 20)
	m := &metrics{
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "driftless_events_total", Help: "Deliveries judged, by first outcome and reason.",
		}, []string{"outcome", "reason"}),
		age: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "driftless_event_age_seconds", Help: "From an event's log-append time to its judgement (a sample).", Buckets: spread,
		}),
		latency: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "driftless_batch_latency_seconds", Help: "From the first event of a batch to the end of its transaction.", Buckets: spread,
		}),
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "driftless_commit_duration_seconds", Help: "Of a transaction, from its begin to its end.", Buckets: spread,
		}),
		aborted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "driftless_transactions_aborted_total", Help: "Transactions that were aborted and done again.",
		}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "driftless_shards_stopped_total", Help: "Shards that stopped and wait for an operator.",
		}),
	}
	if registerer != nil {
		registerer.MustRegister(m.outcomes, m.age, m.latency, m.commit, m.aborted, m.failed, in.gauges())
	}
	return m
}

func (m *metrics) committed(report *processor.Report) {
	if report.Aborted {
		m.aborted.Inc()
		return
	}
	for key, n := range report.Outcomes {
		m.outcomes.WithLabelValues(key.Outcome, key.Reason).Add(float64(n))
	}
	for _, age := range report.Ages {
		m.age.Observe(age.Seconds())
	}
	m.latency.Observe(report.Latency.Seconds())
	m.commit.Observe(report.Duration.Seconds())
}

func (m *metrics) stopped() { m.failed.Inc() }

// gauges are read when they are asked for.
func (in *Instance) gauges() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "driftless_cache_used_bytes", Help: "Memory of the row caches of all shards.",
	}, func() float64 { return float64(in.stores.Budget().Used()) })
}

func (m *metrics) scrubbed(*processor.Scrubbed) {}
