package understand

import (
	"math"
	"slices"
)

// maxBlocks is how many blocks of features a text can have.
const maxBlocks = 8

// projectBlocks is project with any number of blocks, each scaled to its own
// length.
func (m *linear) projectBlocks(list []feature, lengths []float32, p *projection) {
	m.lookUp(list, p)
	var sum [maxBlocks]float32
	n := 0
	for i, at := range p.index {
		f := &list[at]
		if lengths[f.block] <= 0 {
			continue // a block that is left out
		}
		v := weight(f.count)
		sum[f.block] += v * v
		p.rows[n], p.index[n], p.values[n] = p.rows[i], at, v
		n++
	}
	p.rows, p.index, p.values = p.rows[:n], p.index[:n], p.values[:n]
	var by [maxBlocks]float32
	for b, l := range lengths {
		if sum[b] > 0 {
			by[b] = l / float32(math.Sqrt(float64(sum[b])))
		}
	}
	for i, at := range p.index {
		p.values[i] *= by[list[at].block]
	}
}

// blockSamples projects texts into a vocabulary, block by block.
func blockSamples(lists [][]feature, hashes []uint64, lengths []float32) []sample {
	m := linear{hashes: hashes}
	m.index()
	out := make([]sample, len(lists))
	var p projection
	for i, list := range lists {
		m.projectBlocks(list, lengths, &p)
		out[i] = p.sample()
	}
	return out
}

// sample copies a projection, for training.
func (p *projection) sample() sample {
	s := sample{rows: slices.Clone(p.rows), values: slices.Clone(p.values)}
	for _, v := range p.values {
		s.norm += v * v
	}
	return s
}
