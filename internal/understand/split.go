package understand

import "slices"

// ProposeSplit parts texts in two by spherical k-means over the features of the
// reader, from the two texts that are least alike. It is deterministic. The
// result says of each text whether it is in the second group.
func ProposeSplit(texts []string) []bool {
	const most, rounds = 500, 20
	second := make([]bool, len(texts))
	n := min(len(texts), most)
	if n < 2 {
		return second
	}
	vectors := make([]map[uint64]float32, n)
	for i, list := range featuresOf(texts[:n]) {
		vectors[i] = map[uint64]float32{}
		if len(list) > 0 {
			unitWeights(list, func(h uint64, v float32) { vectors[i][h] = v })
		}
	}
	// The text farthest from the first one, and the one farthest from that.
	b := farthest(vectors, vectors[0])
	a := farthest(vectors, vectors[b])
	centres := [2]map[uint64]float32{vectors[a], vectors[b]}
	for range rounds {
		next := make([]bool, len(texts))
		for i, v := range vectors {
			next[i] = sparseDot(v, centres[1]) > sparseDot(v, centres[0])
		}
		if slices.Equal(next, second) {
			break
		}
		second = next
		for side := range centres {
			sum := map[uint64]float32{}
			for i, v := range vectors {
				if second[i] == (side == 1) {
					for h, x := range v {
						sum[h] += x
					}
				}
			}
			centres[side] = unit(sum)
		}
	}
	return second
}

func farthest(vectors []map[uint64]float32, from map[uint64]float32) int {
	best, least := 0, float32(2)
	for i, v := range vectors {
		if d := sparseDot(v, from); d < least {
			best, least = i, d
		}
	}
	return best
}
