package understand

import (
	"math"
	"slices"
)

// sparseDot is the inner product of two sparse vectors, summed in the order of their
// features: sums in the order of a map would differ from run to run.
func sparseDot(a, b map[uint64]float32) float32 {
	if len(b) < len(a) {
		a, b = b, a
	}
	var shared []uint64
	for h := range a {
		if _, ok := b[h]; ok {
			shared = append(shared, h)
		}
	}
	slices.Sort(shared)
	var sum float32
	for _, h := range shared {
		sum += a[h] * b[h]
	}
	return sum
}

// unit scales a vector to length 1, in place.
func unit(v map[uint64]float32) map[uint64]float32 {
	norm := math.Sqrt(float64(sparseDot(v, v)))
	if norm == 0 {
		return v
	}
	for h := range v {
		v[h] /= float32(norm)
	}
	return v
}
