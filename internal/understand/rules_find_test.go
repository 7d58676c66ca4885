package understand

import (
	"slices"
	"strings"
	"testing"
)

// findPlain is what find means: every pattern, tried whole at every token that
// it can begin with.
func findPlain(set *ruleSet, s *scratch, language string) (out []ruleMatch) {
	for i := range s.tokens {
		for n := range set.rules {
			r := &set.rules[n]
			begins := slices.ContainsFunc(r.elements[:r.opening], func(e element) bool {
				return e.kind == isWord && slices.Contains(e.words, s.tokens[i].hash)
			})
			if !begins || language != r.language && language != undetermined {
				continue
			}
			if to := matchPlain(s, r.elements, i, i); to >= 0 {
				out = append(out, ruleMatch{r, i, to})
			}
		}
	}
	return out
}

// matchPlain is where a pattern ends whose rest begins at a token, or -1. First
// is a token of its sentence.
func matchPlain(s *scratch, pattern []element, first, at int) int {
	if len(pattern) == 0 {
		return at
	}
	e, rest := &pattern[0], pattern[1:]
	inside := func(i int) bool {
		return i >= 0 && i < len(s.tokens) && s.tokens[i].sentence == s.tokens[first].sentence
	}
	isOne := func(i int) bool { return inside(i) && slices.Contains(e.words, s.tokens[i].hash) }
	holds, to := false, at
	switch e.kind {
	case isWord:
		holds, to = isOne(at), at+1
		if e.optional {
			if end := matchPlain(s, rest, first, at+1); holds && end >= 0 {
				return end
			}
			holds, to = true, at
		}
	case isNumber:
		holds, to = inside(at) && isDigit(s.folded.text[s.tokens[at].from]), at+1
	case isGap:
		for skip := 0; skip <= e.gap && (skip == 0 || inside(at+skip-1)); skip++ {
			if end := matchPlain(s, rest, first, at+skip); end >= 0 {
				return end
			}
		}
	case isStart:
		holds = !inside(at - 1)
	case isNot:
		holds = !isOne(at - 1)
	case isEnd:
		for inside(to) && !s.tokens[to].word {
			to++
		}
		holds = !inside(to)
	}
	if !holds {
		return -1
	}
	return matchPlain(s, rest, first, to)
}

func checkFind(t *testing.T, set *ruleSet, text, language string) int {
	t.Helper()
	s := newScratch()
	s.loadTokens("", text)
	s.split()
	want, got := findPlain(set, s, language), set.find(s, language, nil)
	if !slices.Equal(got, want) {
		t.Fatalf("%s %q: %d matches, want %d", language, text, len(got), len(want))
	}
	return len(got)
}

// The index and its masks leave out no rule that holds.
func TestFindIsWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	found := 0
	for i, e := range Starter() {
		for _, language := range []string{e.Language, undetermined, "fil", ""} {
			found += checkFind(t, rules(), e.Text, language)
		}
		if i%20 == 0 {
			found += checkFind(t, summaryRules(), e.Text, e.Language)
		}
	}
	if found < 1000 {
		t.Errorf("%d matches in all the starter texts", found)
	}
}

// Every kind of element stands behind a first word, at the end and before one,
// with words that begin and end sentences.
func TestFindWithEveryKindOfElement(t *testing.T) {
	t.Parallel()
	elements := strings.Fields("a b a|b [a] [b] # *1 *2 !a !b ^ $")
	texts := []string{"", "a", "b", "a b", "b a", "a a", "a. b", "a. b a. b", "a 1 b", "1 a", "a! b?", "a b b b a", "a x b", "a x x b x x x a", "b. x a", "a b!", "b a 1. 2"}
	set := &ruleSet{}
	for _, x := range elements {
		for _, y := range elements {
			for _, z := range elements {
				_ = set.parse("[x 1]\nen: " + x + " " + y + " " + z) // some begin with no word
			}
		}
	}
	set.index()
	if len(set.rules) < 500 {
		t.Fatalf("%d rules", len(set.rules))
	}
	found := 0
	for _, text := range texts {
		found += checkFind(t, set, text, "en")
	}
	if found < 1000 {
		t.Errorf("%d matches", found)
	}
}
