// Package state keeps one shard of the processor on the local disk: a journal
// of its ledger entries, the rows that they add up to, and a cache of encoded
// rows between the two. One shard is one partition of the input topic.
//
// # Three layers, one truth
//
// The truth is the ledger topic on the broker. What is here may be lost whole
// and is then built again. The journal is the ledger's local copy, the rows in
// Pebble are its checkpoint, as a database's pages are its log's. A commit
// appends its entries to the journal and changes rows in the cache; Pebble gets
// a row only when its turn has come and the state topic has it (Due, Written).
//
// The *floor* is a number: every entry with a smaller one is in the rows that
// Pebble holds. Replay begins with the floor itself. The floor lies in Pebble,
// in the same batch as the rows that it speaks of, with the ledger offset to
// read from for the entries from the floor on.
//
// # What a power cut leaves
//
// Nothing is synced at a commit. Let J be the last number that the surviving
// journal holds, F the surviving floor.
//
//   - Pebble's batches are atomic and ordered, so what survives of the rows is
//     what some Written left: all entries below F, and of some items more.
//     Rows that are ahead of the floor carry the number of the last entry they
//     include, and Apply passes over what is included.
//   - The journal survives up to some frame of its open segment: sealed ones
//     were synced, with their folder, before their successor was created. What
//     follows the last whole commit frame is cut off. A block that is missing
//     in the middle is not a torn tail: it is reported as damage, and what is
//     whole after it stays.
//   - J >= F-1: replay F to J, then read the ledger from J's offset on.
//   - J < F-1: the rows are ahead of the journal. The journal goes on at J+1
//     with what the ledger holds; Apply passes over all of it up to F. Until
//     then the entries between are reported as missing.
//   - No journal at all (an open segment of which nothing survived, or a
//     restored disk): it begins at F; what is below is older history, which
//     Backfill brings when somebody wants it.
//
// A segment is deleted only after a sync of Pebble has made a floor above it
// durable, so the entries from any surviving floor on were never deleted.
//
// # Ownership
//
// A Shard has one owner at a time and no locks inside, but for what all shards
// of a process share: the Budget. Only Stats may be called from elsewhere. A
// write error poisons the shard: what follows fails with that first error,
// because memory and disk may differ from there on; opening it anew recovers.
package state
