package understand

import (
	"cmp"
	"math"
	"slices"
)

// UnknownFigures say how well a model tells texts of intents that it does not
// know from texts of those that it knows.
type UnknownFigures struct {
	Known, Unknown int
	AUROC          float64 // of doubt
	FalseAlarms    float64 // share of known texts called unknown where 95 % of the unknown ones are caught
	Lost           float64 // share of known texts that the model calls unknown
	Caught         float64 // share of unknown texts that it calls unknown
	Accuracy       float64 // of all known texts, nothing abstained
	Accepted       float64 // share of known texts that are read right and not called unknown
}

// EvaluateUnknown measures a model on texts of known intents and on texts of
// none of them.
func EvaluateUnknown(m *IntentModel, known []Example, unknown []string) UnknownFigures {
	s := newScratch()
	f := UnknownFigures{Known: len(known), Unknown: len(unknown)}
	p := make([]float32, len(m.linear.labels))
	doubt := func(text string) (float64, string) {
		s.load("", text)
		if !m.probabilities(s.features.list, &s.intents, p) {
			return math.Inf(1), ""
		}
		return float64(m.tuning.doubt(&s.intents, s.intents.flat(&m.tuning))), m.linear.labels[top3(p)[0]]
	}
	var in, out []float64
	limit := float64(m.tuning.threshold)
	for _, e := range known {
		d, said := doubt(e.Text)
		in = append(in, d)
		right := said == e.Intent
		f.Accuracy += float64(count(right))
		f.Accepted += float64(count(right && d <= limit))
		f.Lost += float64(count(d > limit))
	}
	for _, text := range unknown {
		d, _ := doubt(text)
		out = append(out, d)
		f.Caught += float64(count(d > limit))
	}
	n := float64(max(len(in), 1))
	f.Accuracy, f.Accepted, f.Lost = f.Accuracy/n, f.Accepted/n, f.Lost/n
	f.Caught /= float64(max(len(out), 1))
	f.AUROC = areaUnderROC(in, out)
	at := quantile(slices.Clone(out), .05)
	for _, d := range in {
		f.FalseAlarms += float64(count(d >= at)) / n
	}
	return f
}

// areaUnderROC is the chance that a positive value is larger than a negative
// one, ties counting half.
func areaUnderROC(negative, positive []float64) float64 {
	type value struct {
		v  float64
		is bool
	}
	all := make([]value, 0, len(negative)+len(positive))
	for _, v := range negative {
		all = append(all, value{v, false})
	}
	for _, v := range positive {
		all = append(all, value{v, true})
	}
	slices.SortFunc(all, func(a, b value) int { return cmp.Compare(a.v, b.v) })
	below, area := 0.0, 0.0
	for i := 0; i < len(all); {
		j, n, p := i, 0.0, 0.0
		for ; j < len(all) && all[j].v == all[i].v; j++ {
			if all[j].is {
				p++
			} else {
				n++
			}
		}
		area += p * (below + n/2)
		below += n
		i = j
	}
	return area / max(1, float64(len(negative))*float64(len(positive)))
}
