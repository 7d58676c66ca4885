package understand

import (
	"math"
	"slices"
)

// part is some sentences of a text as a text of its own: features of the whole
// text with how often they occur in the part, in the order in which they come up
// there.
type part struct {
	index  []int32
	counts []uint32 // per feature of the whole text
	rows   []int32  // per feature of the whole text, in a model; -1: unknown
}

func (p *part) reset(features int) {
	p.index = p.index[:0]
	if cap(p.counts) < features {
		p.counts, p.rows = make([]uint32, 2*features), make([]int32, 2*features)
	}
	p.counts, p.rows = p.counts[:features], p.rows[:features]
	clear(p.counts)
}

func (p *part) add(feature int32) {
	if p.counts[feature] == 0 {
		p.index = append(p.index, feature)
	}
	p.counts[feature]++
}

// addPart adds the tokens [i, j), a whole sentence, and the characters up to the
// next one. The features were counted with their places, so the places say which
// ones these are: each token and the pair before it, then the n-grams piece by
// piece. A piece that the sentence shares with a neighbour, as in "a.b", counts
// when it begins in the sentence.
func (s *scratch) addPart(i, j int) {
	occ := s.features.occ
	for n := i; n < j; n++ {
		if n == 0 {
			s.part.add(occ[0].feature)
			continue
		}
		s.part.add(occ[2*n-1].feature)
		if n > i {
			s.part.add(occ[2*n].feature)
		}
	}
	end := int32(len(s.folded.text)) //nolint:gosec // a few thousand runes
	if j < len(s.tokens) {
		end = s.tokens[j].from
	}
	chars := occ[max(2*len(s.tokens)-1, 0):]
	place := func(at int32) int {
		n, _ := slices.BinarySearchFunc(chars, at, func(o occurrence, at int32) int { return int(o.from - at) })
		return n
	}
	for _, o := range chars[place(s.tokens[i].from):place(end)] {
		s.part.add(o.feature)
	}
}

// project is linear.project of the part, from that of the whole text; it says how
// many features of words there are.
func (p *part) project(list []feature, whole, out *projection) (words int) {
	for i := range p.rows {
		p.rows[i] = -1
	}
	for i, at := range whole.index {
		p.rows[at] = whole.rows[i]
	}
	out.rows, out.values, out.index = out.rows[:0], out.values[:0], out.index[:0]
	var sum [2]float32
	for _, at := range p.index {
		words += count(list[at].block == wordBlock)
		if p.rows[at] < 0 {
			continue
		}
		v := weight(p.counts[at])
		sum[list[at].block] += v * v
		out.rows, out.values, out.index = append(out.rows, p.rows[at]), append(out.values, v), append(out.index, at)
	}
	var by [2]float32
	for b, s := range sum {
		if s > 0 {
			by[b] = float32(1 / math.Sqrt(float64(s)))
		}
	}
	for i, at := range out.index {
		out.values[i] *= by[list[at].block]
	}
	return words
}
