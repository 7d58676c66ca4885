package understand

import "slices"

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
	// Local variables: a store into one slice could change any field otherwise.
	inModel, counts := p.rows, p.counts
	for i := range inModel {
		inModel[i] = -1
	}
	for i, at := range whole.index {
		inModel[at] = whole.rows[i]
	}
	n := len(p.index)
	if cap(out.rows) < n || cap(out.values) < n || cap(out.index) < n {
		out.rows, out.values, out.index = make([]int32, 2*n), make([]float32, 2*n), make([]int32, 2*n)
	}
	rows, values, index, known := out.rows[:n], out.values[:n], out.index[:n], 0
	var ofWords, ofChars float32 // sums of squares
	for _, at := range p.index {
		f := &list[at]
		words += count(f.block == wordBlock)
		if inModel[at] < 0 {
			continue
		}
		v := weight(counts[at])
		if f.block == wordBlock {
			ofWords += v * v
		} else {
			ofChars += v * v
		}
		rows[known], values[known], index[known] = inModel[at], v, at
		known++
	}
	out.rows, out.values, out.index = rows[:known], values[:known], index[:known]
	by := [2]float32{wordBlock: inverseRoot(ofWords), charBlock: inverseRoot(ofChars)}
	for i, at := range out.index {
		values[i] *= by[list[at].block&1]
	}
	return words
}
