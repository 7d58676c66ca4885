//go:build !unix

package email

import "time"

var begin = time.Now()

// cpuTime falls back to the wall clock where there is no getrusage.
func cpuTime() time.Duration { return time.Since(begin) }
