package understand

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Every feature and key that a table has is found, in the order of the text, and
// no other, however full the table is; with AVX-512 as without.
func TestLookUps(t *testing.T) {
	wide := hasAVX512
	defer func() { hasAVX512 = wide }()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 2, 16, 1000} {
		m, table := &linear{}, newSlots(size)
		var small []uint32
		for range size {
			m.hashes = append(m.hashes, rng.Uint64())
			small = append(small, rng.Uint32())
			table.put(finalise(uint64(small[len(small)-1])), len(small)-1)
		}
		m.index()
		// Many more than slots: some are refused by their hash alone.
		for _, n := range []int{0, 1, 7, 8, 9, 63, 5000} {
			list, keys := make([]feature, n), lookups{}
			var index, rows, found []int32
			for i := range list {
				h, key := rng.Uint64(), rng.Uint32()
				if size > 0 && rng.IntN(3) > 0 {
					row := rng.IntN(size)
					h, key = m.hashes[row], small[row]
					index, rows, found = append(index, int32(i)), append(rows, int32(row)), append(found, int32(row)) //nolint:gosec // small
				}
				list[i] = feature{hash: h, spread: finalise(h)}
				keys.keys = append(keys.keys, key)
			}
			slices.Sort(found)
			for _, hasAVX512 = range []bool{false, wide} {
				var p projection
				m.lookUp(list, &p)
				if !slices.Equal(p.index, index) || !slices.Equal(p.rows, rows) || len(p.values) != len(rows) {
					t.Errorf("AVX-512 %v, %d of %d features: found %v as %v, want %v as %v", hasAVX512, n, size, p.index, p.rows, index, rows)
				}
				keys.find(table, small)
				slices.Sort(keys.found)
				if !slices.Equal(keys.found, found) {
					t.Errorf("AVX-512 %v, %d of %d keys: found %v, want %v", hasAVX512, n, size, keys.found, found)
				}
			}
		}
	}
}

// More rows than words of a register hold sums of, all at one end.
func TestRowsOfLanguagesAreSummed(t *testing.T) {
	wide := hasAVX512
	defer func() { hasAVX512 = wide }()
	const rows = 600
	for _, languages := range []int{1, 8, 17, maxLanguages} {
		m := &languageTable{names: make([]string, languages), table: newSlots(rows)}
		var l lookups
		for i := range rows {
			l.keys, m.hashes = append(l.keys, uint32(i)), append(m.hashes, uint32(i))
			m.table.put(finalise(uint64(i)), i)
			for k := range languages {
				m.rows = append(m.rows, []byte{0x80, 0x7f, byte(i)}[k%3]) //nolint:gosec // the low bits
			}
		}
		for _, hasAVX512 = range []bool{false, wide} {
			var sum [maxLanguages]int32
			if known := m.sum(&l, &sum); known != rows {
				t.Errorf("AVX-512 %v, %d languages: %d rows are known", hasAVX512, languages, known)
			}
			for k, got := range sum {
				want := int32(0)
				for i := 0; k < languages && i < rows; i++ {
					want += int32(int8(m.rows[i*languages+k]))
				}
				if got != want {
					t.Errorf("AVX-512 %v, language %d of %d: %d, want %d", hasAVX512, k, languages, got, want)
				}
			}
		}
	}
}
