package journey

import (
	"math"

	"github.com/rapport-crm/rapport/internal/crm"
)

// example is one decision: the journeys that competed for a contact, and which
// of them it truly belongs to. None: it truly was something new.
type example struct {
	x      []vector
	right  []bool
	weight float64
}

// Learning is a softmax over the journeys and a new one (which scores 0), fitted
// by gradient descent with momentum; ridge draws the weights to the prior.
const (
	ridge     = .0003
	rate      = .5
	momentum  = .9
	steps     = 400
	passes    = 3  // the linker's own journeys are what it meets, so it learns from what it made itself
	humanSays = 20 // a correction counts like that many synthetic decisions
)

// learn learns from synthetic chains (one set a seed), from corrections of
// people, and the commonness of words from the sets and from texts.
func learn(sets [][]told, corrections []example, texts []string) *Parameters {
	p := &Parameters{Weights: prior, Common: commonWords(sets, texts)}
	for range passes {
		var examples []example
		for _, all := range sets {
			linker{p: p}.observe(clone(all), func(e example) { examples = append(examples, e) })
		}
		p.Weights = *fit(append(examples, corrections...), prior)
	}
	return p
}

// commonWords are the words that at least one contact in five hundred uses. The
// two kinds of text share no words worth mentioning, so the larger share counts.
func commonWords(sets [][]told, texts []string) map[uint32]float32 {
	out := map[uint32]float32{}
	count := func(n int, words func(i int) []uint32) {
		seen := map[uint32]int{}
		for i := range n {
			for _, w := range words(i) {
				seen[w]++
			}
		}
		for w, k := range seen {
			if share := float32(k) / float32(n); k > 1 && share >= .002 {
				out[w] = max(out[w], float32(math.Round(float64(share)*1e4)/1e4))
			}
		}
	}
	var all []told
	for _, s := range sets {
		all = append(all, s...)
	}
	count(len(all), func(i int) []uint32 { return all[i].c.read().terms })
	count(len(texts), func(i int) []uint32 { return Words("", texts[i]) })
	return out
}

// observe links the contacts and tells what competed for each, with the truth:
// a journey is right when the last contact in it is of the same chain.
func (l linker) observe(all []told, tell func(example)) {
	people := map[crm.ID]*person{}
	chain := map[crm.ID]int{}
	for _, t := range all {
		p := people[t.c.CustomerID]
		if p == nil {
			p = &person{}
			people[t.c.CustomerID] = p
		}
		if f := t.c.read(); l.scores(t.c, f, p.journeys) {
			e := example{weight: 1}
			for _, k := range l.candidates(t.c, f, p.journeys) {
				e.x, e.right = append(e.x, k.x), append(e.right, chain[k.r.ID] == t.chain)
			}
			tell(e)
		}
		l.take(p, t.c, t.c.At)
		if !t.c.JourneyID.IsZero() {
			chain[t.c.JourneyID] = t.chain
		}
	}
}

// scores reports whether the score decides about c, and not a rule before it.
func (l linker) scores(c *Contact, f *facts, of []*record) bool {
	if len(of) == 0 || !opens(c) {
		return false
	}
	if _, ok := l.byEntity(c, f, of); ok {
		return false
	}
	_, ok := l.byConversation(c, f, of)
	return !ok
}

func clone(all []told) []told {
	out := make([]told, len(all))
	for i, t := range all {
		c := *t.c
		c.JourneyID, c.Link, c.facts = crm.ID{}, crm.Link{}, nil
		out[i] = told{c: &c, chain: t.chain, issue: t.issue}
	}
	return out
}

// fit minimises the mean log loss of the right side, journeys of the same chain
// counting together.
func fit(examples []example, start Weights) *Weights {
	w := start
	var speed Weights
	var total float64
	for _, e := range examples {
		total += e.weight
	}
	for step := range steps {
		var slope Weights
		for i := range examples {
			examples[i].gradient(&w, &slope)
		}
		for k := range w {
			g := slope[k]/total + ridge*(w[k]-start[k])
			speed[k] = momentum*speed[k] - rate/(1+float64(step)/200)*g
			w[k] += speed[k]
		}
	}
	return &w
}

// gradient adds the slope of the example's loss: (probability − probability
// given the truth) times the features.
func (e *example) gradient(w, slope *Weights) {
	p := make([]float64, len(e.x))
	sum, right, known := 1.0, 0.0, false
	for i := range e.x {
		p[i] = math.Exp(min(w.score(&e.x[i]), 30))
		sum += p[i]
		if e.right[i] {
			right += p[i]
			known = true
		}
	}
	for i := range e.x {
		g := p[i] / sum
		if known && e.right[i] {
			g -= p[i] / right
		}
		for k, v := range e.x[i] {
			if v != 0 {
				slope[k] += e.weight * g * v
			}
		}
	}
}
