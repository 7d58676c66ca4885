package understand

import (
	"fmt"
	"hash/fnv"
	"slices"
)

// RefitJob is the kind of the job that trains again, and RefitAfter how many
// corrections call for it.
const (
	RefitJob   = "intents_refit"
	RefitAfter = 25
)

// Limits of what a refit may lose on the slice that neither model has seen.
const (
	mayLose       = .005 // of the accuracy over all texts
	mayLoseIntent = .10  // of the accuracy of an intent …
	sureIntent    = 20   // … that has at least this many texts there
)

// Comparison tells what new labels do to the model: both are trained without a
// fifth of the texts, which is chosen by their words and so stays the same from
// refit to refit, and measured on it.
type Comparison struct {
	N      int      `json:"n"` // texts of the slice
	Before float64  `json:"before"`
	After  float64  `json:"after"`
	Worse  []string `json:"worse,omitempty"` // intents that lose too much
	Better bool     `json:"better"`          // may be put into use
}

// CompareRefit measures a model without the fresh examples against one with
// them. base and own are as in TrainIntents; fresh comes on top of own.
func CompareRefit(base, own, fresh []Example, seed int64) (Comparison, error) {
	before, _ := mergeExamples(base, own)
	after, _ := mergeExamples(base, slices.Concat(own, fresh))
	var slice []Example
	for _, e := range after {
		if heldSlice(e.Text) {
			slice = append(slice, e)
		}
	}
	old, err := fitRest(before, seed)
	if err != nil {
		return Comparison{}, err
	}
	next, err := fitRest(after, seed)
	if err != nil {
		return Comparison{}, err
	}
	a, b := rightOf(old, slice), rightOf(next, slice)
	return compare(slice, a, b), nil
}

func heldSlice(text string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return h.Sum32()%5 == 0
}

// fitRest trains on what is not in the slice. Its temperatures are those of any
// model: only the best label is looked at.
func fitRest(examples []Example, seed int64) (*IntentModel, error) {
	rest := slices.DeleteFunc(slices.Clone(examples), func(e Example) bool { return heldSlice(e.Text) })
	labels := labelsOf(rest)
	if len(labels) < 2 {
		return nil, fmt.Errorf("understand: %d intents are too few to compare models", len(labels))
	}
	set := newTrainingSet(rest, labels)
	r := set.recipe(TrainOptions{Seed: seed})
	m := set.fit(set.all(), r)
	m.tuning = tuning{linear: 4, hidden: 1.5, both: 1.5, vote: r.vote(), threshold: noDoubt}
	return m, nil
}

func rightOf(m *IntentModel, examples []Example) []bool {
	s := newScratch()
	p := make([]float32, len(m.linear.labels))
	right := make([]bool, len(examples))
	for i, e := range examples {
		s.load("", e.Text)
		right[i] = m.probabilities(s.features.list, &s.intents, p) && m.linear.labels[top3(p)[0]] == e.Intent
	}
	return right
}

// compare applies the limits.
func compare(slice []Example, before, after []bool) Comparison {
	type tally struct{ n, before, after int }
	c := Comparison{N: len(slice)}
	intents := map[string]*tally{}
	for i, e := range slice {
		t := intents[e.Intent]
		if t == nil {
			t = &tally{}
			intents[e.Intent] = t
		}
		t.n++
		t.before += count(before[i])
		t.after += count(after[i])
		c.Before += float64(count(before[i])) / float64(len(slice))
		c.After += float64(count(after[i])) / float64(len(slice))
	}
	for name, t := range intents {
		if t.n >= sureIntent && float64(t.before-t.after) >= mayLoseIntent*float64(t.n) {
			c.Worse = append(c.Worse, name)
		}
	}
	slices.Sort(c.Worse)
	c.Better = c.Before-c.After <= mayLose+1e-9 && len(c.Worse) == 0
	return c
}
