package bench

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// cpuTime is the processor time of this process and of local PostgreSQL
// processes so far: client and server together, as they share the machine.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	total := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, s := range stats {
		data, err := os.ReadFile(s)
		if err != nil {
			continue // the process ended
		}
		open, end := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
		if open < 0 || end < open || string(data[open+1:end]) != "postgres" {
			continue
		}
		// Fields 14 and 15 of proc(5): user and system time in ticks of 10 ms.
		f := bytes.Fields(data[end+1:])
		if len(f) < 13 {
			continue
		}
		for _, i := range []int{11, 12} {
			n, _ := strconv.ParseInt(string(f[i]), 10, 64)
			total += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return total
}
