package app

import (
	goruntime "runtime"
	"runtime/debug"
)

// memory gives back what a burst of work left behind. By itself the runtime
// keeps it until a collection two minutes later and returns it slowly after;
// an installation that shares a small machine should be small when it is idle.
type memory struct {
	collections uint32 // when looked at last
	allocated   uint64 // bytes, when memory was given back last
}

// garbageMin is how many bytes must have been allocated since memory was last
// given back, for another collection to be worth its few milliseconds.
const garbageMin = 1 << 20

// tidy gives memory back when nothing was collected since the last call, which
// means that next to nothing was allocated either. giveBack frees what others keep.
func (m *memory) tidy(giveBack func()) {
	var s goruntime.MemStats
	goruntime.ReadMemStats(&s)
	idle := s.NumGC == m.collections
	m.collections = s.NumGC
	if idle && s.TotalAlloc-m.allocated > garbageMin {
		giveBack()
		debug.FreeOSMemory()
		goruntime.ReadMemStats(&s)
		m.collections, m.allocated = s.NumGC, s.TotalAlloc
	}
}
