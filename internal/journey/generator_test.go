package journey

import (
	"testing"

	"github.com/rapport-crm/rapport/internal/eval"
)

// The linker is measured on chains that it did not learn from, against what a
// reporting system would use.
func TestGeneratedChains(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3, 4, 5} {
		if _, concurrent := generate(seed, 600); concurrent < .15 {
			t.Errorf("only %.0f %% of the customers have two issues open at once", concurrent*100)
		}
		one, err := Evaluate("", []uint64{seed}, 600, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range append([]eval.Figure{one.Figure}, one.Figures...) {
			if f.Baseline != nil && f.Name != "pairwise_precision" && f.Value <= *f.Baseline {
				t.Errorf("seed %d: %s %.3f, a baseline has %.3f", seed, f.Name, f.Value, *f.Baseline)
			}
			if f.Name == "pairwise_f1" && f.Value < .7 || f.Name == "pairwise_precision" && f.Value < .85 {
				t.Errorf("seed %d: %s %.3f", seed, f.Name, f.Value)
			}
		}
	}
	report, err := Evaluate("", []uint64{1, 2, 3}, 600, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	least := map[string]float64{"b_cubed_f1": .10, "pairwise_f1_generous": .10, "b_cubed_f1_generous": .05, "pairwise_f1_customer": .08}
	if report.Value < *report.Baseline+.10 {
		t.Errorf("pairs: F1 %.3f, baseline %.3f", report.Value, *report.Baseline)
	}
	for _, f := range report.Figures {
		t.Logf("%s %.3f", f.Name, f.Value)
		if f.Baseline != nil && f.Value < *f.Baseline+least[f.Name] && least[f.Name] > 0 {
			t.Errorf("%s: %.3f, baseline %.3f", f.Name, f.Value, *f.Baseline)
		}
		if f.Name == "about_unanswered_precision" && (f.Value < .95 || f.N < 15) {
			t.Errorf("calls about an unanswered mail: %.3f of %d", f.Value, f.N)
		}
	}
}
