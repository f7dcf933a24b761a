package apache

import (
	"errors"
	"fmt"
)

// Security says how clients reach the brokers.
type Security string

// The kinds of security. Controllers talk among themselves in the clear.
const (
	// Plain asks for nothing.
	Plain Security = "plain"
	// TLS encrypts, and asks for the client certificate that the cluster made.
	TLS Security = "tls"
	// SCRAM encrypts, asks for a user and a password by SCRAM, and allows what
	// an ACL allows: nothing by default, everything to the super user.
	SCRAM Security = "scram"
)

// Securities lists the kinds.
func Securities() []Security { return []Security{Plain, TLS, SCRAM} }

// The super user of a cluster with SCRAM. It is reachable on the loopback
// interface only, and holds no secret.
const (
	SuperUser     = "admin"
	SuperPassword = "admin-secret"
)

// Options say what cluster to start.
type Options struct {
	// Folder takes configuration, certificates, data and logs. It is made if
	// it isn't there; brokers of an earlier start in it are deleted.
	Folder string
	// Brokers are 1 or 3, each a controller too; 0: 1.
	Brokers int
	// Security defaults to Plain.
	Security Security
	// Port is the first broker's, the others have those that follow; 0: free ones.
	Port int
	// Properties are added to each broker's, or replace them.
	Properties map[string]string
	// Heap is each JVM's largest, as -Xmx takes it; "": 512m for one broker,
	// 400m each for three.
	Heap string
	// Detached brokers outlive the process that started them, until Down. The
	// others end with it, where the operating system sees to that: Linux.
	Detached bool
}

// complete fills in what wasn't asked for, and refuses what can't be had.
func (o *Options) complete() error {
	if o.Brokers == 0 {
		o.Brokers = 1
	}
	if o.Security == "" {
		o.Security = Plain
	}
	if o.Heap == "" {
		o.Heap = "512m"
		if o.Brokers > 1 {
			o.Heap = "400m"
		}
	}
	switch {
	case o.Folder == "":
		return errors.New("name a folder for the cluster")
	case o.Brokers != 1 && o.Brokers != 3:
		return fmt.Errorf("a cluster has 1 broker or 3, not %d", o.Brokers)
	case o.Security.listener() == "":
		return fmt.Errorf("security %q is none of %v", o.Security, Securities())
	}
	return nil
}

// listener is the name of the brokers' listener and of its protocol; "" for
// what is no kind of security.
func (s Security) listener() string {
	return map[Security]string{Plain: "PLAINTEXT", TLS: "SSL", SCRAM: "SASL_SSL"}[s]
}
