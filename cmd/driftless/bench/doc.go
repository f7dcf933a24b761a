// Package bench measures driftless as it is deployed: the engine is a process
// of its own, so is the broker, and everything that a real instance does
// (ledger, state topic, journal, deduplication, output) is on.
//
// What a machine can do says little about a program, so the cost of an event is
// given as a ratio too: to a floor that the same run measures, a process that
// reads the same records in the same transactions and writes one for each,
// without looking at them.
//
// # How a figure comes about
//
// A base is prepared once: a broker's folder with the topics, the reference
// data and the items, an engine's folder that has judged all of that and the
// opening counts, and then the events to be measured, which nobody has read
// yet. Every run works on a copy, so all runs see the same bytes and the same
// state, and differ only by the machine.
//
// The processor time of an engine is what the operating system charged to the
// finished process, less what a process costs that starts on the same state,
// finds nothing to do, and stops. So opening the store is left out, and writing
// what is left to write at the end is counted.
//
// # Files
//
//	events.go catalog.go       what is sent: a retail mix, reference data
//	feed.go source.go          how it is sent
//	process.go engine.go       the children: start, readiness, memory, processor time
//	broker.go floor.go         what runs inside two of them
//	base.go throughput.go      cost of an event
//	watch.go                   waits for the answers to events
//	latency.go hot.go memory.go    the other questions
//	numbers.go report.go       percentiles, medians, tables
//	streams/                   the same figures by Kafka Streams, in Java: what one would write else
//	versus/                    the program that measures both on a real Kafka: make bench-kafka
package bench
