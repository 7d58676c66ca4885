package understand

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The assembly and Go fit the same weights, and the weights part what can be
// parted, for labels in two blocks.
func TestOneAgainstRest(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const labels, rows = 20, 64
	var x []sample
	var targets []target
	for i := range 200 {
		s := sample{rows: []int32{int32(i % labels)}, values: []float32{1}, norm: 1} //nolint:gosec // below 20
		for range i % 4 {                                                            // an odd and an even number of features
			v := rng.Float32()
			s.rows, s.values = append(s.rows, int32(labels+rng.IntN(rows-labels))), append(s.values, v) //nolint:gosec // below 64
			s.norm += v * v
		}
		x, targets = append(x, s), append(targets, target{label: i % labels})
	}
	fit := func() *oneAgainstRest {
		o := newOneAgainstRest(x, targets, labels, rows, 1, 5)
		for block := range o.blocks() {
			o.fit(block)
		}
		return o
	}
	o := fit()
	for i := range x {
		best := 0
		for k := range labels {
			if dot(&x[i], o.w[k])+o.bias[k] > dot(&x[i], o.w[best])+o.bias[best] {
				best = k
			}
		}
		if best != targets[i].label {
			t.Errorf("text %d is read as %d, want %d", i, best, targets[i].label)
		}
	}
	if !hasAVX2 {
		t.Skip("this machine has no AVX2: only the Go version runs here")
	}
	hasAVX2 = false
	defer func() { hasAVX2 = true }()
	plain := fit()
	for k := range labels {
		if !slices.Equal(o.w[k], plain.w[k]) || o.bias[k] != plain.bias[k] {
			t.Errorf("label %d: the assembly and Go differ", k)
		}
	}
}
