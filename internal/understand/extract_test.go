package understand

import "testing"

func loaded(text string) *scratch {
	s := newScratch()
	s.load("", text)
	return s
}

// The table of the specification: a changed hash makes every model useless.
func TestFeatureHashes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text         string
		words, chars int
		has          []uint64
	}{
		{"Hi", 1, 3, []uint64{0xd0f58018676d141f, 0x01240b889004e0c9, 0x7175b089f1d2e11f}},
		{"Where's my card?", 9, 25, []uint64{
			0xa708f8e39a7034f7, 0x082f5507b4e8e36d, 0xd0ea8c18676320fe, 0xc33ce6d308c8f602, 0x082f0907b4e86249,
			0xfae16e45a4d799f4, 0xc96a9357df50712b, 0xe754ee6c67ae790a, 0x071869288651d10d,
		}},
		{"größe 12", 3, 12, []uint64{0x0b2abb86ae49b7fd, 0xd070cb1866fc2fcf, 0x08396048936d4fb2}},
	} {
		s := loaded(c.text)
		var n [2]int
		have := map[uint64]bool{}
		for _, f := range s.features.list {
			n[f.block] += int(f.count)
			have[f.hash] = true
		}
		if n[wordBlock] != c.words || n[charBlock] != c.chars {
			t.Errorf("%q has %d word and %d character features, want %d and %d", c.text, n[wordBlock], n[charBlock], c.words, c.chars)
		}
		for _, h := range c.has {
			if !have[h] {
				t.Errorf("%q lacks feature %016x", c.text, h)
			}
		}
	}
}
