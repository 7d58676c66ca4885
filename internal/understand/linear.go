package understand

import (
	"encoding/binary"
	"math"
)

// linear is a vocabulary and, for every feature in it, one int8 weight per
// label with a common scale. It is immutable and shared by all readers.
type linear struct {
	labels  []string
	hashes  []uint64 // ascending; the position is the row
	table   []uint32 // row plus one, open addressing on the finalised hash
	scale   []float32
	weights []byte // int8, rows × stride; a loaded model shares the bytes of its file
	bias    []float32
}

// stride is the number of weights in a row: the labels, filled up with zeros to
// a multiple of eight, which score adds at a time.
func (m *linear) stride() int { return (len(m.labels) + 7) &^ 7 }

// index builds the lookup table: a power of two, at least twice as large as the
// vocabulary.
func (m *linear) index() {
	size := 4
	for size < 2*len(m.hashes) {
		size *= 2
	}
	m.table = make([]uint32, size)
	for row, h := range m.hashes {
		i := finalise(h) & uint64(size-1)
		for m.table[i] != 0 {
			i = (i + 1) & uint64(size-1)
		}
		m.table[i] = uint32(row + 1)
	}
}

// row is the row of a hash, or -1.
func (m *linear) row(h uint64) int32 {
	mask := uint64(len(m.table) - 1)
	for i := finalise(h) & mask; ; i = (i + 1) & mask {
		at := m.table[i]
		if at == 0 {
			return -1
		}
		if m.hashes[at-1] == h {
			return int32(at - 1)
		}
	}
}

// projection is a text in the vocabulary of one model: the known features by
// their index in the text's list, with row and weight.
type projection struct {
	rows   []int32     // per feature of the text, -1 when unknown
	values []float32   // per feature of the text
	known  int         // features that the model knows
	sums   [][4]uint64 // working memory of score
}

// project looks every feature up and scales each block to length 1.
func (m *linear) project(list []feature, p *projection) {
	p.rows, p.values, p.known = p.rows[:0], p.values[:0], 0
	var sum [2]float32
	for i := range list {
		f := &list[i]
		row := m.row(f.hash)
		v := float32(0)
		if row >= 0 {
			v = weight(f.count)
			sum[f.block] += v * v
			p.known++
		}
		p.rows = append(p.rows, row)
		p.values = append(p.values, v)
	}
	var by [2]float32
	for b, s := range sum {
		if s > 0 {
			by[b] = float32(1 / math.Sqrt(float64(s)))
		}
	}
	for i := range p.values {
		p.values[i] *= by[list[i].block]
	}
}

// score writes the logits of a projected text into z. Eight weights are added at
// a time, as two lanes of 32 bits in four words: the share of each feature is
// rounded to an integer that is as large as the lanes allow, which moves a logit
// by less than the rounding of the weights to int8 does.
func (m *linear) score(p *projection, z []float32) {
	const (
		lanes = 0x000000ff_000000ff
		flip  = 0x80808080_80808080 // int8 to 0…255
	)
	n := len(m.labels)
	z = z[:n]
	top := float32(0)
	for i, row := range p.rows {
		if row >= 0 {
			top = max(top, p.values[i]*m.scale[row])
		}
	}
	if top == 0 {
		copy(z, m.bias)
		return
	}
	words := m.stride() / 8
	if cap(p.sums) < words {
		p.sums = make([][4]uint64, words)
	}
	sums := p.sums[:words]
	clear(sums)
	most := float32(min(4095, math.MaxUint32/255/p.known))
	unit, by := top/most, most/top
	total := uint64(0)
	for i, row := range p.rows {
		if row < 0 {
			continue
		}
		q := uint64(p.values[i]*m.scale[row]*by + .5)
		if q == 0 {
			continue
		}
		total += q
		w := m.weights[int(row)*8*words:][:8*words]
		for c := range sums {
			x := binary.LittleEndian.Uint64(w[8*c:]) ^ flip
			sum := &sums[c]
			sum[0] += (x & lanes) * q
			sum[1] += (x >> 8 & lanes) * q
			sum[2] += (x >> 16 & lanes) * q
			sum[3] += (x >> 24 & lanes) * q
		}
	}
	for k := range z {
		lane := sums[k/8][k%4] >> (k % 8 / 4 * 32) & math.MaxUint32
		z[k] = float32(int64(lane) - 128*int64(total))
	}
	for k := range z {
		z[k] = m.bias[k] + unit*z[k]
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
