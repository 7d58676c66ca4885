package understand

import (
	"math"
	"slices"
	"sort"
)

// Figures are the measurements of an intent model on labelled texts.
type Figures struct {
	N           int     `json:"n"`
	Accuracy    float64 `json:"accuracy"`     // share right, nothing abstained
	Top3        float64 `json:"top3"`         // share with the truth among the best three
	ECE         float64 `json:"ece"`          // expected calibration error, 15 bins
	Coverage95  float64 `json:"coverage_95"`  // share above the confidence at which 95 % are right
	Precision95 float64 `json:"precision_95"` // what that share reaches
	Rejected    float64 `json:"rejected"`     // share that the model calls unknown
	Accepted    float64 `json:"accepted"`     // share right of what it does not
	Confusions  []Pair  `json:"confusions,omitempty"`
	Said        []Said  `json:"said,omitempty"` // per intent, of the texts that are not called unknown
	Right       []bool  `json:"-"`              // per text, in no order
}

// Said is how often an intent was read, and how often that was right.
type Said struct {
	Intent string `json:"intent"`
	N      int    `json:"n"`
	Right  int    `json:"right"`
}

// Pair is two intents that were taken for each other.
type Pair struct {
	Truth string `json:"truth"`
	Said  string `json:"said"`
	Count int    `json:"count"`
}

// EvaluateIntents measures a model on texts that it was not trained on. An
// intent that the model does not know counts as wrong.
func EvaluateIntents(m *IntentModel, examples []Example) Figures {
	s := newScratch()
	var held []heldOut
	blank := 0
	for _, e := range examples {
		s.load("", e.Text)
		k, ok := slices.BinarySearch(m.linear.labels, e.Intent)
		if !ok {
			k = -1
		}
		if !m.score(s.features.list, &s.intents) {
			blank++
			continue
		}
		held = append(held, s.intents.keep(k))
	}
	o := m.tuning.judge(held, len(m.linear.labels))
	for range blank { // nothing to go by: wrong, unknown, and said to be so
		o = append(o, outcome{best: [3]int{-1, -1, -1}, truth: -2, doubt: math.Inf(1)})
	}
	return figuresOf(o, m.linear.labels, float64(m.tuning.threshold))
}

// outcome is what a model said of one text.
type outcome struct {
	confidence, doubt float64
	best              [3]int
	truth             int
}

func (o *outcome) right() bool { return o.best[0] == o.truth }

// judge turns logits into outcomes.
func (t *tuning) judge(held []heldOut, labels int) []outcome {
	out := make([]outcome, len(held))
	p := make([]float32, labels)
	for i := range held {
		held[i].vote(t, p)
		best := top3(p)
		out[i] = outcome{float64(p[best[0]]), float64(t.doubt(&held[i].scores, held[i].flat(t))), best, held[i].truth}
	}
	return out
}

// calibrate fits the temperatures and what is usual for known texts.
func (t *tuning) calibrate(held []heldOut) {
	linear, hidden, truth := make([][]float32, len(held)), make([][]float32, len(held)), make([]int, len(held))
	for i := range held {
		linear[i], hidden[i], truth[i] = held[i].linear, held[i].hidden, held[i].truth
	}
	t.linear, t.hidden = float32(fitTemperature(linear, truth)), float32(fitTemperature(hidden, truth))
	if len(held) == 0 || len(held[0].novel.both) == 0 {
		return
	}
	both, doubt, near := make([][]float32, len(held)), make([]float64, len(held)), make([]float64, len(held))
	for i := range held {
		both[i], near[i] = held[i].novel.both, float64(held[i].novel.near)
	}
	t.both = float32(fitTemperature(both, truth))
	for i := range held {
		doubt[i] = float64(entropy(held[i].flat(t)))
	}
	t.entropy, t.near, t.length = standardOf(doubt), standardOf(near), trend{}
	lengths := make([]float64, len(held))
	for i := range held {
		doubt[i] = float64(t.doubt(&held[i].scores, held[i].flat(t)))
		lengths[i] = float64(held[i].length())
	}
	t.length = trendOf(lengths, doubt)
}

// measure computes the figures of out-of-fold texts, and chooses the doubt that
// rejects the default share, or more when what is left would not be precise
// enough.
func (t *tuning) measure(held []heldOut, labels []string) Figures {
	o := t.judge(held, len(labels))
	doubt, sure, right := make([]float64, len(o)), make([]float64, len(o)), make([]bool, len(o))
	for i := range o {
		doubt[i], sure[i], right[i] = o[i].doubt, -o[i].doubt, o[i].right()
	}
	precise, some := precisionThreshold(sure, right, acceptedPrecision)
	threshold := min(quantile(doubt, 1-rejectShare), -precise)
	if some == 0 {
		threshold = allDoubt // nothing is precise enough
	}
	t.threshold = float32(threshold)
	return figuresOf(o, labels, float64(t.threshold))
}

// figuresOf sums outcomes up.
func figuresOf(o []outcome, labels []string, threshold float64) Figures {
	f := Figures{N: len(o)}
	if f.N == 0 {
		return f
	}
	confidence, right := make([]float64, f.N), make([]bool, f.N)
	confused := map[[2]int]int{}
	kept, keptRight := 0, 0
	said := make([]Said, len(labels))
	for i := range o {
		confidence[i], right[i] = o[i].confidence, o[i].right()
		if !right[i] && o[i].best[0] >= 0 {
			confused[[2]int{o[i].truth, o[i].best[0]}]++
		}
		f.Accuracy += float64(count(right[i]))
		f.Top3 += float64(count(slices.Contains(o[i].best[:min(3, len(labels))], o[i].truth)))
		if o[i].doubt <= threshold {
			kept++
			keptRight += count(right[i])
			if k := o[i].best[0]; k >= 0 {
				said[k].Intent = labels[k]
				said[k].N++
				said[k].Right += count(right[i])
			}
		}
	}
	f.ECE, f.Right = calibrationError(confidence, right), right
	at, coverage := precisionThreshold(confidence, right, .95)
	f.Coverage95 = coverage
	above, hits := 0, 0
	for i, c := range confidence {
		if c >= at {
			above++
			hits += count(right[i])
		}
	}
	n := float64(f.N)
	f.Precision95 = float64(hits) / float64(max(above, 1))
	f.Accepted = float64(keptRight) / float64(max(kept, 1))
	f.Rejected = 1 - float64(kept)/n
	f.Accuracy /= n
	f.Top3 /= n
	f.Confusions = worstPairs(confused, labels)
	f.Said = slices.DeleteFunc(said, func(s Said) bool { return s.N == 0 })
	return f
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func worstPairs(confused map[[2]int]int, labels []string) []Pair {
	var pairs []Pair
	for k, n := range confused {
		truth := "(not known to the model)"
		if k[0] >= 0 {
			truth = labels[k[0]]
		}
		pairs = append(pairs, Pair{truth, labels[k[1]], n})
	}
	sort.Slice(pairs, func(i, j int) bool {
		a, b := pairs[i], pairs[j]
		if a.Count != b.Count {
			return a.Count > b.Count
		}
		return a.Truth+"\x00"+a.Said < b.Truth+"\x00"+b.Said
	})
	return pairs[:min(10, len(pairs))]
}

// top3 are the indices of the three largest values, best first.
func top3(p []float32) [3]int {
	best := [3]int{-1, -1, -1}
	for i, v := range p {
		if best[2] >= 0 && v <= p[best[2]] {
			continue
		}
		for n := range best {
			if best[n] < 0 || v > p[best[n]] {
				copy(best[n+1:], best[n:2])
				best[n] = i
				break
			}
		}
	}
	return best
}
