//go:build unix

package email

import (
	"syscall"
	"time"
)

// cpuTime is the processor time of this process: unlike the wall clock, it
// does not depend on what else the machine does.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
