package eval

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s is %.4f, want %.4f", what, got, want)
	}
}

// The published examples: Newcombe 1998a and 1998b, and tables of chi-squared.
func TestIntervals(t *testing.T) {
	t.Parallel()
	low, high := Wilson(81, 263)
	near(t, "low", low, .2553, 5e-5)
	near(t, "high", high, .3662, 5e-5)
	if low, high = Wilson(0, 10); low != 0 || high < .27 || high > .28 {
		t.Errorf("none of 10: %.4f to %.4f", low, high)
	}
	if low, high = Wilson(0, 0); low != 0 || high != 1 {
		t.Errorf("none of none: %.4f to %.4f", low, high)
	}
	low, high = Difference(48, 80, 56, 70, 1)
	near(t, "low", low, .0524, 5e-5)
	near(t, "high", high, .3339, 5e-5)
	if wide, _ := Difference(48, 80, 56, 70, 20); wide > 0 {
		t.Errorf("one of twenty looks is still an alarm: from %.4f", wide)
	}
	near(t, "chi-squared", chiSquaredQuantile(.99, 10), 23.21, .05)
	near(t, "chi-squared", chiSquaredQuantile(.99, 30), 50.89, .05)
}

// Draws from one mix are an alarm about once in a hundred times, also when they
// are few; draws from another mix are found when there are enough.
func TestShiftIsNoFalseAlarm(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // reproducible, not secret
	mix := []float64{.3, .2, .15, .1, .08, .05, .04, .03, .02, .01, .01, .01}
	draw := func(mix []float64, n int) []float64 {
		out := make([]float64, len(mix))
		for range n {
			u, i := rng.Float64(), 0
			for ; i < len(mix)-1 && u > mix[i]; i++ {
				u -= mix[i]
			}
			out[i] += 1 / float64(n)
		}
		return out
	}
	other := append([]float64{.1, .4}, mix[2:]...)
	for _, n := range []int{50, 300, 3000} {
		const rounds = 400
		alarms, found := 0, 0
		for range rounds {
			before := draw(mix, n)
			if s := ShiftOf(before, draw(mix, n), float64(n), float64(n)); s.Index > s.Chance {
				alarms++
			}
			if s := ShiftOf(before, draw(other, n), float64(n), float64(n)); s.Index > s.Chance {
				found++
			}
		}
		if alarms > rounds*3/100 {
			t.Errorf("%d cases: %d of %d are false alarms", n, alarms, rounds)
		}
		if n >= 300 && found < rounds*95/100 {
			t.Errorf("%d cases: only %d of %d real shifts are found", n, found, rounds)
		}
	}
}
