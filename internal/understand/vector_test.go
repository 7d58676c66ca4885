package understand

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The assembly rounds as the Go versions do: a model is the same bytes with and
// without it.
func TestVectorsAgree(t *testing.T) {
	if !hasAVX2 {
		t.Skip("this machine has no AVX2: only the Go versions run here")
	}
	wide := hasAVX512
	defer func() { hasAVX2, hasAVX512 = true, wide }()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 8, 16, 24, 32, 40, 64, 80, 96, 128, 256, 336, 1000} {
		numbers := func() []float32 {
			out := make([]float32, n)
			for i := range out {
				out[i] = float32(rng.NormFloat64())
			}
			return out
		}
		matrix := make([]byte, 50*n)
		for i := range matrix {
			matrix[i] = byte(rng.IntN(256))
		}
		floats := make([]float32, 50*n)
		for i := range floats {
			floats[i] = float32(rng.NormFloat64())
		}
		rows, by, ints := []int32{7, 0, 49, 7, 12, 30, 31}, []float32{-.3, 2, .01, 5, 0, 1, 7}, []int32{4095, 1, -17, 0, 900, 3, 8}
		// Four rows at a time and what is left over.
		rows, by, ints = rows[:4+n/8%4], by[:4+n/8%4], ints[:4+n/8%4]
		x, y, w, m, g := numbers(), numbers(), numbers(), numbers(), numbers()
		v := numbers()
		for i := range v {
			v[i] *= v[i]
		}
		p := adamAt(7, 2e-3)
		run := func(fast, wide bool) [][]float32 {
			hasAVX2, hasAVX512 = fast, wide
			a, b := slices.Clone(y), slices.Clone(y)
			axpyRow(1.7, x, a)
			addRows(b, matrix, rows, by)
			whole := make([]int32, n)
			addRowsInt(whole, matrix, rows, ints)
			sums := make([]float32, n)
			for i, v := range whole {
				sums[i] = float32(v)
			}
			units := slices.Clone(y)
			addUnits(units, floats, n, rows, by)
			dots := make([]float32, len(rows))
			dotsOfRows(dots, matrix, rows, x)
			ww, mm, vv, gg := slices.Clone(w), slices.Clone(m), slices.Clone(v), slices.Clone(g)
			p.move(ww, mm, vv, gg)
			grad, dh := slices.Clone(floats), make([]float32, 50)
			backUnits(rows, by, x, floats[:50*n], grad, dh, 2)
			step := slices.Concat(w, m, v)
			p.stepRow(step, floats, rows, by, step)
			return [][]float32{a, b, {dotRows(x, y)}, ww, mm, vv, gg, sums, dots, units, grad, dh, step}
		}
		fast, wider, plain := run(true, false), run(true, wide), run(false, false)
		for i := range fast {
			if !slices.Equal(fast[i], plain[i]) || !slices.Equal(wider[i], plain[i]) {
				t.Errorf("length %d, operation %d: the assembly and Go differ", n, i)
			}
		}
		if n > 0 && slices.Equal(fast[3], w) {
			t.Errorf("length %d: Adam moved nothing", n)
		}
	}
}

// A Reading is the same, to the last digit and span, with AVX-512, with AVX2 and
// with neither.
func TestReadingsAgree(t *testing.T) {
	if !hasAVX2 {
		t.Skip("this machine has no AVX2: only the Go versions run here")
	}
	wide := hasAVX512
	defer func() { hasAVX2, hasAVX512 = true, wide }()
	r := defaultReader(t)
	texts := SpeedTexts(60)
	for i, e := range Starter() {
		if i%20 == 0 {
			texts = append(texts, e.Text)
		}
	}
	for _, text := range texts {
		in := Input{Text: text, Direction: crm.In, OccurredAt: when}
		hasAVX2, hasAVX512 = false, false
		want := r.Read(in)
		for _, hasAVX512 = range []bool{false, wide} {
			hasAVX2 = true
			if got := r.Read(in); !reflect.DeepEqual(got, want) {
				t.Errorf("AVX-512 %v: %q is %+v, with Go alone %+v", hasAVX512, text, got, want)
			}
		}
	}
}
