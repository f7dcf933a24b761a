//go:build !linux

package apache

import "syscall"

// attributes are none: only Linux ties a child's life to its parent's. Stop
// ends the brokers all the same, unless the process is itself killed.
func attributes(bool) *syscall.SysProcAttr { return nil }
