package understand

import (
	"cmp"
	"slices"
)

// Self-training (section "few examples" of docs/eval.md): the model labels the
// inbox, what it is surest of joins the training at a lower weight, and that is
// repeated with a growing share.
const selfWeight = .3

var selfShares = []float64{.5, .7, .9}

// selfRounds is the number of rounds for the model that is kept; the folds that
// measure it take one.
var selfRounds = len(selfShares)

// selfTrain fits the given texts, and then with the inbox. tune knows what the
// model would call unknown, which is left out; without it nothing is.
func (t *trainingSet) selfTrain(texts []int, inbox [][]feature, r recipe, tune *tuning, rounds int) *IntentModel {
	m := t.fit(texts, r)
	if len(inbox) == 0 {
		return m
	}
	if tune == nil {
		tune = &tuning{linear: 4, hidden: 1.5, vote: linearVote, threshold: noDoubt} // no more than an order is needed
	}
	shares := selfShares
	if rounds == 1 {
		shares = []float64{.8}
	}
	for _, share := range shares {
		m = t.with(texts, m.label(inbox, tune, share), inbox).fitAll(r)
	}
	return m
}

// guess is what a model says of an unlabelled text.
type guess struct {
	text, label int
	margin      float32
}

// label guesses the labels of the share of the texts that the model is surest
// of, by best minus second. No label takes more than three times its even part:
// a model that is wrong about one intent must not fill it with the inbox.
func (m *IntentModel) label(texts [][]feature, tune *tuning, share float64) []guess {
	var s scores
	n := len(m.linear.labels)
	p := make([]float32, n)
	guesses := make([]guess, 0, len(texts))
	for i, list := range texts {
		if !m.score(list, &s) {
			continue
		}
		if tune.doubt(&s, s.flat(tune)) > tune.threshold {
			continue
		}
		s.vote(tune, p)
		best := top3(p)
		guesses = append(guesses, guess{i, best[0], p[best[0]] - p[best[1]]})
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(b.margin, a.margin) })
	guesses = guesses[:int(share*float64(len(guesses)))]
	most := 3*len(guesses)/n + 1
	counts := make([]int, n)
	return slices.DeleteFunc(guesses, func(g guess) bool {
		counts[g.label]++
		return counts[g.label] > most
	})
}

// with is the given texts and the guessed ones as a set of its own. Features of
// a single text are dropped: there are many texts now.
func (t *trainingSet) with(texts []int, guesses []guess, inbox [][]feature) *trainingSet {
	out := &trainingSet{labels: t.labels, counts: t.counts, minimum: 2}
	for _, i := range texts {
		out.add(t.texts[i], t.label[i], t.weight[i])
	}
	for _, g := range guesses {
		out.add(inbox[g.text], g.label, selfWeight)
	}
	return out
}

func (t *trainingSet) fitAll(r recipe) *IntentModel { return t.fit(t.all(), r) }
