// Command versus measures driftless beside the same figures by Kafka Streams
// (../streams) on one real Apache Kafka, in one run: `make bench-kafka`. It needs
// Java 17 and, the first time, Maven.
//
// # What is the same
//
// One broker, and one input that is sent once: reference data, items, an opening
// count of every SKU, and the events of package bench. The two have their runs in
// turns, driftless first, each with topics, group and state of its own, and alone
// on the machine but for the broker and this program. Both read with four
// partitions, exactly once, and write a ledger record an event and the rows of
// available to promise. driftless runs with the settings that it comes with, the
// Kafka Streams program with those that its README found best. Where answers are
// to come soon, in latency and restart, both commit more often: at intervals that
// few and noisy trials have chosen, seven of them for Kafka Streams (its README) and
// three for driftless (2, 5 and 20 ms). Flags try others.
//
// # How a figure comes about
//
// Cost: the program starts on an empty disk and has all of the input before it.
// The events counted are the last ones. Before them come the opening counts and
// half as many events again, so that neither a start nor most of what a virtual
// machine compiles counts. Their processor time is what the system charged to the
// process between two looks at its group's committed position: when it came into
// the events counted, and when it reached the end. What a program does after that,
// and before, stands in a line of its own, over all records: the processor time
// of the whole process until it left in order. Memory is the most that was
// resident, state what its files take on the disk once it has left, written what
// the system wrote to disks for the process, and output topics what all that it
// wrote to takes on the broker, changelogs and state topics included.
//
// Latency: from the producer's call to the read of the row that shows the event,
// read_committed, each event by its transaction id, at even rates. Only events
// that surely change a row are counted, and nothing of the seconds after a start,
// in which a program first takes in what came during the other's turn.
//
// Restart: events go on at 2,000 a second all the while. The program is killed (-9)
// and started again: the time from the start of the process until everything that
// was on the input at that moment is committed, in every partition. Then it leaves
// in order, its folder is removed, and the same is measured from an empty disk.
//
// Figures are medians of the runs, ratios say how many times better driftless is
// by the medians, and the pairs are the least and the greatest such ratio of one
// run each. All runs are kept in a file.
//
// # Files
//
//	main.go                 the command line
//	match.go                the broker, the inputs, the turns
//	contestants.go          how each program is started
//	trial.go                one program's work: topics, state, process, position
//	cost.go latency.go restart.go    the three measures
//	results.go report.go machine.go  figures, the table, where it was measured
package main
