package understand

// backUnits carries the gradient dz of the logits back to the active units: the
// row of each in grad grows by its value times dz, and its place in dh becomes up
// times the product of its row in out and dz.
func backUnits(units []int32, active, dz, out, grad, dh []float32, up float32) {
	width := len(dz)
	if len(units) == 0 || width == 0 {
		return
	}
	active = active[:len(units)]
	if hasAVX2 {
		for _, j := range units {
			_, _ = dh[j], out[int(j)*width:][:width]
		}
		_ = grad[:len(out)]
		backUnitsAVX2(&units[0], &active[0], len(units), &dz[0], &out[0], &grad[0], width, &dh[0], up)
		return
	}
	for i, j := range units {
		axpyRow(active[i], dz, grad[int(j)*width:][:width])
		dh[j] = up * dotRows(out[int(j)*width:][:width], dz)
	}
}

// stepRow moves a row of weights, which their two moments follow, by the gradient
// Σ by·dh over the given rows of dh. next is the row that will be asked for next.
func (p *adam) stepRow(row, dh []float32, texts []int32, by, next []float32) {
	n := len(row) / 3
	if n == 0 || len(texts) == 0 {
		return
	}
	by = by[:len(texts)]
	if hasAVX2 {
		for _, t := range texts {
			_ = dh[int(t)*n:][:n]
		}
		_ = next[:3*n]
		stepRowAVX2(&row[0], n, &dh[0], &texts[0], &by[0], len(texts), p, &next[0])
		return
	}
	g := make([]float32, n)
	for i, t := range texts {
		axpyRow(by[i], dh[int(t)*n:][:n], g)
	}
	p.move(row[:n], row[n:2*n], row[2*n:3*n], g)
}

// prefetchFloats is prefetchRows of the first numbers of rows that begin stride
// numbers after one another.
func prefetchFloats(matrix []float32, stride, columns int, rows []int32) {
	if hasAVX2 && len(rows) > 0 && columns > 0 && len(matrix) > 0 {
		prefetchFloatsAVX2(stride, columns, &matrix[0], &rows[0], len(rows))
	}
}
