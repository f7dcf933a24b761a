// Package demo shows driftless at work with nothing to install. It plays a
// retail day (package retail) against the real thing: a broker and an engine,
// each a process of its own, the engine killed with -9 in the middle. Then it
// reads the topics as anybody could, and compares what they say with the truth
// and with what the day's own systems believe.
//
//	demo.go                          the order of events
//	process.go cluster.go            the child processes, and that none outlives the demo
//	play.go progress.go settle.go    sending, telling, waiting until all is judged
//	collect.go ledger.go explain.go  what the topics and the engine say afterwards
//	compare.go expect.go             beside what is true and what was to be expected
//	result.go report.go next.go      what is printed
package demo
