package understand

import (
	"encoding/binary"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const hugePage = 2 << 20

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
// writes to. They are read from the file when somebody looks at them again. A
// program that was unpacked into memory has no such file, and keeps them.
func release(data []byte) {
	page := unix.Getpagesize()
	whole := data[min(before(data, page), len(data)):]
	whole = whole[:len(whole)&^(page-1)]
	if len(whole) > 0 && ofFile(whole) {
		_ = unix.Madvise(whole, unix.MADV_DONTNEED)
	}
}

// ofFile reports whether whole pages are as in the file that they are mapped from,
// none of them the process's own, by pagemap of proc(5).
func ofFile(pages []byte) bool {
	const file, swapped, present = 1 << 61, 1 << 62, 1 << 63
	table, err := os.Open("/proc/self/pagemap")
	if err != nil {
		return false
	}
	defer table.Close() //nolint:errcheck // it was only read
	size := unix.Getpagesize()
	first := uintptr(unsafe.Pointer(unsafe.SliceData(pages))) / uintptr(size) //nolint:gosec // an address is only looked at
	entries := make([]byte, 8*(len(pages)/size))
	if _, err := table.ReadAt(entries, 8*int64(first)); err != nil { //nolint:gosec // below 2^55
		return false
	}
	for ; len(entries) > 0; entries = entries[8:] {
		if e := binary.NativeEndian.Uint64(entries); e&(present|swapped) != 0 && e&file == 0 {
			return false
		}
	}
	return true
}

// before is how many bytes come before the first one at a multiple of size, a
// power of two.
func before(b []byte, size int) int {
	return int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & uintptr(size-1)) //nolint:gosec // an address is only looked at
}
