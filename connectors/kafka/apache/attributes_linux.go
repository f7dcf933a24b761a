package apache

import "syscall"

// attributes keep a terminal's Ctrl-C from a broker. One that isn't detached
// ends with the process that started it, however that ends.
func attributes(detached bool) *syscall.SysProcAttr {
	if detached {
		return &syscall.SysProcAttr{Setsid: true}
	}
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
