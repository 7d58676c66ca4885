package understand

import (
	"math"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// sameText is the cosine above which a text takes the label of a stored one.
const sameText = .95

// corrections are labelled texts that overrule the model for texts that are
// nearly the same. An index over the rare features of each keeps the search
// short: two texts above the limit share at least one of them.
type corrections struct {
	examples []corrected
	byHash   map[uint64][]int32
}

type corrected struct {
	intent  string
	by      *crm.Labelled
	weights map[uint64]float32
}

// WithCorrections is the same reader with people's labels on top: a text whose
// cosine to one of them is above .95 takes its intent. Later examples win.
func (r *Reader) WithCorrections(examples []Example) *Reader {
	out := *r
	out.corrections = nil
	if len(examples) == 0 {
		return &out
	}
	c := &corrections{byHash: map[uint64][]int32{}}
	texts := map[uint64]int{} // how many examples have a feature
	s := newScratch()
	for _, e := range examples {
		s.load("", e.Text)
		if len(s.features.list) == 0 || e.Intent == "" {
			continue
		}
		w := map[uint64]float32{}
		unitWeights(s.features.list, func(h uint64, v float32) { w[h] = v; texts[h]++ })
		c.examples = append(c.examples, corrected{e.Intent, &crm.Labelled{Author: e.Author, At: e.At}, w})
	}
	for n, e := range c.examples {
		hashes := make([]uint64, 0, len(e.weights))
		for h := range e.weights {
			hashes = append(hashes, h)
		}
		slices.SortFunc(hashes, func(a, b uint64) int {
			if texts[a] != texts[b] {
				return texts[a] - texts[b]
			}
			if a < b {
				return -1
			}
			return 1
		})
		// Whoever shares none of these features has at most the rest in common:
		// its length is below the limit (Cauchy and Schwarz).
		rest := 1.0
		for _, h := range hashes {
			if rest < sameText*sameText {
				break
			}
			c.byHash[h] = append(c.byHash[h], int32(n))
			rest -= float64(e.weights[h]) * float64(e.weights[h])
		}
	}
	out.corrections = c
	return &out
}

// unitWeights gives each feature its share of a vector of length 1, both blocks
// weighing the same.
func unitWeights(list []feature, f func(h uint64, v float32)) {
	var sum [2]float64
	for i := range list {
		v := float64(weight(list[i].count))
		sum[list[i].block] += v * v
	}
	blocks := float64(count(sum[0] > 0) + count(sum[1] > 0))
	for i := range list {
		f(list[i].hash, weight(list[i].count)/float32(math.Sqrt(sum[list[i].block]*blocks)))
	}
}

// apply overrules the intents when a stored text is nearly the same.
func (c *corrections) apply(s *scratch, out *crm.Reading) {
	if c == nil || len(s.features.list) == 0 {
		return
	}
	var near []int32
	for i := range s.features.list {
		near = append(near, c.byHash[s.features.list[i].hash]...)
	}
	if len(near) == 0 {
		return
	}
	slices.Sort(near)
	near = slices.Compact(near)
	for n := len(near) - 1; n >= 0; n-- {
		e := &c.examples[near[n]]
		cosine := float32(0)
		unitWeights(s.features.list, func(h uint64, v float32) { cosine += v * e.weights[h] })
		if cosine <= sameText {
			continue
		}
		out.Labelled = e.by
		first := crm.Label{Name: e.intent, Confidence: min(round(cosine), 1)}
		if len(s.regions) > 0 {
			r := s.regions[len(s.regions)-1]
			first.Evidence = []crm.Span{{From: r.from, To: r.to}}
		}
		intents := []crm.Label{first}
		for _, l := range out.Intents {
			if l.Name != e.intent && len(intents) < 3 {
				l.Confidence = min(l.Confidence, 1-first.Confidence)
				l.Evidence = nil
				intents = append(intents, l)
			}
		}
		out.Intents, out.Unknown = intents, false
		return
	}
}
