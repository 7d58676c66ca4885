package eval

import (
	"math/rand/v2"
	"slices"
)

// Bootstrap returns the 95 % interval of a figure over n cases (texts,
// dialogues): 1,000 times the figure of n cases drawn with replacement.
func Bootstrap(n int, seed uint64, figure func(drawn []int) float64) (low, high float64) {
	if n == 0 {
		return 0, 0
	}
	const rounds = 1000
	rng := rand.New(rand.NewPCG(seed, 0x5eed)) //nolint:gosec // reproducible, not secret
	values := make([]float64, rounds)
	drawn := make([]int, n)
	for r := range values {
		for i := range drawn {
			drawn[i] = rng.IntN(n)
		}
		values[r] = figure(drawn)
	}
	slices.Sort(values)
	return values[rounds/40], values[rounds-1-rounds/40]
}

// ShareInterval is Bootstrap for a share of cases that are right.
func ShareInterval(right []bool, seed uint64) (low, high float64) {
	return Bootstrap(len(right), seed, func(drawn []int) float64 {
		n := 0
		for _, i := range drawn {
			if right[i] {
				n++
			}
		}
		return float64(n) / float64(len(drawn))
	})
}
