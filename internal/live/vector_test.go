package live

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestVectorSurvivesItsText(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 500 {
		var v vector
		low := r.Int64N(1 << 40)
		for b := range v {
			v[b] = low
			if r.IntN(500) < round {
				v[b] += r.Int64N(300)
			}
		}
		got, err := parseVector(v.String())
		if err != nil || *got != v {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	var zero, high vector
	for b := range high {
		high[b] = math.MaxInt64
	}
	for _, v := range []vector{zero, high} {
		if got, err := parseVector(v.String()); err != nil || *got != v {
			t.Errorf("%d: %v", v[0], err)
		}
	}
	if n := len(zero.String()); n > 10 {
		t.Errorf("an even vector takes %d characters", n)
	}
}

func TestVectorRefusesOthers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "x", "AQ", "AQA", "AQAA", "AQAA_wE_", "AgAA_wE", "Last-Event-ID", "AQD_____________8B"} {
		if _, err := parseVector(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

func FuzzParseVector(f *testing.F) {
	var v vector
	f.Add(v.String())
	v[3], v[200] = 7, 1<<40
	f.Add(v.String())
	f.Add("AQAA_wE")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := parseVector(s)
		if err != nil {
			return
		}
		again, err := parseVector(v.String())
		if err != nil || *again != *v {
			t.Errorf("%q: %v", s, err)
		}
	})
}
