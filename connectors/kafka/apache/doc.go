// Package apache runs a real Apache Kafka on the loopback interface, of one
// broker or three, for tests and trials. It is test support: nothing of the
// product imports it but cmd/kafka, which is a runner of it.
//
// It needs Java and, the first time, Maven, which fetches the jars into
// build/kafka/libs. Where one of them is missing the error is ErrUnavailable,
// and a test that gets it is skipped with its sentence.
//
//	libs.go          the jars, fetched once
//	options.go       what a cluster may be asked for
//	properties.go    a broker's configuration
//	certificates.go  what TLS needs, made anew for each cluster
//	node.go          one broker's process: killed, paused, started again
//	cluster.go       all of them, and when they are ready
//	given.go         which brokers a package's tests run on
//	running.go       a cluster that outlives the process that started it
package apache
