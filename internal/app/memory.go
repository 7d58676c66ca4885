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
}

// spareMax is the unused memory above which giving back is worth a collection.
const spareMax = 16 << 20

// tidy gives memory back when nothing was collected since the last call, which
// means that next to nothing was allocated either.
func (m *memory) tidy() {
	var s goruntime.MemStats
	goruntime.ReadMemStats(&s)
	idle := s.NumGC == m.collections
	m.collections = s.NumGC
	// What could be freed is free pages not yet returned, and garbage: the part
	// of the heap that was allocated since the last collection.
	if idle && s.HeapSys-s.HeapReleased > s.HeapInuse/2+spareMax {
		debug.FreeOSMemory()
		goruntime.ReadMemStats(&s)
		m.collections = s.NumGC
	}
}
