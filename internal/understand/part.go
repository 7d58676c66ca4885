package understand

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
	counts := s.part.counts
	for _, o := range chars[firstFrom(chars, s.tokens[i].from):firstFrom(chars, end)] {
		counts[o.feature]++
	}
}

// firstFrom is the first of some places, in the order of their beginnings, that
// begins at a character or after it.
func firstFrom(places []occurrence, at int32) int {
	n := 0
	for left := len(places); left > 0; {
		half := left / 2
		if places[n+half].from < at {
			n += half + 1
			left -= half + 1
		} else {
			left = half
		}
	}
	return n
}

// project is linear.project of the part, from that of the whole text.
func (p *part) project(whole, out *projection) {
	n := len(whole.index)
	out.rows, out.values, out.index = sized(out.rows, n), sized(out.values, n), sized(out.index, n)
	out.knownWords = p.take(whole, 0, whole.knownWords, out, 0)
	known := p.take(whole, whole.knownWords, n, out, out.knownWords)
	out.rows, out.values, out.index = out.rows[:known], out.values[:known], out.index[:known]
}

// take appends the features [from, to) of the whole text that are in the part to
// the first known ones, as one block: how many are known then.
func (p *part) take(whole *projection, from, to int, out *projection, known int) int {
	// Local variables: a store into one slice could change any field otherwise.
	counts, rows, values, index, first := p.counts, out.rows, out.values, out.index, known
	var sum float32 // of squares
	for i := from; i < to; i++ {
		at := whole.index[i]
		c := counts[at]
		v := weight(c) // 0 for one that is not in the part
		sum += v * v
		rows[known], values[known], index[known] = whole.rows[i], v, at
		known += int(nonZero(uint64(c))) //nolint:gosec // 0 or 1
	}
	scale(values[first:known], sum)
	return known
}
