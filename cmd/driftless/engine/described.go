package engine

import "sync"

// Metric describes one metric of a running instance. Labels are bounded: none
// holds a SKU, a location or a transaction.
type Metric struct {
	Name, Help string
	Labels     []string
}

// Metrics lists all metrics of an instance but those of the Kafka client
// (driftless_kafka_…), of Go (go_…) and of the process (process_…).
func Metrics() []Metric {
	partition := []string{"partition"}
	return []Metric{
		{"driftless_events_total", "Deliveries judged, by first outcome and reason.", []string{"outcome", "reason"}},
		{"driftless_released_events_total", "Events that had waited for reference data, by second outcome and reason.", []string{"outcome", "reason"}},
		{"driftless_event_age_seconds", "From an event's log-append time to its judgement (a sample).", nil},
		{"driftless_end_to_end_latency_seconds", "From an event's log-append time to the end of the transaction with its ATP (a sample).", nil},
		{"driftless_batch_latency_seconds", "From the first event of a batch to the end of its transaction.", nil},
		{"driftless_commit_duration_seconds", "Of a transaction, from its begin to its end.", nil},
		{"driftless_transactions_aborted_total", "Transactions that were aborted and done again.", nil},
		{"driftless_shards", "Shards of this instance, by state.", []string{"state"}},
		{"driftless_shards_stopped_total", "Shards that stopped and wait for an operator.", nil},
		{"driftless_lag_records", "Records of the input behind the group's position.", partition},
		{"driftless_lag_seconds", "Age of the oldest record of the input that isn't committed yet.", partition},
		{"driftless_restore_progress_ratio", "How far the opening of a shard is, from 0 to 1.", partition},
		{"driftless_floor_age_seconds", "Since when the oldest change waits to be written to the store.", partition},
		{"driftless_floor_entries", "Ledger entries that a crash would have to replay.", partition},
		{"driftless_checkpoint_pressure_ratio", "What is owed to the checkpoint, as a part of what the recovery goal allows.", partition},
		{"driftless_cache_hits_total", "Rows found in memory since the shard was opened.", partition},
		{"driftless_cache_misses_total", "Rows looked up in the store since the shard was opened.", partition},
		{"driftless_dirty_items", "Items whose rows wait to be written to the store.", partition},
		{"driftless_dirty_bytes", "Memory of rows that wait to be written to the store.", partition},
		{"driftless_journal_bytes", "Journal of the shard on disk.", partition},
		{"driftless_journal_segments", "Files of the shard's journal.", partition},
		{"driftless_rows_bytes", "Rows of the shard on disk, as last measured.", partition},
		{"driftless_items", "SKUs and codes with a row, as last counted.", partition},
		{"driftless_parked_events", "Events that wait for reference data, as last counted.", partition},
		{"driftless_holes", "Ranges of missing sequence numbers, as last counted.", partition},
		{"driftless_cache_used_bytes", "Memory of the row caches of all shards.", nil},
		{"driftless_memory_budget_bytes", "Memory that caches, queues and the store may use: state.memory_budget.", nil},
		{"driftless_scrub_items_total", "Items that the background check compared.", nil},
		{"driftless_scrub_skipped_items_total", "Items that the background check passed over: their history is too long, or isn't here.", nil},
		{"driftless_scrub_rounds_total", "Rounds of the background check over all items of a shard.", nil},
		{"driftless_scrub_differences_total", "Differences that the background check found: the state is broken, and its log says where.", nil},
		{"driftless_scrub_round_items", "Items of the present round that the background check has come to.", partition},
	}
}

// byName are the descriptions: a scrape asks for some of them once for each shard.
var byName = sync.OnceValue(func() map[string]Metric {
	all := map[string]Metric{}
	for _, m := range Metrics() {
		all[m.Name] = m
	}
	return all
})

// described finds a metric's description by its name.
func described(name string) Metric {
	if m, known := byName()[name]; known {
		return m
	}
	return Metric{Name: name}
}
