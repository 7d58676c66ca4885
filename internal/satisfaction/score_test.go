package satisfaction

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func tally(kind string, scores ...int64) *Tally {
	t := &Tally{Asked: int64(len(scores))}
	for _, s := range scores {
		if scales[kind].Has(s) {
			t.Scores[s]++
		}
	}
	return t
}

func near(a, b, within float64) bool { return math.Abs(a-b) <= within }

func TestFiguresThatWereComputedByHand(t *testing.T) {
	t.Parallel()
	// CES 2.0 of the literature's example: the share of 5 to 7 and the mean.
	if f := tally(CES, 7, 6, 5, 4, 7, 2, 5, 1).Figures(CES); f.Value != 4.625 || f.Good != 62.5 || !f.Few || !near(f.Lower, 2.786, .001) || !near(f.Upper, 6.464, .001) {
		t.Errorf("%+v", f)
	}
	// 8 of 10: Wilson's interval is 49.0 to 94.3 %.
	if f := tally(CSAT, 5, 5, 5, 5, 4, 4, 4, 4, 1, 3).Figures(CSAT); f.Value != 80 || !near(f.Lower, 49.02, .01) || !near(f.Upper, 94.33, .01) || f.Bad != 10 || f.Mean != 4 {
		t.Errorf("%+v", f)
	}
	// 50 promoters, 30 passives, 20 detractors.
	nps := &Tally{Asked: 200}
	nps.Scores[9], nps.Scores[10], nps.Scores[8], nps.Scores[6], nps.Scores[0] = 30, 20, 30, 15, 5
	if f := nps.Figures(NPS); f.Value != 30 || !near((f.Upper-f.Lower)/2, 15.08, .01) || f.Few || f.ResponseRate != 50 || f.Good != 50 || f.Bad != 20 {
		t.Errorf("%+v", f)
	}
	// Answers that are all alike are not certainty.
	for _, kind := range []string{CSAT, NPS} {
		if f := tally(kind, scales[kind].High, scales[kind].High, scales[kind].High).Figures(kind); f.Value != 100 || f.Upper != 100 || f.Lower > 90 {
			t.Errorf("three of the best: %+v", f)
		}
	}
	if f := tally(CES, 7).Figures(CES); f.Lower != 1 || f.Upper != 7 {
		t.Errorf("one answer says nothing about the mean: %+v", f)
	}
	if f := (&Tally{Asked: 3, Pending: 3}).Figures(CSAT); f.Answered != 0 || f.Value != 0 || math.IsNaN(f.Lower) || len(f.Scores) != 5 {
		t.Errorf("%+v", f)
	}
	if !near(quantile(31), 2.0395, .0002) || !near(quantile(100), 1.9840, .0001) || !near(quantile(1e6), z, 1e-5) {
		t.Errorf("quantiles %v %v", quantile(31), quantile(100))
	}
}

func someTally(kind string) *rapid.Generator[*Tally] {
	return rapid.Custom(func(r *rapid.T) *Tally {
		t := new(Tally)
		for _, s := range scales[kind].Scores() {
			t.Scores[s] = rapid.Int64Range(0, 40).Draw(r, "count")
		}
		t.Pending = rapid.Int64Range(0, 20).Draw(r, "pending")
		t.Asked = t.Answered() + t.Pending + rapid.Int64Range(0, 20).Draw(r, "silent")
		return t
	})
}

// Whatever is answered: figures stay on their scale, an interval holds its value,
// more answers of the same kind narrow it, counting apart and together is the same,
// and a better answer is never worse.
func TestScoringProperties(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds {
		scale := scales[kind]
		low, high := map[string]float64{CSAT: 0, NPS: -100, CES: 1}[kind], map[string]float64{CSAT: 100, NPS: 100, CES: 7}[kind]
		rapid.Check(t, func(r *rapid.T) {
			a, b := someTally(kind).Draw(r, "a"), someTally(kind).Draw(r, "b")
			f := a.Figures(kind)
			n := int64(0)
			for _, c := range f.Scores {
				n += c
			}
			if n != f.Answered || f.Answered+f.Pending > f.Asked || f.ResponseRate < 0 || f.ResponseRate > 100 || f.Few != (n < 30) {
				r.Fatalf("%+v", f)
			}
			if n > 0 && (f.Lower > f.Value || f.Value > f.Upper || f.Lower < low || f.Upper > high || f.Mean < float64(scale.Low) || f.Mean > float64(scale.High)) {
				r.Fatalf("%+v is off its scale or its interval", f)
			}
			sum := *a
			sum.Add(b)
			if got, na, nb := sum.Figures(kind), float64(a.Answered()), float64(b.Answered()); na > 0 && nb > 0 &&
				!near(got.Value, (f.Value*na+b.Figures(kind).Value*nb)/(na+nb), 1e-9) {
				r.Fatalf("%v together, but %v and %v apart", got.Value, f.Value, b.Figures(kind).Value)
			}
			if n > 1 {
				four := *a
				for range 3 {
					four.Add(a)
				}
				if g := four.Figures(kind); g.Upper-g.Lower > f.Upper-f.Lower+1e-9 {
					r.Fatalf("four times the answers widen %v to %v", f, g)
				}
			}
			s := rapid.SampledFrom(scale.Scores()).Draw(r, "score")
			if s < scale.High && a.Scores[s] > 0 {
				better := *a
				better.Scores[s]--
				better.Scores[s+1]++
				if g := better.Figures(kind); g.Value < f.Value-1e-9 || g.Mean <= f.Mean {
					r.Fatalf("a better answer made %v of %v", g.Value, f.Value)
				}
			}
			if kind == NPS && n > 0 {
				// Promoters and detractors changed about: the same with the other sign.
				var m Tally
				good, bad := a.between(9, 10), a.between(0, 6)
				m.Asked, m.Scores[9], m.Scores[0], m.Scores[7] = a.Asked, bad, good, n-good-bad
				if g := m.Figures(NPS); !near(g.Value, -f.Value, 1e-9) || !near(g.Lower, -f.Upper, 1e-9) || !near(g.Upper, -f.Lower, 1e-9) {
					r.Fatalf("%+v against %+v", g, f)
				}
			}
		})
	}
}
