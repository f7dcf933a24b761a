package engine

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// collector reads what is only wanted when somebody asks: how the shards stand,
// and what their stores hold.
type collector struct{ in *Instance }

func label(partition int32) string { return strconv.Itoa(int(partition)) }

// Describe sends nothing: the labels come and go with the shards.
func (*collector) Describe(chan<- *prometheus.Desc) {}

// Collect sends the figures of this moment.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	send := func(kind prometheus.ValueType, name string, value float64, labels ...string) {
		d := described(name)
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(d.Name, d.Help, d.Labels, nil), kind, value, labels...)
	}
	gauge := func(name string, value float64, labels ...string) {
		send(prometheus.GaugeValue, name, value, labels...)
	}
	gauge("driftless_cache_used_bytes", float64(c.in.stores.Budget().Used()))
	gauge("driftless_memory_budget_bytes", float64(c.in.config.State.MemoryBudget))
	states := map[string]int{"restoring": 0, "running": 0, "waiting": 0, "stopped": 0}
	for _, s := range c.in.status.all() {
		partition := label(s.Partition)
		states[s.State]++
		gauge("driftless_restore_progress_ratio", s.restored, partition)
		if s.lagKnown {
			gauge("driftless_lag_records", float64(s.LagRecords), partition)
			gauge("driftless_lag_seconds", s.LagSeconds, partition)
		}
		if s.counted {
			gauge("driftless_items", float64(s.census.Items), partition)
			gauge("driftless_parked_events", float64(s.census.Parked), partition)
			gauge("driftless_holes", float64(s.census.Holes), partition)
		}
	}
	for state, n := range states {
		gauge("driftless_shards", float64(n), state)
	}
	for partition, stats := range c.in.opened.stats() {
		p := label(partition)
		send(prometheus.CounterValue, "driftless_cache_hits_total", float64(stats.CacheHits), p)
		send(prometheus.CounterValue, "driftless_cache_misses_total", float64(stats.CacheMisses), p)
		gauge("driftless_dirty_items", float64(stats.DirtyGroups), p)
		gauge("driftless_dirty_bytes", float64(stats.DirtyBytes), p)
		gauge("driftless_journal_bytes", float64(stats.JournalBytes), p)
		gauge("driftless_journal_segments", float64(stats.Segments), p)
		gauge("driftless_rows_bytes", float64(stats.RowBytes), p)
		gauge("driftless_floor_entries", float64(max(stats.Last+1, stats.Floor)-stats.Floor), p)
		gauge("driftless_floor_age_seconds", c.in.status.floorAge(partition, stats.Floor).Seconds(), p)
		gauge("driftless_checkpoint_pressure_ratio", stats.Pressure, p)
	}
}
