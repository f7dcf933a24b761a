// Package kafka is the broker side of driftless, and the only importer of the
// Kafka client. It offers the transactional group member that the processor's
// loop drives (Session), reading a partition up to a stated condition (Logs),
// the topics and the group as an operator sees them (Admin), a plain producer
// for the ingester, the schema registry's client, and an embedded broker for
// tests and demonstrations.
//
// # How a commit is exactly once
//
// A transaction carries the input position of every shard that took part, and
// the coordinator of the group checks the member's generation when it takes
// them. That check is what fences a zombie, so a transaction that only a timer
// caused carries positions too: the client alone would send none (commit.go).
//
// The position's metadata is the number of the shard's last ledger entry, in
// decimal. After a restart it says how far the ledger must be read.
//
// Before a transaction, where the markers of the one before may have got lost, the
// session looks for what hangs and ends it as it had ended (hanging.go).
//
// # Who calls what
//
// One goroutine calls Poll, Begin, Produce and End. What the group decides
// meanwhile, on the client's goroutines, is noted as a notice and delivered
// inside Poll, by the caller's goroutine: a shard is never opened or lost
// while a batch is judged or a transaction ends. Between the group's decision
// and its delivery no commit goes through: either the client saw the
// revocation, or the commit's guard sees the undelivered notice, or the
// coordinator refuses the generation.
package kafka
