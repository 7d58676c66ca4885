package understand

import "math"

// linear is a vocabulary and, for every feature in it, one int8 weight per
// label with a common scale. It is immutable and shared by all readers.
type linear struct {
	labels  []string
	hashes  []uint64 // the position is the row
	table   slots
	scale   []float32
	weights []byte // int8, rows × stride; a loaded model shares the bytes of its file
	bias    []float32
}

// stride is the number of weights in a row: the labels, filled up with zeros to
// a multiple of eight, which score adds at a time.
func (m *linear) stride() int { return (len(m.labels) + 7) &^ 7 }

// index builds the lookup table; it says whether every hash is there once.
func (m *linear) index() (once bool) {
	m.table, once = newSlots(len(m.hashes)), true
	for row, h := range m.hashes {
		spread := finalise(h)
		once = once && m.row(h, spread, spread) < 0
		m.table.put(spread, row)
	}
	return once
}

// row is the row of a hash, which is also given finalised, looked for from slot i
// on, or -1.
func (m *linear) row(h, spread, i uint64) int32 {
	mask := uint64(len(m.table) - 1)
	for ; ; i++ {
		at := m.table[i&mask]
		if at == 0 {
			return -1
		}
		if row := at&slotMask - 1; at>>checkShift == checkOf(spread) && m.hashes[row] == h {
			return int32(row) //nolint:gosec // below maxRows
		}
	}
}

// projection is a text in the vocabulary of one model: the features that the
// model knows, by their index in the text's list, with row and weight.
type projection struct {
	rows       []int32
	values     []float32
	index      []int32
	knownWords int     // how many of them are words; the others are characters
	again      []int32 // working memory
	scaled     []float32
	ints       []int16
	sums       []int32
}

// sum adds the rows of a matrix of int8, each times its value and the scale of the
// row, to sums, in units that it returns.
func (p *projection) sum(matrix []byte, scale []float32, columns int) (unit float32) {
	n := len(p.rows)
	p.scaled, p.ints, p.sums = sized(p.scaled, n), sized(p.ints, n), sized(p.sums, columns)
	scaleRows(p.scaled, p.values, scale, p.rows)
	unit = wholes(p.ints, p.scaled)
	clear(p.sums)
	addRows(p.sums, matrix, p.rows, p.ints)
	return unit
}

// project looks every feature up and scales each block to length 1; words come
// before characters.
func (m *linear) project(list []feature, p *projection) {
	m.lookUp(list, p)
	values, index, words := p.values[:len(p.index)], p.index, 0
	var sum float32 // of squares
	for ; words < len(index) && list[index[words]].block == wordBlock; words++ {
		v := weight(list[index[words]].count)
		values[words] = v
		sum += v * v
	}
	p.knownWords = words
	scale(values[:words], sum)
	sum = 0
	for i := words; i < len(index); i++ {
		v := weight(list[index[i]].count)
		values[i] = v
		sum += v * v
	}
	scale(values[words:], sum)
}

// scale brings weights with a sum of squares to length 1.
func scale(values []float32, squares float32) {
	by := inverseRoot(squares)
	for i := range values {
		values[i] *= by
	}
}

// inverseRoot is 1/√v, or 0.
func inverseRoot(v float32) float32 {
	if v > 0 {
		return float32(1 / math.Sqrt(float64(v)))
	}
	return 0
}

// lookUp finds the features that the model knows; their values are not set.
func (m *linear) lookUp(list []feature, p *projection) {
	n := len(list)
	if cap(p.again) < n {
		p.again, p.rows, p.index, p.values = make([]int32, 2*n), make([]int32, 2*n), make([]int32, 2*n), make([]float32, 2*n)
	}
	if len(m.hashes) == 0 {
		p.rows, p.index, p.values = p.rows[:0], p.index[:0], p.values[:0]
		return
	}
	again, rows, index, from, retry := p.again[:n], p.rows[:n], p.index[:n], 0, 0
	if hasAVX512 && n >= 8 {
		from = n &^ 7
		retry = lookUpAVX512(&list[0], from, &m.table[0], uint64(len(m.table)-1), &m.hashes[0], &rows[0], &again[0])
	}
	retry = m.look(list, rows, again, from, retry)
	for _, i := range again[:retry] {
		rows[i] = m.row(list[i].hash, list[i].spread, list[i].spread+1)
	}
	known := 0
	if from > 0 {
		known = keepAVX512(&rows[0], &index[0], from)
	}
	for i, row := range rows[from:] {
		rows[known], index[known] = row, int32(from+i) //nolint:gosec // a few thousand
		known += int(1 ^ uint32(row)>>31)
	}
	p.rows, p.index, p.values = rows[:known], index[:known], p.values[:known]
}

// look looks at the first slot of each feature: its row, or -1. Nobody can guess
// which features are known, so it is without a branch, and the processor waits for
// the memory of many of them at once. Those that may stand in a later slot are noted
// in again.
func (m *linear) look(list []feature, rows, again []int32, from, retry int) int {
	mask, hashes := uint64(len(m.table)-1), m.hashes
	for i := from; i < len(list); i++ {
		h, spread := list[i].hash, list[i].spread
		at := m.table[spread&mask]
		taken := nonZero(uint64(at))
		same := 1 ^ nonZero(uint64(at>>checkShift^checkOf(spread)))
		row := (uint64(at&slotMask) - taken) & -same
		same &= taken &^ nonZero(hashes[row]^h)
		rows[i] = int32(row | (same - 1))          //nolint:gosec // -1 where it is another
		again[retry] = int32(i)                    //nolint:gosec // a few thousand
		retry += int(uint64(at/moreBit&1) &^ same) //nolint:gosec // 0 or 1
	}
	return retry
}

// score writes the logits of a projected text into z, which has a number for each
// label.
func (m *linear) score(p *projection, z []float32) {
	unit := p.sum(m.weights, m.scale, m.stride())
	sums := p.sums[:len(z)]
	for k, bias := range m.bias[:len(z)] {
		z[k] = bias + float32(unit*float32(sums[k]))
	}
}

// quantise makes a linear model of trained float weights, given per label.
func quantise(labels []string, hashes []uint64, w [][]float32, bias []float32) *linear {
	n := len(labels)
	m := &linear{labels: labels, hashes: hashes, bias: bias, scale: make([]float32, len(hashes))}
	stride := m.stride()
	m.weights = make([]byte, len(hashes)*stride)
	for row := range hashes {
		top := float32(0)
		for k := range n {
			top = max(top, abs(w[k][row]))
		}
		if top == 0 {
			continue
		}
		s := top / 127
		m.scale[row] = s
		for k := range n {
			m.weights[row*stride+k] = byte(int8(math.RoundToEven(float64(w[k][row] / s))))
		}
	}
	m.index()
	return m
}

func abs(v float32) float32 { return math.Float32frombits(math.Float32bits(v) &^ (1 << 31)) }

// nonZero is 1 unless v is 0.
func nonZero(v uint64) uint64 { return (v | -v) >> 63 }
