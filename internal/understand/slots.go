package understand

// slots is an open-addressing table from a spread hash to a position: a power
// of two, at least twice as large as what it holds. An entry is the position plus
// one, with the first bits of the hash above it, which tell nearly all others
// apart without a look at the hashes themselves; 0 is free.
type slots []uint32

const (
	checkBits = 8
	slotBits  = 32 - checkBits // more than maxRows needs
	slotMask  = 1<<slotBits - 1
)

// newSlots makes room for n positions, for each at least some slots: with four
// instead of two, a third fewer are taken by another.
func newSlots(n, each int) slots {
	size := 4
	for size < each*n {
		size *= 2
	}
	return make(slots, size)
}

// put enters a position. The low bits of the hash say where, the high ones tell
// it from others.
func (s slots) put(hash uint64, position int) {
	mask := uint64(len(s) - 1)
	i := hash & mask
	for s[i] != 0 {
		i = (i + 1) & mask
	}
	s[i] = uint32(position+1) | uint32(hash>>(64-checkBits))<<slotBits
}

// hashFilter tells nearly all hashes that are not in a set, in one look: it
// stands before maps of words that few tokens are in.
type hashFilter [1 << 10]uint64

func (f *hashFilter) add(h uint64) {
	h ^= h >> 32
	f[h>>6%uint64(len(f))] |= 1 << (h & 63)
}

func (f *hashFilter) may(h uint64) bool { return f.bit(h) == 1 }

// bit is 1 for a hash that may be in the set, else 0.
func (f *hashFilter) bit(h uint64) uint64 {
	h ^= h >> 32
	return f[h>>6%uint64(len(f))] >> (h & 63) & 1
}
