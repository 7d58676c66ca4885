package understand

import (
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// maxTerms bounds a fingerprint.
const maxTerms = 64

// minTerm is the shortest word that counts, in bytes; numbers count at any
// length.
const minTerm = 3

var stopWords = func() map[uint64]bool {
	m := map[uint64]bool{}
	for _, w := range strings.Fields(models.StopWords) {
		m[hashWord(w)] = true
	}
	return m
}()

// Terms is a fingerprint for comparing texts of one customer: the sorted,
// distinct hashes of the content words and numbers of a text, at most 64, with
// the stop words of English, German, Dutch, French and Spanish left out. The
// journey stage takes their Jaccard overlap.
func (r *Reader) Terms(in Input) []uint32 {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.loadTokens(in.Subject, in.Text)
	out := make([]uint32, 0, min(len(s.tokens), maxTerms))
	for _, t := range s.tokens {
		if !t.word || stopWords[t.hash] {
			continue
		}
		if int(t.to-t.from) < minTerm && !isDigit(s.folded.text[t.from]) {
			continue
		}
		h := uint32(finalise(t.hash))
		if slices.Contains(out, h) {
			continue
		}
		if out = append(out, h); len(out) == maxTerms {
			break
		}
	}
	slices.Sort(out)
	return out
}
