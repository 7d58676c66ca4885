package understand

import (
	"math"
	"slices"
)

// softmax writes the probabilities of a·z into p, which may be z.
func softmax(z, p []float32, a float32) {
	p = p[:len(z)]
	exps(p, z, a, highest(z))
	var sum float32
	for _, e := range p {
		sum += e
	}
	divide(p, sum)
}

// entropy of a distribution, in nats.
func entropy(p []float32) float32 {
	var h float64
	var terms [128]float64
	for part := range slices.Chunk(p, len(terms)) {
		pLogs(terms[:], part)
		for _, t := range terms[:len(part)] {
			h -= t
		}
	}
	return float32(h)
}

// fitTemperature is the one number a that minimises the negative log-likelihood
// of softmax(a·z) over out-of-fold logits, by golden section on [.3, 15].
func fitTemperature(logits [][]float32, truth []int) float64 {
	loss := func(a float64) float64 {
		sum := 0.0
		for i, z := range logits {
			top := slices.Max(z)
			total := 0.0
			for _, v := range z {
				total += math.Exp(a * float64(v-top))
			}
			sum += math.Log(total) - a*float64(z[truth[i]]-top)
		}
		return sum
	}
	ratio := (math.Sqrt(5) - 1) / 2
	low, high := .3, 15.0
	x1, x2 := high-ratio*(high-low), low+ratio*(high-low)
	f1, f2 := loss(x1), loss(x2)
	for high-low > 1e-3 {
		if f1 < f2 {
			high, x2, f2 = x2, x1, f1
			x1 = high - ratio*(high-low)
			f1 = loss(x1)
		} else {
			low, x1, f1 = x1, x2, f2
			x2 = low + ratio*(high-low)
			f2 = loss(x2)
		}
	}
	return (low + high) / 2
}

// calibrationError is the expected calibration error in 15 equal bins.
func calibrationError(confidence []float64, right []bool) float64 {
	const bins = 15
	var n, sum, hits [bins]float64
	for i, c := range confidence {
		b := min(int(c*bins), bins-1)
		n[b]++
		sum[b] += c
		if right[i] {
			hits[b]++
		}
	}
	e := 0.0
	for b := range bins {
		e += math.Abs(sum[b] - hits[b])
	}
	return e / float64(max(len(confidence), 1))
}

// precisionThreshold is the lowest confidence above which at least the wanted
// share is right, and the share of texts above it. It is (2, 0) when nothing
// reaches it.
func precisionThreshold(confidence []float64, right []bool, want float64) (threshold, coverage float64) {
	order := make([]int, len(confidence))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case confidence[a] > confidence[b]:
			return -1
		case confidence[a] < confidence[b]:
			return 1
		}
		return 0
	})
	threshold = 2
	hits := 0
	for n, i := range order {
		if right[i] {
			hits++
		}
		last := n+1 == len(order) || confidence[order[n+1]] < confidence[i]
		if last && float64(hits) >= want*float64(n+1) {
			threshold, coverage = confidence[i], float64(n+1)/float64(len(order))
		}
	}
	return threshold, coverage
}

// quantile of values, which it sorts.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[min(int(q*float64(len(values))), len(values)-1)]
}
