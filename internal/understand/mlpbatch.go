package understand

import (
	"math"
	"math/rand/v2"
)

// batch is what dropout leaves of some texts, by text and by row, so that a row
// of the weights is read once for all texts and moved once.
type batch struct {
	texts, units int
	words        int       // of kept units, 64 in a word
	starts       []int32   // per text where its features begin, and one more
	rows         []int32   // features
	values       []float32 //
	masks        []uint64  // texts × words: the units that are kept
	h            []float32 // texts × units: the hidden layer, and then its gradient

	slot    []int32 // of a row in this batch, -1: none
	touched []int32 // rows in the order of their first use
	news    []int32 // per text where the rows that it is the first to use begin, and one more
	from    []int32 // per touched row where its uses end
	used    []int32 // texts
	by      []float32
}

func (b *batch) reserve(rows, units, texts int) {
	b.units, b.words = units, (units+63)/64
	b.h, b.masks = make([]float32, texts*units), make([]uint64, texts*b.words)
	b.slot = make([]int32, rows)
	for i := range b.slot {
		b.slot[i] = -1
	}
}

// draw decides what dropout leaves of the texts.
func (b *batch) draw(x []sample, texts []int, o *mlpOptions, rng *rand.Rand) {
	for _, row := range b.touched {
		b.slot[row] = -1
	}
	b.texts = len(texts)
	b.rows, b.values, b.touched, b.from = b.rows[:0], b.values[:0], b.touched[:0], b.from[:0]
	b.starts, b.news = append(b.starts[:0], 0), append(b.news[:0], 0)
	for n, i := range texts {
		b.drawFeatures(&x[i], o.keep, rng)
		b.drawUnits(b.masks[n*b.words:][:b.words], o.keepUnits, rng)
	}
}

// drawFeatures keeps a share of the features of a text and scales them up.
func (b *batch) drawFeatures(x *sample, keep float64, rng *rand.Rand) {
	up, limit := float32(1/keep), uint64(keep*(1<<32))
	var bits uint64
	for n, row := range x.rows {
		if n%2 == 0 {
			bits = rng.Uint64()
		} else {
			bits >>= 32
		}
		if bits&math.MaxUint32 >= limit {
			continue
		}
		s := b.slot[row]
		if s < 0 {
			s = int32(len(b.touched)) //nolint:gosec // at most the rows of the model
			b.slot[row] = s
			b.touched, b.from = append(b.touched, row), append(b.from, 0)
		}
		b.from[s]++
		b.rows, b.values = append(b.rows, row), append(b.values, x.values[n]*up)
	}
	b.starts = append(b.starts, int32(len(b.rows))) //nolint:gosec // features of a batch
	b.news = append(b.news, int32(len(b.touched)))  //nolint:gosec // at most the rows of the model
}

func (b *batch) drawUnits(mask []uint64, keep float64, rng *rand.Rand) {
	limit := uint64(keep * (1 << 16))
	clear(mask)
	for j := 0; j < b.units; j += 4 {
		bits := rng.Uint64()
		kept := (bits&0xffff-limit)>>63 | (bits>>16&0xffff-limit)>>63<<1 | (bits>>32&0xffff-limit)>>63<<2 | (bits>>48-limit)>>63<<3
		mask[j>>6] |= kept << (j & 63)
	}
}

func (b *batch) hidden(n int) []float32 { return b.h[n*b.units:][:b.units] }
func (b *batch) kept(n int) []uint64    { return b.masks[n*b.words:][:b.words] }

func (b *batch) features(n int) ([]int32, []float32) {
	from, to := b.starts[n], b.starts[n+1]
	return b.rows[from:to], b.values[from:to]
}

// fresh are the rows that no text of the batch before the nth has.
func (b *batch) fresh(n int) []int32 {
	if n >= b.texts {
		return nil
	}
	return b.touched[b.news[n]:b.news[n+1]]
}

// turn lists the uses of each touched row, in the order of the texts.
func (b *batch) turn() {
	at := int32(0)
	for s, n := range b.from {
		b.from[s] = at
		at += n
	}
	if cap(b.used) < len(b.rows) {
		b.used, b.by = make([]int32, 2*len(b.rows)), make([]float32, 2*len(b.rows))
	}
	b.used, b.by = b.used[:len(b.rows)], b.by[:len(b.rows)]
	for n := range b.texts {
		for i := b.starts[n]; i < b.starts[n+1]; i++ {
			s := b.slot[b.rows[i]]
			b.used[b.from[s]], b.by[b.from[s]] = int32(n), b.values[i] //nolint:gosec // texts of a batch
			b.from[s]++
		}
	}
}

// uses are the texts that have the touched row, and its values there.
func (b *batch) uses(s int) ([]int32, []float32) {
	from := int32(0)
	if s > 0 {
		from = b.from[s-1]
	}
	return b.used[from:b.from[s]], b.by[from:b.from[s]]
}
