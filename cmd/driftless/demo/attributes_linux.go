package demo

import "syscall"

// attributes keeps the terminal's Ctrl-C from the children, which the demo
// ends itself, and lets none of them outlive it, however it ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
