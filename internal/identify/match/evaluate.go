package match

import (
	"fmt"
	"math"
	"slices"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/eval/cluster"
)

// Evaluate resolves a labelled table without its labels and scores the outcome.
func Evaluate(l *Labelled, seed uint64) (*eval.Report, error) {
	r, err := Resolve(l.Table, Options{Seed: seed, Skip: l.Skip})
	if err != nil {
		return nil, err
	}
	n := len(l.Rows)
	s := cluster.Compare(l.Truth, r.Groups)
	var among, linked, right float64
	for _, p := range r.Pairs {
		same := l.Truth[p.A] == l.Truth[p.B]
		if same {
			among++
		}
		if Probability(p.Bits) >= automatic {
			linked++
			if same {
				right++
			}
		}
	}
	_, _, pairF := cluster.Links(right, linked, s.Gold)
	figure := func(name string, v float64, note string) eval.Figure {
		return eval.Figure{Name: name, Value: v, N: n, Seed: seed, Note: note}
	}
	report := &eval.Report{Title: "Identity resolution, unsupervised (true entity: " + l.Entity + ")",
		Figure: figure("f1", s.F, "pairs of records in one group")}
	report.Figures = []eval.Figure{
		figure("precision", s.P, "pairs"), figure("recall", s.R, "pairs"), figure("b_cubed", s.BF, "F1"),
		figure("over_merge", s.Mixed, "records grouped with another entity's"),
		figure("pair_f1", pairF, "before groups are closed"),
		figure("candidates_recall", cluster.Ratio(among, s.Gold), fmt.Sprintf("true pairs among %d candidates", len(r.Pairs))),
		figure("exact_groups", s.ExactF, "F1 of whole groups"),
	}
	report.Details = r.Model
	return report, nil
}

// automatic is the probability from which records would be put together.
const automatic = .999

// EvaluateSynthetic scores the synthetic customer file. The baseline is what
// systems without a model do: the same mail address or telephone number is the
// same person.
func EvaluateSynthetic(seeds []uint64, people int) (*eval.Report, error) {
	var f, p, rec, over, baseF, baseOver []float64
	rows := 0
	for _, seed := range seeds {
		t, truth := Synthetic(seed, people)
		r, err := Resolve(t, Options{Seed: seed})
		if err != nil {
			return nil, err
		}
		s, b := cluster.Compare(truth, r.Groups), cluster.Compare(truth, sameContact(t))
		f, p, rec, over = append(f, s.F), append(p, s.P), append(rec, s.R), append(over, s.Mixed)
		baseF, baseOver = append(baseF, b.F), append(baseOver, b.Mixed)
		rows += len(t.Rows)
	}
	figure := func(name string, v []float64, base *float64, note string) eval.Figure {
		return eval.Figure{Name: name, Value: mean(v), N: rows, Seed: seeds[0], Baseline: base, Note: note}
	}
	report := &eval.Report{Title: "Identity resolution, synthetic customer file: families, offices, recycled numbers, namesakes", Seeds: seeds}
	report.Figure = figure("over_merge", over, eval.Baseline(mean(baseOver)), "records shown with another person's; baseline: same mail or phone")
	report.Figures = []eval.Figure{
		figure("over_merge_worst_seed", []float64{slices.Max(over)}, nil, ""),
		figure("f1", f, eval.Baseline(mean(baseF)), "pairs put together without a person; the rest are suggestions"),
		figure("precision", p, nil, "pairs"), figure("recall", rec, nil, "pairs"),
	}
	return report, nil
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / math.Max(float64(len(v)), 1)
}

// sameContact puts together who has the same mail address or number.
func sameContact(t Table) cluster.Groups {
	groups := make(cluster.Groups, len(t.Rows))
	for i := range groups {
		groups[i] = i
	}
	find := func(i int) int {
		for groups[i] != i {
			i = groups[i]
		}
		return i
	}
	first := map[string]int{}
	for i, row := range t.Rows {
		for _, v := range row[1:3] {
			if v == "" {
				continue
			}
			if j, ok := first[v]; ok {
				groups[find(i)] = find(j)
			} else {
				first[v] = i
			}
		}
	}
	out := make(cluster.Groups, len(groups))
	for i := range out {
		out[i] = find(i)
	}
	return out
}
