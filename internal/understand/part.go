package understand

import "slices"

// part is some sentences of a text as a text of its own: how often the features of
// the whole text occur in it.
type part struct {
	counts []uint32
	words  int // features of words
}

func (p *part) reset(features int) {
	p.counts, p.words = sized(p.counts, features), 0
	clear(p.counts)
}

func (p *part) addWord(feature int32) {
	p.words += count(p.counts[feature] == 0)
	p.counts[feature]++
}

// addPart adds the tokens [i, j), a whole sentence, and the characters up to the
// next one. The features were counted with their places, so the places say which
// ones these are: each token and the pair before it, then the n-grams piece by
// piece. A piece that the sentence shares with a neighbour, as in "a.b", counts
// when it begins in the sentence.
func (s *scratch) addPart(i, j int) {
	words, chars := s.features.places(len(s.tokens))
	for n := i; n < j; n++ {
		if n == 0 {
			s.part.addWord(words[0].feature)
			continue
		}
		s.part.addWord(words[2*n-1].feature)
		if n > i {
			s.part.addWord(words[2*n].feature)
		}
	}
	end := int32(len(s.folded.text)) //nolint:gosec // a few thousand runes
	if j < len(s.tokens) {
		end = s.tokens[j].from
	}
	place := func(at int32) int {
		n, _ := slices.BinarySearchFunc(chars, at, func(o occurrence, at int32) int { return int(o.from - at) })
		return n
	}
	for _, o := range chars[place(s.tokens[i].from):place(end)] {
		s.part.counts[o.feature]++
	}
}

// project is linear.project of the part, from that of the whole text.
func (p *part) project(list []feature, whole, out *projection) {
	n := len(whole.index)
	// Local variables: a store into one slice could change any field otherwise.
	counts, rows, values, index, known := p.counts, sized(out.rows, n), sized(out.values, n), sized(out.index, n), 0
	var words, chars float32 // sums of squares
	for i, at := range whole.index {
		v := weight(counts[at]) // 0 for one that is not in the part
		if list[at].block == wordBlock {
			words += v * v
		} else {
			chars += v * v
		}
		rows[known], values[known], index[known] = whole.rows[i], v, at
		known += int(nonZero(uint64(counts[at]))) //nolint:gosec // 0 or 1
	}
	out.rows, out.values, out.index = rows[:known], values[:known], index[:known]
	by := [2]float32{wordBlock: inverseRoot(words), charBlock: inverseRoot(chars)}
	for i, at := range out.index {
		values[i] *= by[list[at].block&1]
	}
}
