//go:build !linux

package demo

import "syscall"

// attributes are none: only Linux ties a child's life to its parent's. The
// demo ends its children all the same, unless it is itself killed.
func attributes() *syscall.SysProcAttr { return nil }
