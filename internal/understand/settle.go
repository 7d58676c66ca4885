package understand

import "unsafe"

// The embedded models have memory of their own for as long as the process lives,
// since reading a text is waiting for their rows. There each matrix begins with a
// cache line, pages are large where the kernel has any, and the collector, which
// allows as much garbage as there is on the heap, allows none for them.

const cacheLine = 64

// resident is numbers that can be copied to other memory.
type resident struct {
	size int // bytes
	move func(room []byte)
}

func residentOf[T byte | uint32 | uint64 | float32](numbers *[]T) resident {
	var one T
	return resident{len(*numbers) * int(unsafe.Sizeof(one)), func(room []byte) {
		to := unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(room))), len(*numbers)) //nolint:gosec // room is as long, and begins with a cache line
		copy(to, *numbers)
		*numbers = to
	}}
}

// settle moves numbers to memory of their own; without any they stay where they are.
func settle(all []resident) {
	size := 0
	for _, n := range all {
		size += roundUp(n.size, cacheLine)
	}
	room := ownMemory(size)
	if room == nil {
		return
	}
	for _, n := range all {
		n.move(room[:n.size:n.size])
		room = room[roundUp(n.size, cacheLine):]
	}
}

func (m *linear) residents() []resident {
	return []resident{residentOf(&m.weights), residentOf(&m.scale), residentOf(&m.hashes), residentOf((*[]uint32)(&m.table))}
}

func (m *hiddenModel) residents() []resident {
	return []resident{residentOf(&m.in), residentOf(&m.scale), residentOf(&m.out), residentOf(&m.bias)}
}

// The rows of a language table stay in the file: they are short, and copies gained
// nothing.
func (t *languageTable) residents() []resident {
	p := &t.pieces
	return []resident{residentOf(&t.hashes), residentOf((*[]uint32)(&t.table)), residentOf(&p.scores), residentOf(&p.at), residentOf(&p.hashes), residentOf((*[]uint32)(&p.table))}
}

func roundUp(n, size int) int { return (n + size - 1) &^ (size - 1) }
