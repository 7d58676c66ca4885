package understand

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand/models"
)

// mostNamed is how many terms name a group.
const mostNamed = 3

var namingStopWords = func() map[uint64]bool {
	m := map[uint64]bool{}
	for _, w := range strings.Fields(models.NamingStopWords) {
		m[hashWord(w)] = true
	}
	return m
}()

// term is a word that says something, or two that stand together, as people
// wrote it.
type term struct{ folded, said string }

// termsOf appends the distinct terms of the loaded text.
func (s *scratch) termsOf(out []term) []term {
	last := -1 // the token before, when it says something
	for i, t := range s.tokens {
		if !s.says(t) {
			last = -1
			continue
		}
		out = s.addTerm(out, t, t)
		if last >= 0 && s.folded.text[t.from-1] == ' ' {
			out = s.addTerm(out, s.tokens[last], t)
		}
		last = i
	}
	return out
}

func (s *scratch) addTerm(out []term, from, to token) []term {
	folded := string(s.folded.text[from.from:to.to])
	if slices.ContainsFunc(out, func(x term) bool { return x.folded == folded }) {
		return out
	}
	a, b := s.folded.original(int(from.from), int(to.to))
	return append(out, term{folded, s.full[a:b]})
}

// says reports whether a token is a word that can stand in a name: no function
// word, no number, and nothing that a mask hides.
func (s *scratch) says(t token) bool {
	if !t.word || int(t.to-t.from) < minTerm || stopWords[t.hash] || namingStopWords[t.hash] {
		return false
	}
	for _, r := range string(s.folded.text[t.from:t.to]) {
		if r >= '0' && r <= '9' || r >= maskFirst && r <= maskLast {
			return false
		}
	}
	return true
}

// saying counts the words of the loaded text that can stand in a name.
func (s *scratch) saying() (n int) {
	for _, t := range s.tokens {
		n += count(s.says(t))
	}
	return n
}

// nameGroups gives each group the terms that stand out in it: class-based TF-IDF
// (Grootendorst 2022, section 3.3), counted by customers instead of occurrences,
// so that a name never comes from one customer alone. All other texts are one
// class more.
func nameGroups(texts []ProposalText, rest []unread, groups [][]int) [][]string {
	s := newScratch()
	var list []term
	load := func(i int) []term {
		s.loadTokens(texts[i].Subject, texts[i].Text)
		list = s.termsOf(list[:0])
		return list
	}
	type counted struct {
		customers map[crm.ID]bool
		forms     map[string]int // how it was written
	}
	within := make([]map[string]*counted, len(groups))
	total := map[string]int{} // customers and texts of all classes
	words := 0
	for k, g := range groups {
		within[k] = map[string]*counted{}
		for _, n := range g {
			i := rest[n].at
			for _, t := range load(i) {
				c := within[k][t.folded]
				if c == nil {
					c = &counted{map[crm.ID]bool{}, map[string]int{}}
					within[k][t.folded] = c
				}
				c.customers[texts[i].Profile] = true
				c.forms[t.said]++
				total[t.folded] = 0
			}
		}
	}
	for i := range texts {
		for _, t := range load(i) {
			words++
			if _, ok := total[t.folded]; ok {
				total[t.folded]++
			}
		}
	}
	average := float64(words) / float64(len(groups)+1)
	out := make([][]string, len(groups))
	for k, g := range groups {
		var best []scored
		least := max(2, len(g)/6)
		for folded, c := range within[k] {
			if n := len(c.customers); n >= least {
				said, _ := most(c.forms)
				best = append(best, scored{folded, said, n, float64(n) * math.Log(1+average/float64(total[folded]))})
			}
		}
		slices.SortFunc(best, func(a, b scored) int {
			return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.folded, b.folded))
		})
		out[k] = choose(best)
	}
	return out
}

// scored is a term of a group.
type scored struct {
	folded, said string
	customers    int
	score        float64
}

// choose takes the best terms. Two words that mostly come together are one term.
func choose(best []scored) []string {
	var taken []scored
	for _, b := range best {
		first, second, pair := strings.Cut(b.folded, " ")
		within := func(t scored) bool { // t is a word of b, or b of t
			if !pair && len(min(t.folded, b.folded)) > 3 && (strings.HasPrefix(t.folded, b.folded) || strings.HasPrefix(b.folded, t.folded)) {
				return true // card and cards
			}
			a, c, two := strings.Cut(t.folded, " ")
			return pair && (t.folded == first || t.folded == second) || two && (b.folded == a || b.folded == c || pair && (first == c || second == a || first == a || second == c))
		}
		n := slices.IndexFunc(taken, within)
		switch {
		case n < 0:
			taken = append(taken, b)
		case pair && !strings.Contains(taken[n].folded, " ") && 5*b.customers >= 3*taken[n].customers:
			taken[n] = b
			// The other word of the pair may have been taken before.
			taken = slices.DeleteFunc(taken, func(t scored) bool { return t.folded != b.folded && within(t) })
		}
	}
	out := make([]string, 0, mostNamed)
	for _, t := range taken[:min(mostNamed, len(taken))] {
		out = append(out, t.said)
	}
	return out
}
