package understand

import (
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
}

// Pair is two intents that were taken for each other.
type Pair struct {
	Truth, Said string
	Count       int
}

// EvaluateIntents measures a model on texts that it was not trained on. An
// intent that the model does not know counts as wrong.
func EvaluateIntents(m *IntentModel, examples []Example) Figures {
	s := newScratch()
	labels := m.linear.labels
	var logits [][]float32
	var truth []int
	for _, e := range examples {
		s.load("", e.Text, false)
		z := make([]float32, len(labels))
		m.linear.project(s.features.list, &s.intents)
		m.linear.score(&s.intents, z)
		k, ok := slices.BinarySearch(labels, e.Intent)
		if !ok {
			k = -1
		}
		logits, truth = append(logits, z), append(truth, k)
	}
	f, _ := measureLogits(logits, truth, labels, m.temperature, float64(m.threshold))
	return f
}

// measureLogits computes the figures; with threshold 0 it chooses the entropy
// that rejects the default share, or more when what is left would not be precise
// enough, and returns it.
func measureLogits(logits [][]float32, truth []int, labels []string, a float32, threshold float64) (Figures, float64) {
	f := Figures{N: len(logits)}
	if f.N == 0 {
		return f, threshold
	}
	confidence := make([]float64, f.N)
	doubt := make([]float64, f.N)
	right := make([]bool, f.N)
	confused := map[[2]int]int{}
	p := make([]float32, len(labels))
	for i, z := range logits {
		softmax(z, p, a)
		best := top3(p)
		confidence[i], doubt[i] = float64(p[best[0]]), float64(entropy(p))
		right[i] = best[0] == truth[i]
		if right[i] {
			f.Accuracy++
		} else {
			confused[[2]int{truth[i], best[0]}]++
		}
		if slices.Contains(best[:min(3, len(p))], truth[i]) {
			f.Top3++
		}
	}
	f.ECE = calibrationError(confidence, right)
	if threshold == 0 {
		sure := make([]float64, f.N)
		for i, d := range doubt {
			sure[i] = -d
		}
		precise, _ := precisionThreshold(sure, right, acceptedPrecision)
		threshold = max(min(quantile(slices.Clone(doubt), 1-rejectShare), -precise), 0)
	}
	at, coverage := precisionThreshold(confidence, right, .95)
	f.Coverage95 = coverage
	above, hits, kept, keptRight := 0, 0, 0, 0
	for i, c := range confidence {
		if c >= at {
			above++
			hits += count(right[i])
		}
		if doubt[i] <= threshold {
			kept++
			keptRight += count(right[i])
		}
	}
	n := float64(f.N)
	f.Precision95 = float64(hits) / float64(max(above, 1))
	f.Accepted = float64(keptRight) / float64(max(kept, 1))
	f.Rejected = 1 - float64(kept)/n
	f.Accuracy /= n
	f.Top3 /= n
	f.Confusions = worstPairs(confused, labels)
	return f, threshold
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
