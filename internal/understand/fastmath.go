package understand

import "math"

// Exponentials and logarithms of float32, as a vote over a hundred labels takes
// them: tables and a short polynomial in float64. The errors are below 1e-14, so
// that the float32 nearest to a result is that of package math.

const (
	powers  = 64  // powers of two between 1 and 2
	inverse = 128 // intervals of the mantissa
)

var power = func() (t [powers]float64) {
	for i := range t {
		t[i] = math.Exp2(float64(i) / powers)
	}
	return t
}()

const (
	shift  = 3 << 51 // the last bits of a number of this size are units
	perLn2 = powers / math.Ln2
	high   = 0x1.62e42feep-01 / powers // ln 2 in two parts: a product with the first is exact
	low    = 0x1.a39ef35793c76p-33 / powers
)

// exponential is what exp32 computes with, in the order known to the assembly.
var exponential = [...]float64{perLn2, shift, high, low, 1. / 120, 1. / 24, 1. / 6, 1. / 2, 1} //nolint:unused // only there

// exps writes exp32 of a·(z-top), where top is the largest of z.
func exps(out, z []float32, a, top float32) {
	if hasAVX512 && a >= 0 && len(z) > 0 {
		expsAVX512(&out[0], &z[0], len(z), a, top)
		return
	}
	for i, v := range z {
		out[i] = float32(exp32(a * (v - top)))
	}
}

// logarithm is what log32 computes with, in the order known to the assembly.
var logarithm = [...]float64{1. / 6, 1. / 5, 1. / 4, 1. / 3, 1. / 2, 1, math.Ln2} //nolint:unused // only there

// pLogs writes p·log32(p) of each p, or 0 where there is next to nothing of it.
func pLogs(out []float64, p []float32) {
	out = out[:len(p)]
	if hasAVX512 && len(p) > 0 {
		pLogsAVX512(&out[0], &p[0], len(p))
		return
	}
	for i, v := range p {
		out[i] = 0
		if v > 1e-9 {
			out[i] = float64(v) * log32(v)
		}
	}
}

func sigmoid(v float32) float32 { return float32(1 / (1 + exp32(-v))) }

// sigmoids writes sigmoid of each z.
func sigmoids(out, z []float32) {
	out = out[:len(z)]
	for i, v := range z {
		out[i] = -abs(v)
	}
	exps(out, out, 1, 0)
	for i, v := range z {
		e := out[i]
		if out[i] = 1 / (1 + e); v < 0 {
			out[i] *= e
		}
	}
}

// exp32 is math.Exp(float64(x)), to 1e-15 of it.
func exp32(x float32) float64 {
	if !(x >= -104 && x <= 104) {
		return math.Exp(float64(x))
	}
	v := float64(x)
	near := float64(v*perLn2) + shift
	n := near - shift
	k := int(math.Float64bits(near)<<12) >> 12 //nolint:gosec // the bits of a whole number
	r := (v - float64(n*high)) - float64(n*low)
	p := 1 + r*(1+r*(1./2+r*(1./6+r*(1./24+r*(1./120)))))
	scale := math.Float64frombits(uint64(1023+k>>6) << 52) //nolint:gosec // at least 1023-151
	return p * power[k&(powers-1)] * scale
}

var logTable = func() (t [inverse]struct{ by, log float64 }) {
	for i := range t {
		// Short, so that a product with a float32 is exact.
		t[i].by = float64(float32(1 / (1 + (float64(i)+.5)/inverse)))
		t[i].log = -math.Log(t[i].by)
	}
	return t
}()

// log32 is math.Log(float64(x)) of a positive normal number, to 1e-15.
func log32(x float32) float64 {
	bits := math.Float32bits(x)
	e := int(bits>>23) - 127
	mantissa := float64(math.Float32frombits(bits&(1<<23-1) | 127<<23))
	c := &logTable[bits>>16&(inverse-1)]
	r := mantissa*c.by - 1
	p := r * (1 - r*(1./2-r*(1./3-r*(1./4-r*(1./5-r*(1./6))))))
	return float64(e)*math.Ln2 + c.log + p
}
