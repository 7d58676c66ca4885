package understand

import (
	"sync"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The models read the first and the last part of a long text.
const (
	headRunes = 3000
	tailRunes = 1000
)

// span is a byte range of the full text.
type span struct{ from, to int }

// scratch is the working memory of one Read. It is pooled: slices keep their
// capacity, nothing of an earlier text is read again.
type scratch struct {
	full      string
	body      int // where the text begins, after the subject
	regions   []span
	hits      []hit
	masks     []found
	folded    folded
	tokens    []token
	features  features
	intents   scores
	heads     headState
	grams     lookups // of the language
	parts     lookups
	z         []float32
	asking    scores
	zAsks     []float32
	part      part      // the asks
	pulls     []float32 // of the known features
	shares    []float32 // of all features
	warmth    []float32 // of the tokens
	sentences []sentence
	matches   []ruleMatch
	marks     []uint8
	places    []int32 // of tokens that rules may begin with
	claims    []claim
}

func newScratch() *scratch { return &scratch{} }

var scratches = sync.Pool{New: func() any { return newScratch() }}

// load reads a text: regions, masks, folding, tokens and features.
func (s *scratch) load(subject, text string) {
	s.loadTokens(subject, text)
	s.features.reset()
	s.features.addWords(s.tokens)
	s.features.addChars(s.folded.text, charBlock)
}

// loadTokens is load without the features.
func (s *scratch) loadTokens(subject, text string) {
	s.full = crm.ReadingText(subject, text)
	s.body = len(s.full) - len(text)
	s.regions = s.regions[:0]
	if subject != "" && !replySubject(subject) {
		s.regions = append(s.regions, span{0, min(len(subject), headRunes)})
	}
	from, to := core(s.full, s.body)
	s.regions = capRunes(s.full, from, to, s.regions)
	s.hits, s.masks = s.hits[:0], s.masks[:0]
	s.folded.reset()
	for _, r := range s.regions {
		s.hits = recognise(s.full, r.from, r.to, s.hits)
	}
	s.masks = masksOf(s.hits, s.masks)
	for _, r := range s.regions {
		s.folded.add(s.full, r.from, r.to, s.masks)
	}
	s.tokens = tokenize(s.folded.text, s.tokens[:0])
}

// capRunes appends the part of [from, to) that is read: all of it, or the first
// 3,000 and the last 1,000 runes.
func capRunes(text string, from, to int, regions []span) []span {
	if to-from <= headRunes+tailRunes {
		return append(regions, span{from, to})
	}
	head := from
	for n := 0; n < headRunes && head < to; n++ {
		_, size := utf8.DecodeRuneInString(text[head:to])
		head += size
	}
	tail := to
	for n := 0; n < tailRunes && tail > head; n++ {
		_, size := utf8.DecodeLastRuneInString(text[head:tail])
		tail -= size
	}
	if tail == head {
		return append(regions, span{from, to})
	}
	return append(regions, span{from, head}, span{tail, to})
}
