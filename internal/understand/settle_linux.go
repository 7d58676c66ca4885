package understand

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	cacheLine = 64
	hugePage  = 2 << 20
)

// settle copies matrices to memory of their own for as long as the process lives,
// since reading a text is waiting for their rows: there, each matrix begins with a
// cache line, pages are large where the kernel has any, and the collector allows
// no garbage for them. Without memory they stay where they are.
func settle(matrices ...*[]byte) {
	size := 0
	for _, m := range matrices {
		size += roundUp(len(*m), cacheLine)
	}
	room, err := unix.Mmap(-1, 0, size+hugePage, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return
	}
	room = room[before(room, hugePage):]
	_ = unix.Madvise(room[:size&^(hugePage-1)], unix.MADV_HUGEPAGE) // a kernel that has none says so
	for _, m := range matrices {
		n := copy(room, *m)
		*m, room = room[:n:n], room[roundUp(n, cacheLine):]
	}
}

// release gives back the memory behind bytes of the program's file, which nobody
// writes to. They are read from the file when somebody looks at them again.
func release(data []byte) {
	page := unix.Getpagesize()
	whole := data[min(before(data, page), len(data)):]
	_ = unix.Madvise(whole[:len(whole)&^(page-1)], unix.MADV_DONTNEED)
}

func roundUp(n, size int) int { return (n + size - 1) &^ (size - 1) }

// before is how many bytes come before the first one at a multiple of size, a
// power of two.
func before(b []byte, size int) int {
	return int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & uintptr(size-1)) //nolint:gosec // an address is only looked at
}
