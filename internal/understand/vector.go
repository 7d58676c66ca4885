package understand

import "math"

// The inner loops of the models. Lengths are multiples of eight. The
// conversions around products keep a compiler from fusing them with the sum, so
// that training gives the same bytes on every machine.

// axpyRow adds a·x to y.
func axpyRow(a float32, x, y []float32) {
	if len(y) == 0 {
		return
	}
	x = x[:len(y)]
	if hasAVX2 {
		axpyAVX2(a, &x[0], &y[0], len(y))
		return
	}
	for i, v := range x {
		y[i] += float32(a * v)
	}
}

// addRows adds rows of a matrix of int8, each times its whole number, to y: exact
// in any order. The matrix has len(y) columns, and no number is below zero.
func addRows(y []int32, matrix []byte, rows []int32, by []int16) {
	if !inside(matrix, rows, len(y)) {
		return
	}
	if !hasAVX2 {
		for i, row := range rows {
			a := int32(by[i])
			for j, v := range matrix[int(row)*len(y):][:len(y)] {
				y[j] += a * int32(int8(v))
			}
		}
		return
	}
	n := len(rows) &^ 3
	by = by[:len(rows)]
	addFours(y, matrix, rows[:n], by[:n])
	if n < len(rows) { // the last ones, and row 0 no times
		var last [4]int32
		var times [4]int16
		copy(last[:], rows[n:])
		copy(times[:], by[n:])
		addFours(y, matrix, last[:], times[:])
	}
}

// addFours is addRows of a multiple of four rows.
func addFours(y []int32, matrix []byte, rows []int32, by []int16) {
	switch {
	case len(rows) == 0:
	case hasAVX512:
		addRowsAVX512(&y[0], len(y), &matrix[0], &rows[0], &by[0], len(rows))
	default:
		addRowsAVX2(&y[0], len(y), &matrix[0], &rows[0], &by[0], len(rows))
	}
}

// addUnits adds rows of a matrix of float32, each times its number, to y, in their
// order. They begin stride numbers after one another.
func addUnits(y, matrix []float32, stride int, rows []int32, by []float32) {
	if hasAVX2 && len(rows) > 0 && len(y) > 0 {
		by = by[:len(rows)]
		_ = matrix[int(topRow(rows))*stride:][:len(y)]
		if hasAVX512 {
			addUnitsAVX512(&y[0], len(y), &matrix[0], stride, &rows[0], &by[0], len(rows))
			return
		}
		addUnitsAVX2(&y[0], len(y), &matrix[0], stride, &rows[0], &by[0], len(rows))
		return
	}
	for i, row := range rows {
		axpyRow(by[i], matrix[int(row)*stride:][:len(y)], y)
	}
}

// activate writes h = bias + unit·sums and lists the places above zero with their
// values: how many they are. Both lists have room for sixteen more than h.
func activate(h []float32, units []int32, active, bias []float32, sums []int32, unit float32) (n int) {
	bias, sums, units, active = bias[:len(h)], sums[:len(h)], units[:len(h)+16], active[:len(h)+16]
	if hasAVX512 && len(h) > 0 {
		return activateAVX512(&h[0], len(h), &units[0], &active[0], &bias[0], &sums[0], unit)
	}
	for j, b := range bias {
		v := b + float32(unit*float32(sums[j]))
		h[j] = v
		units[n], active[n] = int32(j), v //nolint:gosec // at most maxUnits
		if v > 0 {
			n++
		}
	}
	return n
}

// inside reports whether there is anything to add. A row outside of the matrix
// is an error of this package: it panics here, as it would in Go, before the
// assembly reads it.
func inside(matrix []byte, rows []int32, columns int) bool {
	if len(rows) == 0 || columns == 0 {
		return false
	}
	_ = matrix[int(topRow(rows))*columns:][:columns]
	return true
}

// topRow is the largest of some rows; one below zero is larger than any other.
func topRow(rows []int32) (top uint32) {
	if hasAVX512 && len(rows) > 0 {
		return topRowAVX512(&rows[0], len(rows))
	}
	for _, row := range rows {
		top = max(top, uint32(row)) //nolint:gosec // on purpose
	}
	return top
}

// scaleRows writes numbers times the scales of their rows.
func scaleRows(out, values, scale []float32, rows []int32) {
	out, values = out[:len(rows)], values[:len(rows)]
	if hasAVX512 && len(rows) > 0 {
		_ = scale[topRow(rows)]
		scaleRowsAVX512(&out[0], &values[0], &scale[0], &rows[0], len(rows))
		return
	}
	for i, row := range rows {
		out[i] = values[i] * scale[row]
	}
}

// dotRows is the dot product, summed in eight lanes.
func dotRows(x, y []float32) float32 {
	if len(x) == 0 {
		return 0
	}
	y = y[:len(x)]
	if hasAVX2 {
		return dotAVX2(&x[0], &y[0], len(x))
	}
	var s [8]float32
	for i := 0; i+8 <= len(x); i += 8 {
		for l := range s {
			s[l] += float32(x[i+l] * y[i+l])
		}
	}
	return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]))
}

// adam is one step of Adam (Kingma and Ba 2015): decay and its complement for
// both moments, the corrections for bias folded into scale and rate. The order
// of the fields is known to the assembly.
type adam struct {
	keep1, add1 float32
	keep2, add2 float32
	scale       float32 // 1 / (1 - .999^t)
	rate        float32 // learning rate / (1 - .9^t)
	epsilon     float32
}

func adamAt(step int, rate float64) adam {
	const b1, b2 = .9, .999
	return adam{b1, 1 - b1, b2, 1 - b2, float32(1 / (1 - math.Pow(b2, float64(step)))), float32(rate / (1 - math.Pow(b1, float64(step)))), 1e-8}
}

// move updates weights w with moments m and v by the gradient g, and clears g.
func (p *adam) move(w, m, v, g []float32) {
	if len(w) == 0 {
		return
	}
	m, v, g = m[:len(w)], v[:len(w)], g[:len(w)]
	if hasAVX2 {
		adamAVX2(&w[0], &m[0], &v[0], &g[0], len(w), p)
		return
	}
	for i, d := range g {
		m[i] = float32(p.keep1*m[i]) + float32(p.add1*d)
		v[i] = float32(p.keep2*v[i]) + float32(float32(d*d)*p.add2)
		w[i] -= float32(p.rate*m[i]) / (float32(math.Sqrt(float64(float32(v[i]*p.scale)))) + p.epsilon)
		g[i] = 0
	}
}

// dotsOfRows writes the dot products of rows of a matrix of int8 and x, which has
// as many numbers as the matrix has columns: exact in any order.
func dotsOfRows(out []int32, matrix []byte, rows []int32, x []int16) {
	out = out[:len(rows)]
	if !inside(matrix, rows, len(x)) {
		clear(out)
		return
	}
	switch n := len(rows) &^ 3; {
	case hasAVX512:
		if n > 0 {
			dotsOfRowsAVX512(&out[0], &x[0], len(x), &matrix[0], &rows[0], n)
		}
		if n < len(rows) { // the last ones, and row 0 for nothing
			var last, dots [4]int32
			copy(last[:], rows[n:])
			dotsOfRowsAVX512(&dots[0], &x[0], len(x), &matrix[0], &last[0], len(last))
			copy(out[n:], dots[:])
		}
	case hasAVX2:
		dotsOfRowsAVX2(&out[0], &x[0], len(x), &matrix[0], &rows[0], len(rows))
	default:
		for i, row := range rows {
			sum := int32(0)
			for j, v := range matrix[int(row)*len(x):][:len(x)] {
				sum += int32(int8(v)) * int32(x[j])
			}
			out[i] = sum
		}
	}
}

// wholes rounds x to whole numbers, x = unit · out, that are as large as sums of
// their products with weights of int8 may be in 32 bits. A sum is then exact in any
// order; rounding moves it by less than the rounding of the weights did.
func wholes(out []int16, x []float32) (unit float32) {
	out = out[:len(x)]
	const least = 1e-30 // what is smaller is nothing
	top := largest(x)
	if top < least {
		clear(out)
		return 0
	}
	most := float32(min(math.MaxInt16, math.MaxInt32/128/len(x)))
	by := most / top
	if hasAVX512 {
		wholesAVX512(&out[0], &x[0], len(x), by)
		return top / most
	}
	for i, v := range x {
		out[i] = int16(int32(float32(v*by)+(1<<15+.5)) - 1<<15)
	}
	return top / most
}

// largest is the largest absolute number.
func largest(x []float32) float32 {
	if hasAVX512 && len(x) > 0 {
		return math.Float32frombits(largestAVX512(&x[0], len(x)))
	}
	top := uint32(0)
	for _, v := range x {
		top = max(top, math.Float32bits(v)&^(1<<31)) // numbers above 0 are in the order of their bits
	}
	return math.Float32frombits(top)
}

// highest is the largest of some numbers, of which there is one at least.
func highest(x []float32) float32 {
	if hasAVX512 {
		return highestAVX512(&x[0], len(x))
	}
	top := x[0]
	for _, v := range x {
		if v > top {
			top = v
		}
	}
	return top
}

// divide divides all numbers by one.
func divide(x []float32, by float32) {
	if hasAVX512 && len(x) > 0 {
		divideAVX512(&x[0], len(x), by)
		return
	}
	for i := range x {
		x[i] /= by
	}
}

// apportion writes value·pull of the features at some places of a list, which are all
// different, each divided by how often the text has the feature.
func apportion(out []float32, list []feature, places []int32, values, pulls []float32) {
	out, values, pulls = out[:len(list)], values[:len(places)], pulls[:len(places)]
	if hasAVX512 && len(places) > 0 {
		_ = list[topRow(places)]
		apportionAVX512(&out[0], &list[0].count, &places[0], &values[0], &pulls[0], len(places))
		return
	}
	for i, f := range places {
		out[f] = values[i] * pulls[i] / float32(list[f].count)
	}
}

// prefetchBytes asks for the memory at some places.
func prefetchBytes(data []byte, at []uint32) {
	if hasAVX2 && len(at) > 0 && len(data) > 0 {
		prefetchBytesAVX2(&data[0], &at[0], len(at))
	}
}

// prefetchRows asks for rows of a matrix of int8 before they are added: they lie
// all over some megabytes.
func prefetchRows(columns int, matrix []byte, rows []int32) {
	if hasAVX2 && len(rows) > 0 && columns > 0 && len(matrix) > 0 {
		prefetchRowsAVX2(columns, &matrix[0], &rows[0], len(rows))
	}
}
