package understand

// slots is an open-addressing table from a spread hash to a position: a power
// of two, at least twice as large as what it holds. An entry is the position plus
// one; above it a bit that says whether one that wanted this slot stands in a later
// one, so that hardly any hash that is not there is looked for twice; and above that
// the first bits of the hash, which tell nearly all others apart without a look at
// the hashes themselves. 0 is free.
type slots []uint32

const (
	slotMask   = moreBit - 1 // more than maxRows needs
	moreBit    = 1 << 24
	checkShift = 25
	checkBits  = 32 - checkShift
)

// checkOf is the bits of a spread hash that an entry keeps.
func checkOf(hash uint64) uint32 { return uint32(hash >> (64 - checkBits)) } //nolint:gosec // a few bits

// newSlots makes room for n positions.
func newSlots(n int) slots {
	size := 4
	for size < 2*n {
		size *= 2
	}
	return make(slots, size)
}

// put enters a position. The low bits of the hash say where, the high ones tell
// it from others.
func (s slots) put(hash uint64, position int) {
	mask := uint64(len(s) - 1)
	i := hash & mask
	if s[i] != 0 {
		s[i] |= moreBit
	}
	for s[i] != 0 {
		i = (i + 1) & mask
	}
	s[i] = uint32(position+1) | checkOf(hash)<<checkShift
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
