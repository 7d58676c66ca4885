package understand

// pieceTable holds pieces of words: up to four bytes, with a blank where a word
// begins or ends, and for each the languages that have it with a score. It is
// sparse: most pieces belong to one or two languages.
type pieceTable struct {
	hashes []uint32
	table  slots
	at     []uint32 // where the scores of a piece begin; one more than pieces
	scores []byte   // language, score
}

// load reads the pieces behind the n-grams of a file.
func (t *pieceTable) load(r *reader, languages int) bool {
	n := r.count(maxRows, 5)
	hashes := reader{rest: r.take(4 * n)}
	t.hashes, t.table, t.at = make([]uint32, n), newSlots(n), make([]uint32, 1, n+1)
	for i := range n {
		t.hashes[i] = hashes.u32()
		t.table.put(finalise(uint64(t.hashes[i])), i)
	}
	for range n {
		count := r.take(1)
		if r.bad {
			return false
		}
		scores := r.take(2 * int(count[0]))
		for i := 0; i < len(scores); i += 2 {
			if int(scores[i]) >= languages {
				return false
			}
		}
		t.scores = append(t.scores, scores...)
		t.at = append(t.at, uint32(len(t.scores)))
	}
	return !r.bad && !hashes.bad
}

// sum adds the scores of the pieces that the table knows.
func (t *pieceTable) sum(s *lookups, sum *[maxLanguages]int32) (known int) {
	s.find(t.table, t.hashes)
	// Where the scores begin and the memory of all first, for the reason of find.
	begins := s.first[:len(s.found)]
	for i, n := range s.found {
		begins[i] = t.at[n]
	}
	prefetchBytes(t.scores, begins)
	for i, n := range s.found {
		scores := t.scores[begins[i]:t.at[n+1]]
		for i := 0; i+1 < len(scores); i += 2 {
			sum[scores[i]] += int32(scores[i+1])
		}
	}
	return len(s.found)
}
