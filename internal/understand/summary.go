package understand

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand/models"
)

// MaxSummary is how many sentences a summary has at most.
const MaxSummary = 6

// Point is what a sentence of a summary carries.
type Point string

// The points, in no order: a summary is in order of time.
const (
	Problem Point = "problem" // what was wrong, as the customer first said it
	Asked   Point = "ask"
	Promise Point = "promise"
	Agreed  Point = "agreed" // an amount or a day that both go by
	Leaving Point = "leaving"
	Outcome Point = "outcome" // what was done, refused, or works again
)

// Statement is one contact of a conversation or journey, as Summarise reads it.
type Statement struct {
	At            time.Time
	Direction     crm.Direction
	Kind          crm.Kind
	Automatic     bool
	Subject, Text string
	Turns         []crm.Turn   // of a talk: who says what in Text
	Reading       *crm.Reading // nil: nothing was read in it
}

// Sentence is one of a summary: Span points into crm.ReadingText of the contact
// with that index, Text is what stands there with blanks joined.
type Sentence struct {
	Said  int
	Span  crm.Span
	Text  string
	Point Point
}

// maxSentence is where a sentence is cut, in bytes: without a full stop, a
// megabyte is one.
const maxSentence = 300

// summaryRules are the patterns of sentences that a Reading does not list.
var summaryRules = sync.OnceValue(func() *ruleSet {
	set := &ruleSet{}
	if err := set.parse(models.Summary); err != nil {
		panic("understand: summary.txt: " + err.Error())
	}
	set.index()
	return set
})

// Summarise picks the sentences of a conversation that carry it: the first
// statement of the problem, what was asked, promised and agreed, a threat to
// leave, and the outcome, each once, at most MaxSummary, in order of time. It
// writes no sentence of its own. What programs wrote is left out, and so are
// subjects, greetings, signatures and quoted text. It is a pure function of the
// contacts and their Readings.
func Summarise(said []Statement) []Sentence {
	order := make([]int, len(said))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return said[a].At.Compare(said[b].At) })
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	c := &summary{}
	for place, i := range order {
		c.read(s, &said[i], i, place)
	}
	c.weigh()
	return c.pick(said)
}

// candidate is a sentence that may be chosen.
type candidate struct {
	Sentence
	place  int  // of its contact, in order of time
	cued   bool // words of trouble are in it
	bare   bool // nothing but manners is
	terms  []uint64
	weight float64
}

type summary struct {
	all      []candidate
	answered bool // somebody of the firm has spoken: before that nothing is agreed
}

// side is whose words a contact holds.
func (m *Statement) side() crm.Side {
	if m.Direction == crm.In && m.Kind != crm.KindNote {
		return crm.CustomerSide
	}
	return crm.AgentSide
}

// read lists the candidates of one contact.
func (c *summary) read(s *scratch, m *Statement, at, place int) {
	if m.Automatic || m.Kind == crm.KindEvent || m.Kind == crm.KindOrder || strings.TrimSpace(m.Text) == "" {
		return
	}
	if len(m.Turns) == 0 {
		s.loadTokens(m.Subject, m.Text)
		c.sentences(s, m, m.side(), 0, candidate{Sentence: Sentence{Said: at}, place: place})
		return
	}
	full := crm.ReadingText(m.Subject, m.Text)
	for _, t := range m.Turns {
		if t.Span.From < 0 || t.Span.From >= t.Span.To || t.Span.To > len(full) {
			continue
		}
		s.loadTokens("", full[t.Span.From:t.Span.To])
		c.sentences(s, m, t.Side, t.Span.From, candidate{Sentence: Sentence{Said: at}, place: place})
	}
}

// What a sentence was found to be.
const (
	isDone uint8 = 1 << iota
	isArrived
	isAgreed
	isTrouble
	isCondition
	isManners
)

// mark says of each sentence of the loaded text what the patterns find in it.
func (s *scratch) mark(language string, side crm.Side) []uint8 {
	s.matches = summaryRules().find(s, language, s.matches[:0])
	marks := make([]uint8, len(s.sentences))
	for _, r := range s.matches {
		var m uint8
		switch r.rule.name {
		case "done":
			m = isDone
		case "done.customer":
			if side == crm.CustomerSide {
				m = isDone
			}
		case "done.firm":
			if side == crm.AgentSide {
				m = isDone
			}
		case "arrived":
			if side == crm.CustomerSide {
				m = isArrived
			}
		case "agreed":
			m = isAgreed
		case "problem":
			m = isTrouble
		case "condition":
			m = isCondition
		case "pleasantry":
			m = isManners
		}
		marks[s.tokens[r.from].sentence] |= m
	}
	for n := range marks {
		if marks[n]&(isArrived|isTrouble) == isArrived {
			marks[n] |= isDone
		}
	}
	return marks
}

// sentences lists the candidates of the loaded text, which begins at an offset of
// the contact's. Each sentence is one point; of several the one that binds most.
func (c *summary) sentences(s *scratch, m *Statement, side crm.Side, offset int, k candidate) {
	s.split()
	language := undetermined
	if m.Reading != nil && m.Reading.Language.Name != "" {
		language = m.Reading.Language.Name
	}
	marks := s.mark(language, side)
	c.answered = c.answered || side == crm.AgentSide
	end := ownEnd(s.full, s.body)
	for n, st := range s.sentences {
		if st.from < s.body || st.from >= end || quotedLine(s.full, st.from) {
			continue
		}
		var words int
		k.terms, words = s.content(int32(n)) //nolint:gosec // a few thousand sentences
		if words == 0 {
			continue
		}
		k.Span = crm.Span{From: offset + st.from, To: offset + st.to}
		mark, has := marks[n], carries(m.Reading, k.Span)
		k.cued, k.bare = mark&isTrouble != 0, words < 4 || len(k.terms) < 2 || mark&isManners != 0
		switch {
		case has.leaving:
			k.Point = Leaving
		case has.ask && (words > 2 || len(k.terms) > 0): // not "Hello?"
			k.Point = Asked
		case mark&isDone != 0 && !st.question && !(has.promise && mark&isCondition != 0):
			k.Point = Outcome
		case has.promise:
			k.Point = Promise
		case mark&isAgreed != 0 && has.value && c.answered && !st.question:
			k.Point = Agreed
		case side == crm.CustomerSide && !st.question && !k.bare:
			k.Point = Problem
		default:
			continue
		}
		k.weight = base[k.Point] + .03*float64(min(len(k.terms), 8))
		if has.value {
			k.weight += .1
		}
		if len(k.terms) < 2 {
			k.weight -= .5 // "Can you help me?"
		}
		c.all = append(c.all, k)
	}
}

// base is what a point is worth before anything else is known of its sentence.
var base = map[Point]float64{Problem: 1.1, Asked: .9, Promise: .85, Agreed: .95, Leaving: 1.1, Outcome: 1}

// weigh keeps one problem, and prefers the first ask, and what was promised and
// done last: that is what still holds.
func (c *summary) weigh() {
	problem, asked := -1, false
	for i := range c.all {
		k := &c.all[i]
		if k.Point == Asked && problem < 0 {
			asked = true
		}
		if k.Point != Problem {
			continue
		}
		// The first one that speaks of trouble, among the first things said; else
		// the first one, unless the question says it all.
		if problem < 0 && (k.cued || !asked) || problem >= 0 && k.cued && !c.all[problem].cued && k.place <= c.all[problem].place+1 {
			problem = i
		}
	}
	newest := map[Point]int{}
	oldest := -1
	for i := range c.all {
		switch k := &c.all[i]; k.Point {
		case Asked:
			if oldest < 0 && k.weight > .8 {
				oldest = i
			}
			newest[Asked] = i
		case Promise, Outcome, Agreed, Leaving:
			newest[k.Point] = i
		}
	}
	for i := range c.all {
		k := &c.all[i]
		if n, ok := newest[k.Point]; ok && n == i {
			k.weight += .2
		}
		if i == oldest {
			k.weight += .25
		}
	}
	kept := c.all[:0]
	for i, k := range c.all {
		if k.Point != Problem || i == problem {
			kept = append(kept, k)
		}
	}
	c.all = kept
}

// again is what a further sentence of a point is worth of its weight.
const again = .75

// pick takes the weightiest sentences one by one, each point a little less
// eagerly than before, and nothing that says what was taken already.
func (c *summary) pick(said []Statement) []Sentence {
	taken := map[Point]float64{} // what a further sentence of a point is worth
	share := func(p Point) float64 {
		if v, ok := taken[p]; ok {
			return v
		}
		return 1
	}
	var chosen []int
	used := make([]bool, len(c.all))
	for len(chosen) < MaxSummary {
		best, top := -1, 0.0
		for i := range c.all {
			if w := c.all[i].weight * share(c.all[i].Point); !used[i] && w > top {
				best, top = i, w
			}
		}
		if best < 0 {
			break
		}
		used[best] = true
		if k := &c.all[best]; !slices.ContainsFunc(chosen, func(i int) bool { return same(&c.all[i], k) }) {
			chosen = append(chosen, best)
			taken[k.Point] = share(k.Point) * again
		}
	}
	slices.SortFunc(chosen, func(a, b int) int {
		x, y := &c.all[a], &c.all[b]
		return cmp.Or(cmp.Compare(x.place, y.place), cmp.Compare(x.Span.From, y.Span.From))
	})
	out := make([]Sentence, len(chosen))
	for i, n := range chosen {
		k := &c.all[n]
		full := crm.ReadingText(said[k.Said].Subject, said[k.Said].Text)
		out[i] = k.Sentence
		if out[i].Span.To-out[i].Span.From > maxSentence {
			out[i].Span.To = cutAt(full, out[i].Span.From, maxSentence)
		}
		out[i].Text = strings.Join(strings.Fields(full[out[i].Span.From:out[i].Span.To]), " ")
	}
	return out
}

// same reports whether two sentences say the same. What was promised and then
// done shares its words, so different points must share nearly all of them.
func same(a, b *candidate) bool {
	common := 0
	for _, t := range a.terms {
		if slices.Contains(b.terms, t) {
			common++
		}
	}
	all := len(a.terms) + len(b.terms) - common
	if all == 0 {
		return a.Point == b.Point
	}
	if a.Point != b.Point {
		return float64(common) >= .85*float64(all)
	}
	return float64(common) >= .5*float64(all) || common >= 3 && float64(common) >= .8*float64(min(len(a.terms), len(b.terms)))
}

// content are the words of a sentence that say something, each once, and how
// many words it has at all.
func (s *scratch) content(n int32) (terms []uint64, words int) {
	from, _ := slices.BinarySearchFunc(s.tokens, n, func(t token, n int32) int { return int(t.sentence - n) })
	for _, t := range s.tokens[from:] {
		if t.sentence != n {
			break
		}
		if !t.word {
			continue
		}
		words++
		if !stopWords[t.hash] && (int(t.to-t.from) >= minTerm || isDigit(s.folded.text[t.from])) && !slices.Contains(terms, t.hash) {
			terms = append(terms, t.hash)
		}
	}
	return terms, words
}

// has says what a Reading found inside a sentence.
type has struct{ ask, promise, leaving, value bool }

func carries(r *crm.Reading, at crm.Span) (h has) {
	if r == nil {
		return h
	}
	inside := func(sp crm.Span) bool { return sp.From >= at.From && sp.From < at.To }
	h.ask = slices.ContainsFunc(r.Asks, func(a crm.Ask) bool { return inside(a.Span) })
	h.promise = slices.ContainsFunc(r.Promises, func(a crm.Ask) bool { return inside(a.Span) })
	h.leaving = r.Leaving != nil && slices.ContainsFunc(r.Leaving.Evidence, inside)
	h.value = slices.ContainsFunc(r.Entities, func(e crm.Entity) bool { return (e.Kind == "amount" || e.Kind == "date") && inside(e.Span) })
	return h
}

// quotedLine reports whether the line at is one that repeats an earlier message.
func quotedLine(text string, at int) bool {
	line := text[strings.LastIndexByte(text[:at], '\n')+1:]
	return strings.HasPrefix(strings.TrimLeft(line[:min(len(line), 20)], " \t"), ">")
}

// quoteHeads begin and end the line that mail programs put above what they quote.
var quoteHeads = [][2]string{{"on ", "wrote:"}, {"am ", "schrieb:"}, {"op ", "schreef:"}, {"le ", "écrit :"}, {"le ", "écrit:"}, {"el ", "escribió:"},
	{"il ", "scritto:"}, {"em ", "escreveu:"}, {"a ", "escreveu:"}, {"w dniu ", "pisze:"}, {"w dniu ", "napisał(a):"}, {"-----", "-----"}, {"_____", "_____"}}

// ownEnd is where a text begins to repeat an earlier one that its channel left in it.
func ownEnd(text string, from int) int {
	for at, n := from, 0; at < len(text) && n < bodyLines; n++ {
		next := at + lineLength(text[at:])
		if line := strings.ToLower(strings.TrimSpace(text[at:min(next, at+maxSentence)])); len(line) > 8 {
			for _, h := range quoteHeads {
				if strings.HasPrefix(line, h[0]) && strings.HasSuffix(line, h[1]) {
					return at
				}
			}
		}
		at = next
	}
	return len(text)
}

// cutAt is the last blank within n bytes from a place, or else the last rune's end.
func cutAt(text string, from, n int) int {
	to := from + n
	for !utf8.RuneStart(text[to]) {
		to--
	}
	if blank := strings.LastIndexAny(text[from:to], " \n\t"); blank > n/2 {
		return from + blank
	}
	return to
}
