package understand

import (
	"math"
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
		rows, by, ints := []int32{7, 0, 49, 7, 12, 30, 31}, []float32{-.3, 2, .01, 5, 0, 1, 7}, []int16{32767, 1, 255, 0, 900, 256, 8}
		// Four rows at a time and what is left over.
		rows, by, ints = rows[:4+n/8%4], by[:4+n/8%4], ints[:4+n/8%4]
		x, y, w, m, g := numbers(), numbers(), numbers(), numbers(), numbers()
		scales := make([]float32, 50)
		for i := range scales {
			scales[i] = rng.Float32()
		}
		words, start := make([]int16, n), make([]int32, n)
		for i := range words {
			words[i], start[i] = int16(rng.IntN(1<<16)-1<<15), rng.Int32()-1<<30 //nolint:gosec // in range
		}
		v := numbers()
		for i := range v {
			v[i] *= v[i]
		}
		list, places := make([]feature, n), make([]int32, 0, n)
		for i := range list {
			list[i].count = 1 + rng.Uint32N(1<<uint(i%32))
			if i%3 > 0 {
				places = append(places, int32(i)) //nolint:gosec // below a thousand
			}
		}
		p := adamAt(7, 2e-3)
		run := func(fast, wide bool) (numbers [][]float32, whole [2][]int32) {
			hasAVX2, hasAVX512 = fast, wide
			a := slices.Clone(y)
			axpyRow(1.7, x, a)
			sums := slices.Clone(start)
			addRows(sums, matrix, rows, ints)
			dots := make([]int32, len(rows))
			dotsOfRows(dots, matrix, rows, words)
			whole = [2][]int32{sums, dots}
			scaled, rounded := make([]float32, len(rows)), make([]int16, n)
			scaleRows(scaled, by, scales, rows)
			unit := wholes(rounded, x)
			for _, v := range rounded {
				scaled = append(scaled, float32(v))
			}
			units := slices.Clone(y)
			addUnits(units, floats, n, rows, by)
			h, on, active := make([]float32, n), make([]int32, n+16), make([]float32, n+16)
			above := activate(h, on, active, x, start, 1e-9)
			whole[0] = append(whole[0], on[:above]...)
			sure := make([]float32, n)
			sigmoids(sure, x)
			likely, logs, shares := make([]float32, n), make([]float64, n), make([]float32, n)
			if n > 0 {
				softmax(x, likely, 1.3)
				scaled = append(scaled, highest(x))
			}
			for i := range likely {
				if i%5 == 1 {
					likely[i] = float32(i-1) * 1e-10 // next to nothing, and a little more
				}
			}
			pLogs(logs, likely)
			for _, v := range logs {
				scaled = append(scaled, float32(v), float32(v*1e7-float64(float32(v*1e7))))
			}
			apportion(shares, list, places, x, y)
			ww, mm, vv, gg := slices.Clone(w), slices.Clone(m), slices.Clone(v), slices.Clone(g)
			p.move(ww, mm, vv, gg)
			grad, dh := slices.Clone(floats), make([]float32, 50)
			backUnits(rows, by, x, floats[:50*n], grad, dh, 2)
			step := slices.Concat(w, m, v)
			p.stepRow(step, floats, rows, by, step)
			return [][]float32{a, {dotRows(x, y)}, ww, mm, vv, gg, units, grad, dh, step, scaled, {unit}, h, active[:above], sure, likely, shares}, whole
		}
		fast, fastWhole := run(true, false)
		wider, widerWhole := run(true, wide)
		plain, want := run(false, false)
		for i := range want {
			if !slices.Equal(fastWhole[i], want[i]) || !slices.Equal(widerWhole[i], want[i]) {
				t.Errorf("length %d, operation %d in whole numbers: the assembly and Go differ", n, i)
			}
		}
		for i := range fast {
			if !slices.Equal(fast[i], plain[i]) || !slices.Equal(wider[i], plain[i]) {
				t.Errorf("length %d, operation %d: the assembly and Go differ", n, i)
			}
		}
		if n > 0 && slices.Equal(fast[2], w) {
			t.Errorf("length %d: Adam moved nothing", n)
		}
	}
}

// Whole numbers are as large as 32 bits allow, and no sum is beyond.
func TestWholesNeverOverflow(t *testing.T) {
	t.Parallel()
	for _, n := range []int{8, 256, 512, 768, 4096, 1 << 16} {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(1 - 2*(i%2))
		}
		ints := make([]int16, n)
		unit := wholes(ints, x)
		var low, high int64
		for i, v := range ints {
			if got := unit * float32(v); abs(got-x[i]) > unit/2 {
				t.Fatalf("%d terms: %v became %v, in units of %v", n, x[i], got, unit)
			}
			low, high = low-128*int64(max(v, -v)), high+128*int64(max(v, -v))
		}
		if low < math.MinInt32 || high > math.MaxInt32 {
			t.Errorf("%d terms: sums from %d to %d are beyond 32 bits", n, low, high)
		}
		if high < math.MaxInt32/2 && n >= 1024 {
			t.Errorf("%d terms: a sum of at most %d wastes digits", n, high)
		}
	}
	ints := []int16{1, 2}
	if unit := wholes(ints, []float32{0, 1e-38}); unit != 0 || ints[0] != 0 || ints[1] != 0 {
		t.Errorf("nothing became %v in units of %v", ints, unit)
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
