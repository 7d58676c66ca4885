package understand

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestTerms(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	a := r.Terms(Input{Text: "When does my text plan start? Plan, PLAN! Order 12."})
	b := r.Terms(Input{Text: "the text plan does start on 12 order"})
	if !slices.IsSorted(a) || len(a) != len(slices.Compact(slices.Clone(a))) {
		t.Errorf("not sorted or not distinct: %v", a)
	}
	if !slices.Equal(a, b) {
		t.Errorf("text, plan, start, order and 12 differ: %v, %v", a, b)
	}
	if got := r.Terms(Input{Text: "ich und du, de het een, le la les, el la los, it is on"}); len(got) != 0 {
		t.Errorf("stop words are left: %v", got)
	}
	var long strings.Builder
	for i := range 500 {
		fmt.Fprintf(&long, "word%d ", i)
	}
	if got := r.Terms(Input{Text: long.String()}); len(got) != maxTerms {
		t.Errorf("%d terms, want %d", len(got), maxTerms)
	}
}
