package understand

import (
	"encoding/binary"
	"math"
)

// hiddenModel is one hidden layer over the vocabulary of a linear model: per
// feature one int8 weight for each unit with a common scale, the rest in
// float32. Several networks trained from different seeds stand side by side in
// one layer: the mean of their logits is again a layer of that form. It is
// immutable.
type hiddenModel struct {
	units, width int // width is the number of labels, filled up to a multiple of eight
	scale        []float32
	in           []byte    // int8, rows × units; a loaded model shares the bytes of its file
	bias         []float32 // units
	out          []float32 // units × width
	c            []float32 // width
}

// maxUnits bounds the hidden layer of a model file.
const maxUnits = 4096

// joinNetworks puts networks of one vocabulary side by side and rounds the
// weights of each feature to int8.
func joinNetworks(nets []*network, rows int) *hiddenModel {
	n := len(nets)
	first := nets[0]
	m := &hiddenModel{units: n * first.units, width: first.width, scale: make([]float32, rows), c: make([]float32, first.width)}
	m.in = make([]byte, rows*m.units)
	share := 1 / float32(n)
	for _, l := range nets {
		m.bias = append(m.bias, l.bias...)
		for _, w := range l.out {
			m.out = append(m.out, w*share)
		}
		axpyRow(share, l.c, m.c)
	}
	for row := range rows {
		top := float32(0)
		for _, l := range nets {
			for _, w := range l.in[row*l.units:][:l.units] {
				top = max(top, abs(w))
			}
		}
		if top == 0 {
			continue
		}
		s := top / 127
		m.scale[row] = s
		for i, l := range nets {
			for j, w := range l.in[row*l.units:][:l.units] {
				m.in[row*m.units+i*l.units+j] = byte(int8(math.RoundToEven(float64(w / s))))
			}
		}
	}
	return m
}

// hiddenState is the working memory of one text.
type hiddenState struct {
	h, z, pull, each []float32
	pulls            []int16 // pull, in units of unit
	unit             float32
	dots             []int32
	units            []int32 // the active ones, and their values
	active           []float32
}

// score computes the units and the logits of a projected text; they stay in s.
func (m *hiddenModel) score(p *projection, s *hiddenState) []float32 {
	s.h, s.z = sized(s.h, m.units), sized(s.z, m.width)
	unit := p.sum(m.in, m.scale, m.units)
	copy(s.z, m.c)
	// Room for as many numbers as a vector has.
	s.units, s.active = sized(s.units, m.units+16), sized(s.active, m.units+16)
	n := activate(s.h, s.units, s.active, m.bias, p.sums, unit)
	s.units, s.active = s.units[:n], s.active[:n]
	addUnits(s.z, m.out, m.width, s.units, s.active)
	return s.z
}

// pulls prepares the contribution of features to label k over label other for
// the text that was scored last: exact as long as the same units are active.
func (m *hiddenModel) pulls(s *hiddenState, k, other int) {
	s.pull = sized(s.pull, m.units)
	pull, out, width := s.pull, m.out, m.width
	clear(pull)
	for _, j := range s.units {
		pull[j] = out[int(j)*width+k] - out[int(j)*width+other]
	}
	s.pulls = sized(s.pulls, m.units)
	s.unit = wholes(s.pulls, pull)
}

// contributions of the features in rows, per unit of their weight in the text.
func (m *hiddenModel) contributions(s *hiddenState, rows []int32) []float32 {
	m.dotsOf(s, rows)
	s.each = sized(s.each, len(rows))
	each, dots := s.each, s.dots
	for i, row := range rows {
		each[i] = float32(s.unit*float32(dots[i])) * m.scale[row]
	}
	return each
}

// dotsOf leaves the contributions in s.dots, in units of s.unit and of the scale of
// each row.
func (m *hiddenModel) dotsOf(s *hiddenState, rows []int32) {
	s.dots = sized(s.dots, len(rows))
	dotsOfRows(s.dots, m.in, rows, s.pulls)
}

func sized[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n)
	}
	return v[:n]
}

// append writes units, width and the numbers; decodeHidden reads them.
func (m *hiddenModel) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(m.units))
	for _, list := range [][]float32{m.scale, m.bias, m.out, m.c} {
		for _, v := range list {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return append(b, m.in...)
}

func decodeHidden(r *reader, rows, labels int) (*hiddenModel, error) {
	m := &hiddenModel{width: (labels + 7) &^ 7}
	m.units = r.count(maxUnits, 4+4*m.width)
	if r.bad || m.units == 0 || m.units%8 != 0 || int64(rows)*int64(m.units+4) > int64(len(r.rest)) {
		return nil, errModel
	}
	m.scale, m.bias, m.out, m.c = r.scales(rows), r.f32(m.units), r.f32(m.units*m.width), r.f32(m.width)
	if m.in = r.take(rows * m.units); r.bad {
		return nil, errModel
	}
	return m, nil
}
