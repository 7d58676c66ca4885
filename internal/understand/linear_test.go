package understand

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The packed sum agrees with the plain one, for every number of labels that
// fills its words differently.
func TestScoreIsTheDotProduct(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, labels := range []int{2, 7, 8, 9, 16, 77, 91} {
		for _, features := range []int{1, 10, 1000, 20_000} {
			m := &linear{labels: make([]string, labels), bias: make([]float32, labels)}
			var p projection
			for range features {
				p.rows = append(p.rows, int32(len(m.scale)))
				p.values = append(p.values, rng.Float32())
				m.scale = append(m.scale, rng.Float32()/127)
				for range m.stride() {
					m.weights = append(m.weights, byte(rng.IntN(255)-127))
				}
			}
			for k := range m.bias {
				m.bias[k] = rng.Float32()
			}
			z := make([]float32, labels)
			m.score(&p, z)
			for k := range labels {
				want, size := float64(m.bias[k]), 1.0
				for i := range features {
					c := float64(p.values[i] * m.scale[i])
					want += c * float64(int8(m.weights[i*m.stride()+k]))
					size += c
				}
				if math.Abs(float64(z[k])-want) > .002*size*math.Sqrt(float64(features)) {
					t.Fatalf("%d labels, %d features: logit %d is %v, want %v", labels, features, k, z[k], want)
				}
			}
		}
	}
}
