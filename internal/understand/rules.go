package understand

import (
	"bufio"
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
	words    []uint64 // sorted hashes
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
	language   string
	confidence float64
	elements   []element
}

// ruleSet finds the rules that can begin at a token by the token's hash with the
// language, and by its hash alone for texts of an unknown language.
type ruleSet struct {
	rules []rule
	first map[uint64][]beginning
	begin hashFilter // of first
	sum   uint32     // of the tables, names their version
}

// beginning is a rule that can begin with a word.
type beginning struct {
	rule  int32
	known bool // the word is the first step of the pattern, which need not be looked at again
}

// inLanguage changes the hash of a word for a language of two letters.
func inLanguage(language string) uint64 {
	if language == undetermined { // then nobody knows, and every language may
		return 0
	}
	return hashWord(language)
}

// ruleMatch is a rule that holds for the tokens [from, to).
type ruleMatch struct {
	rule     *rule
	from, to int
}

var rules = sync.OnceValue(func() *ruleSet {
	set := &ruleSet{first: map[uint64][]beginning{}}
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
			if err := set.add(rule{name, language, confidence, elements}); err != nil {
				return fmt.Errorf("line %d: %v", n, err)
			}
		}
	}
	return lines.Err()
}

func (e *element) has(word uint64) bool {
	if e.begin>>(word>>58)&1 == 0 {
		return false
	}
	_, ok := slices.BinarySearch(e.words, word)
	return ok
}

func parsePattern(pattern string, sets map[string][]string) ([]element, error) {
	var out []element
	for _, f := range strings.Fields(pattern) {
		e := element{}
		switch {
		case f == "^":
			e.kind = isStart
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
			slices.Sort(e.words)
			e.words = slices.Compact(e.words)
			for _, w := range e.words {
				e.begin |= 1 << (w >> 58)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// add indexes a rule by every word that it can begin with.
func (set *ruleSet) add(r rule) error {
	set.rules = append(set.rules, r)
	b := beginning{rule: int32(len(set.rules) - 1)} //nolint:gosec // a few hundred
	own := inLanguage(r.language)
	for n, e := range r.elements {
		switch e.kind {
		case isWord:
			b.known = n == 0 && !e.optional
			for _, w := range e.words {
				for _, w := range []uint64{w, w ^ own} {
					set.begin.add(w)
					if list := set.first[w]; len(list) == 0 || list[len(list)-1].rule != b.rule {
						set.first[w] = append(list, b)
					}
				}
			}
			if !e.optional {
				return nil
			}
		case isGap, isNumber:
			return fmt.Errorf("a pattern must begin with a word")
		}
	}
	return fmt.Errorf("a pattern needs a word")
}

// find appends the rules of a language that hold, in the order of the text.
func (set *ruleSet) find(s *scratch, language string, out []ruleMatch) []ruleMatch {
	own := inLanguage(language)
	for i := range s.tokens {
		word := s.tokens[i].hash ^ own
		if !set.begin.may(word) {
			continue
		}
		for _, b := range set.first[word] {
			r := &set.rules[b.rule]
			pattern, at := r.elements, i
			if b.known {
				pattern, at = pattern[1:], i+1
			}
			if to := s.match(pattern, i, at); to > 0 {
				out = append(out, ruleMatch{r, i, to})
			}
		}
	}
	return out
}

// match returns the token after the match that begins at token at, or 0. Start
// is the first token of the whole pattern, whose sentence it stays in.
func (s *scratch) match(pattern []element, start, at int) int {
	for n := range pattern {
		e := &pattern[n]
		inside := at < len(s.tokens) && s.tokens[at].sentence == s.tokens[start].sentence
		switch e.kind {
		case isStart:
			if at > 0 && s.tokens[at-1].sentence == s.tokens[at].sentence {
				return 0
			}
			continue
		case isEnd:
			for inside && !s.tokens[at].word {
				at++
				inside = at < len(s.tokens) && s.tokens[at].sentence == s.tokens[start].sentence
			}
			if inside {
				return 0
			}
			continue
		case isNot:
			if at > 0 && s.tokens[at-1].sentence == s.tokens[start].sentence {
				if e.has(s.tokens[at-1].hash) {
					return 0
				}
			}
			continue
		case isGap:
			for skip := 0; skip <= e.gap; skip++ {
				if to := s.match(pattern[n+1:], start, at+skip); to > 0 {
					return to
				}
			}
			return 0
		case isNumber:
			if !inside || !isDigit(s.folded.text[s.tokens[at].from]) {
				return 0
			}
			at++
			continue
		}
		ok := inside && e.has(s.tokens[at].hash)
		if e.optional {
			if ok {
				if to := s.match(pattern[n+1:], start, at+1); to > 0 {
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
