package understand

import (
	"math"
	"testing"
)

// The exponential is the same float32 as that of package math, and the logarithm
// as good as it.
func TestFastMathIsExact(t *testing.T) {
	t.Parallel()
	// Every 1,009th float32 from 0 down to -110, and from 0 up to 90.
	for bits := uint32(0); bits < math.Float32bits(110); bits += 1009 {
		for _, x := range []float32{-math.Float32frombits(bits), min(math.Float32frombits(bits), 90)} {
			if got, want := float32(exp32(x)), float32(math.Exp(float64(x))); got != want {
				t.Fatalf("exp %g: %g, want %g", x, got, want)
			}
		}
	}
	for bits := math.Float32bits(1e-9); bits <= math.Float32bits(1); bits += 1009 {
		x := math.Float32frombits(bits)
		if got, want := log32(x), math.Log(float64(x)); math.Abs(got-want) > 1e-14*max(1, math.Abs(want)) {
			t.Fatalf("log %g: %g, want %g", x, got, want)
		}
	}
	nan := float32(math.NaN())
	for _, x := range []float32{nan, float32(math.Inf(1)), float32(math.Inf(-1)), 1000, -1000} {
		if got, want := float32(exp32(x)), float32(math.Exp(float64(x))); math.Float32bits(got) != math.Float32bits(want) {
			t.Errorf("exp %g: %g, want %g", x, got, want)
		}
	}
}

// Many at once are what one is, whatever is left over of eight.
func TestExpsAreExp(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		for bits := uint32(0); bits < math.Float32bits(120); bits += 1_000_003 {
			z, out := make([]float32, n), make([]float32, n+1)
			for i := range z {
				z[i] = 2 - math.Float32frombits(bits+uint32(i)) //nolint:gosec // below 20
			}
			exps(out, z, 1.5, 2)
			for i, v := range z {
				if want := float32(exp32(1.5 * (v - 2))); out[i] != want {
					t.Fatalf("%d of %d, exp %g: %g, want %g", i, n, 1.5*(v-2), out[i], want)
				}
			}
			if out[n] != 0 {
				t.Fatalf("wrote beyond %d numbers", n)
			}
		}
	}
}

func TestSigmoids(t *testing.T) {
	t.Parallel()
	z := []float32{0, 1, -1, 3.5, -3.5, 20, -20, 90, -90, 200, -200}
	out := make([]float32, len(z))
	sigmoids(out, z)
	for i, v := range z {
		if want := sigmoid(v); abs(out[i]-want) > 1e-6*max(want, 1e-30) {
			t.Errorf("sigmoid of %v is %v, not %v", v, out[i], want)
		}
	}
}
