package understand

import "golang.org/x/sys/unix"

// ownMemory is memory outside the heap that begins with a large page, or nil.
func ownMemory(size int) []byte {
	room, err := unix.Mmap(-1, 0, size+hugePage, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	room = room[before(room, hugePage):]
	_ = unix.Madvise(room[:size&^(hugePage-1)], unix.MADV_HUGEPAGE) // a kernel that has none says so
	return room[:size]
}

// release gives back the memory behind bytes of the program's file, which nobody
// writes to. They are read from the file when somebody looks at them again.
func release(data []byte) {
	page := unix.Getpagesize()
	whole := data[min(before(data, page), len(data)):]
	_ = unix.Madvise(whole[:len(whole)&^(page-1)], unix.MADV_DONTNEED)
}
