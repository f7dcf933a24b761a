//go:build unix

package apache

import "syscall"

// Pause stops a broker's process where it is, as a long collection of garbage
// or a starved machine would.
func (c *Cluster) Pause(broker int) error { return c.nodes[broker].signal(syscall.SIGSTOP) }

// Continue lets a paused broker go on.
func (c *Cluster) Continue(broker int) error { return c.nodes[broker].signal(syscall.SIGCONT) }
