package understand

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// element is one step of a pattern.
type element struct {
	kind     uint8
	words    []uint64 // hashes
	begin    uint64   // a bit for the first six of each: nearly all others are told by it
	optional bool
	gap      int
}

const (
	isWord   uint8 = iota
	isNumber       // a token that begins with a digit
	isGap          // up to gap tokens of any kind
	isStart        // the sentence begins here
	isEnd          // the sentence ends here
	isNot          // the token before is none of words
)

// rule is a pattern over tokens. It sees whole tokens only, so it can't match
// inside a word, and it stays inside one sentence.
type rule struct {
	name       string
	signal     signal // of the name
	language   string
	confidence float64
	elements   []element
	opening    int // elements up to the first required word: a match begins with a word of theirs
}

// ruleSet finds the rules that can begin at a token by the token's hash.
type ruleSet struct {
	rules     []rule
	languages []string
	words     []firstWord
	table     slots       // of words
	filter    *hashFilter // of words
	sum       uint32      // of the texts, names their version
}

// firstWord is a word that rules can begin with.
type firstWord struct {
	hash  uint64
	rules []beginning
}

// beginning is a rule that can begin with a word, with what tells nearly all
// places apart where it does not hold, without a look at its pattern. The bits
// are those of element.begin.
type beginning struct {
	next     uint64 // what the next token must have; 0: anything may follow
	last     uint64 // what the sentence must have: of the last required word
	rule     int32
	language uint8 // in ruleSet.languages
	settled  uint8 // elements that need not be looked at again
	opens    bool  // the word is the first of its sentence
}

// ruleMatch is a rule that holds for the tokens [from, to).
type ruleMatch struct {
	rule     *rule
	from, to int
}

var rules = sync.OnceValue(func() *ruleSet {
	set := &ruleSet{}
	names, err := fs.Glob(models.Rules, "rules/*.txt")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := models.Rules.ReadFile(name)
		if err != nil {
			panic(err)
		}
		set.sum = crc32.Update(set.sum, crc32.IEEETable, text)
		if err := set.parse(string(text)); err != nil {
			panic(fmt.Sprintf("understand: %s: %v", name, err))
		}
	}
	set.index()
	return set
})

// parse adds the rules of one table; the syntax is described at the head of
// rules/effort.txt.
func (set *ruleSet) parse(text string) error {
	sets := map[string][]string{}
	name, confidence := "", 0.0
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case line[0] == '@':
			key, words, ok := strings.Cut(line, "=")
			if !ok {
				return fmt.Errorf("line %d: want @name = words", n)
			}
			sets[strings.TrimSpace(key)] = strings.Fields(words)
		case line[0] == '[':
			head := strings.Fields(strings.Trim(line, "[]"))
			if len(head) != 2 {
				return fmt.Errorf("line %d: want [name confidence]", n)
			}
			c, err := strconv.ParseFloat(head[1], 64)
			if err != nil {
				return fmt.Errorf("line %d: %v", n, err)
			}
			name, confidence = head[0], c
		default:
			language, pattern, ok := strings.Cut(line, ": ")
			if !ok || name == "" || len(language) != 2 {
				return fmt.Errorf("line %d: want language: pattern, under a [name]", n)
			}
			elements, err := parsePattern(pattern, sets)
			if err != nil {
				return fmt.Errorf("line %d: %v", n, err)
			}
			first, err := opening(elements)
			if err != nil {
				return fmt.Errorf("line %d: %v", n, err)
			}
			set.rules = append(set.rules, rule{name, signals[name], language, confidence, elements, first})
		}
	}
	return lines.Err()
}

// required reports whether a match always has a word of the element.
func (e *element) required() bool { return e.kind == isWord && !e.optional }

// beginBit is the bit of element.begin for a hash.
func beginBit(hash uint64) uint64 { return 1 << (hash >> 58) }

func (e *element) has(word uint64) bool {
	if e.begin&beginBit(word) == 0 {
		return false
	}
	return slices.Contains(e.words, word)
}

func parsePattern(pattern string, sets map[string][]string) ([]element, error) {
	var out []element
	for _, f := range strings.Fields(pattern) {
		e := element{}
		switch {
		case f == "^":
			if e.kind = isStart; len(out) > 0 {
				return nil, errors.New("^ stands first")
			}
		case f == "$":
			e.kind = isEnd
		case f == "#":
			e.kind = isNumber
		case f[0] == '*':
			e.kind, e.gap = isGap, 3
			if len(f) > 1 {
				gap, err := strconv.Atoi(f[1:])
				if err != nil || gap < 1 || gap > 12 {
					return nil, fmt.Errorf("bad gap %q", f)
				}
				e.gap = gap
			}
		default:
			if f[0] == '!' {
				e.kind, f = isNot, f[1:]
			} else if f[0] == '[' {
				e.optional, f = true, strings.Trim(f, "[]")
			}
			for _, w := range strings.Split(f, "|") {
				words := []string{w}
				if w != "" && w[0] == '@' {
					if words = sets[w]; words == nil {
						return nil, fmt.Errorf("unknown set %s", w)
					}
				}
				for _, w := range words {
					if toks := tokenize([]byte(w), nil); len(toks) != 1 || int(toks[0].to) != len(w) || w != strings.ToLower(w) {
						return nil, fmt.Errorf("%q is not one lower-case word", w)
					}
					e.words = append(e.words, hashWord(w))
				}
			}
			for _, w := range e.words {
				e.begin |= beginBit(w)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// opening is how many elements a pattern has up to its first required word.
func opening(pattern []element) (int, error) {
	for n := range pattern {
		switch e := &pattern[n]; {
		case e.kind == isGap, e.kind == isNumber:
			return 0, errors.New("a pattern must begin with a word")
		case e.required():
			return n + 1, nil
		}
	}
	return 0, errors.New("a pattern needs a word")
}

// index enters every rule under each word that it can begin with.
func (set *ruleSet) index() {
	place := map[uint64]int{}
	for n := range set.rules {
		r := &set.rules[n]
		if !slices.Contains(set.languages, r.language) {
			set.languages = append(set.languages, r.language)
		}
		for k := range r.elements[:r.opening] {
			if r.elements[k].kind != isWord {
				continue
			}
			b := r.beginning(k)
			b.rule = int32(n)                                           //nolint:gosec // a few hundred
			b.language = uint8(slices.Index(set.languages, r.language)) //nolint:gosec // a few
			for _, w := range r.elements[k].words {
				at, ok := place[w]
				if !ok {
					at = len(set.words)
					place[w] = at
					set.words = append(set.words, firstWord{hash: w})
				}
				if list := set.words[at].rules; len(list) == 0 || list[len(list)-1].rule != b.rule {
					set.words[at].rules = append(list, b)
				}
			}
		}
	}
	set.table, set.filter = newSlots(len(set.words)), &hashFilter{}
	for n := range set.words {
		set.filter.add(set.words[n].hash)
		set.table.put(finalise(set.words[n].hash), n)
	}
}

// beginning describes the rule from its element k, which the first word is of.
func (r *rule) beginning(k int) beginning {
	b := beginning{opens: r.elements[0].kind == isStart, next: ^uint64(0)}
	if e := &r.elements[k]; e.required() && (k == 0 || k == 1 && b.opens) {
		b.settled = uint8(k + 1) //nolint:gosec // 1 or 2
		if k+1 < len(r.elements) && r.elements[k+1].required() {
			b.next = r.elements[k+1].begin
		}
	}
	for n := range r.elements {
		if e := &r.elements[n]; e.required() {
			b.last = e.begin
		}
	}
	return b
}

// beginnings are the rules that can begin with a word.
func (set *ruleSet) beginnings(word uint64) []beginning {
	h, mask := finalise(word), uint64(len(set.table)-1)
	for i := h; ; i++ {
		slot := set.table[i&mask]
		if slot == 0 {
			return nil
		}
		if w := &set.words[slot&slotMask-1]; slot>>checkShift == checkOf(h) && w.hash == word {
			return w.rules
		}
	}
}

// mayBegin lists the tokens that a filter lets through. Nobody can guess which
// they are, so it is without a branch.
func (s *scratch) mayBegin(filter *hashFilter) []int32 {
	if cap(s.places) < len(s.tokens) {
		s.places = make([]int32, 2*len(s.tokens))
	}
	places, n := s.places[:len(s.tokens)], 0
	for i := range s.tokens {
		places[n] = int32(i) //nolint:gosec // a few thousand
		n += int(filter.bit(s.tokens[i].hash))
	}
	return places[:n]
}

// find appends the rules of a language that hold, in the order of the text. Of a
// text of unknown language, every rule may.
func (set *ruleSet) find(s *scratch, language string, out []ruleMatch) []ruleMatch {
	own := slices.Index(set.languages, language)
	if own < 0 && language != undetermined {
		return out
	}
	var in stretch // the sentence
	for _, place := range s.mayBegin(set.filter) {
		i := int(place)
		list := set.beginnings(s.tokens[i].hash)
		if len(list) == 0 {
			continue
		}
		if i >= in.to {
			in = s.sentenceAround(i)
		}
		begin := s.sentences[s.tokens[i].sentence].begin
		next := ^uint64(0)
		if i+1 < in.to {
			next = beginBit(s.tokens[i+1].hash)
		}
		for k := range list {
			b := &list[k]
			if int(b.language) != own && own >= 0 || b.opens && i > in.from || nonZero(b.next&next)&nonZero(b.last&begin) == 0 {
				continue
			}
			r, at := &set.rules[b.rule], i
			if b.settled > 0 {
				at++
			}
			if to := s.match(r.elements[b.settled:], in, at); to > 0 {
				out = append(out, ruleMatch{r, i, to})
			}
		}
	}
	return out
}

// stretch is the tokens of a sentence.
type stretch struct{ from, to int }

// sentenceAround is the tokens of the sentence that token i is in.
func (s *scratch) sentenceAround(i int) stretch {
	in, n := stretch{i, i + 1}, s.tokens[i].sentence
	for in.from > 0 && s.tokens[in.from-1].sentence == n {
		in.from--
	}
	for in.to < len(s.tokens) && s.tokens[in.to].sentence == n {
		in.to++
	}
	return in
}

// match returns the token after the match that begins at token at, or 0. It stays
// in its sentence.
func (s *scratch) match(pattern []element, in stretch, at int) int {
	for n := range pattern {
		e := &pattern[n]
		switch e.kind {
		case isStart:
			if at > in.from {
				return 0
			}
			continue
		case isEnd:
			for at < in.to && !s.tokens[at].word {
				at++
			}
			if at < in.to {
				return 0
			}
			continue
		case isNot:
			if at > in.from && e.has(s.tokens[at-1].hash) {
				return 0
			}
			continue
		case isGap:
			for skip := 0; skip <= e.gap && at+skip <= in.to; skip++ {
				if to := s.match(pattern[n+1:], in, at+skip); to > 0 {
					return to
				}
			}
			return 0
		case isNumber:
			if at >= in.to || !isDigit(s.folded.text[s.tokens[at].from]) {
				return 0
			}
			at++
			continue
		}
		ok := at < in.to && e.has(s.tokens[at].hash)
		if e.optional {
			if ok {
				if to := s.match(pattern[n+1:], in, at+1); to > 0 {
					return to
				}
			}
			continue
		}
		if !ok {
			return 0
		}
		at++
	}
	return at
}
