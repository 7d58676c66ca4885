package demo

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Telling takes less than 300 ms of a processor. A busy machine gets several
// attempts: it is about the work, not about the neighbours, who are no part of a
// thread's own time either.
func TestFastEnough(t *testing.T) {
	const limit = 300 * time.Millisecond
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	used := func() time.Duration {
		var u unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	scripts()
	best := time.Hour
	for try := 0; try < 20 && best > limit; try++ {
		start := used()
		for range Items(noon) {
		}
		best = min(best, used()-start)
	}
	t.Log(best)
	if best > limit {
		t.Errorf("telling the demo takes %v", best)
	}
}
