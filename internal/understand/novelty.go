package understand

import (
	"encoding/binary"
	"math"
)

// novelty tells texts of unknown intents from those of known ones where every
// intent has examples enough. It is a small network that is trained for a short
// time, because the one that is trained for accuracy forgets what it needs not
// tell apart, and what that network makes of each example. Its logits vote, too. It
// is immutable.
type novelty struct {
	hidden   *hiddenModel
	starts   []int32   // per label its first example, and one more
	vectors  []byte    // int8, examples × units: the active units of each
	inverses []float32 // of their lengths
}

// Weights of the evidence, chosen on intents left out of folds of the training
// part of BANKING77.
const (
	// bothFlatter is flatter for the mean of both networks.
	bothFlatter = .7
	// nearShare is the weight of the cosine to the nearest example where the
	// entropy has 1, both standardised.
	nearShare = .5
	// wideVote is the weight of the SVM beside the mean of both networks, of which
	// folds of the same part want little.
	wideVote = .1
)

// standard is the mean and the deviation of a score over out-of-fold texts.
type standard struct{ mean, deviation float32 }

func standardOf(values []float64) standard {
	var sum, squares float64
	n := float64(max(len(values), 1))
	for _, v := range values {
		sum += v / n
	}
	for _, v := range values {
		squares += (v - sum) * (v - sum) / n
	}
	return standard{float32(sum), float32(max(math.Sqrt(squares), 1e-3))}
}

func (s standard) of(v float32) float32 { return (v - s.mean) / s.deviation }

// length of a text for its trend: the logarithm of its words and pairs.
func (s *scores) length() float32 { return float32(math.Log(1 + float64(s.words))) }

// trend is how a score grows with the length of a text.
type trend struct{ mean, slope float32 }

// trendOf is the least-squares line of y over x.
func trendOf(x, y []float64) trend {
	var mx, my, xx, xy float64
	n := float64(max(len(x), 1))
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		xy += (x[i] - mx) * (y[i] - my)
	}
	if xx < 1e-6 {
		return trend{}
	}
	return trend{float32(mx), float32(xy / xx)}
}

// newNovelty reads the training texts with the network; label is that of each.
func newNovelty(net *network, x []sample, label []int, rows, labels int) *novelty {
	m := &novelty{hidden: joinNetworks([]*network{net}, rows), starts: make([]int32, labels+1)}
	for _, k := range label {
		m.starts[k+1]++
	}
	for k := range labels {
		m.starts[k+1] += m.starts[k]
	}
	units := m.hidden.units
	m.vectors = make([]byte, len(x)*units)
	next := append([]int32(nil), m.starts...)
	var s hiddenState
	for i := range x {
		m.hidden.score(&projection{rows: x[i].rows, values: x[i].values}, &s)
		to := m.vectors[int(next[label[i]])*units:][:units]
		next[label[i]]++
		top := float32(0)
		for _, v := range s.h {
			top = max(top, v)
		}
		for j, v := range s.h {
			if v > 0 {
				to[j] = byte(v/top*127 + .5)
			}
		}
	}
	m.measure()
	return m
}

// measure computes the inverse lengths; an example without an active unit is
// near to nothing.
func (m *novelty) measure() {
	units := m.hidden.units
	m.inverses = make([]float32, len(m.vectors)/units)
	for i := range m.inverses {
		sum := 0
		for _, v := range m.vectors[i*units:][:units] {
			sum += int(int8(v)) * int(int8(v))
		}
		if sum > 0 {
			m.inverses[i] = float32(1 / math.Sqrt(float64(sum)))
		}
	}
}

// noveltyState is the working memory of one text.
type noveltyState struct {
	hiddenState
	both  []float32 // mean logits of both networks
	shown []float32 // the units, those at rest 0
	ints  []int16   // shown in whole numbers
	rows  []int32
	dots  []int32
	near  float32 // cosine to the nearest example
}

// read scores a projected text; hidden are its logits in the other network.
func (m *novelty) read(p *projection, hidden []float32, s *noveltyState) {
	z := m.hidden.score(p, &s.hiddenState)
	s.both = sized(s.both, len(hidden))
	for k, v := range hidden {
		s.both[k] = (v + z[k]) / 2
	}
	s.shown = sized(s.shown, len(s.h))
	sum := float32(0)
	for j, v := range s.h {
		s.shown[j] = max(v, 0)
		sum += s.shown[j] * s.shown[j]
	}
	s.near, s.rows = 0, s.rows[:0]
	if sum == 0 {
		return
	}
	for _, k := range top3(s.both) { // the examples of others are no nearer, or it doesn't matter
		if k >= 0 {
			for row := m.starts[k]; row < m.starts[k+1]; row++ {
				s.rows = append(s.rows, row)
			}
		}
	}
	s.dots, s.ints = sized(s.dots, len(s.rows)), sized(s.ints, len(s.shown))
	unit := wholes(s.ints, s.shown)
	dotsOfRows(s.dots, m.vectors, s.rows, s.ints)
	for i, row := range s.rows {
		s.near = max(s.near, float32(s.dots[i])*m.inverses[row])
	}
	s.near *= unit / float32(math.Sqrt(float64(sum)))
}

// append writes the network and the examples; decodeNovelty reads them.
func (m *novelty) append(b []byte) []byte {
	b = m.hidden.append(b)
	for _, v := range m.starts {
		b = binary.LittleEndian.AppendUint32(b, uint32(v)) //nolint:gosec // a number of examples
	}
	return append(b, m.vectors...)
}

func decodeNovelty(r *reader, rows, labels int) (*novelty, error) {
	m := &novelty{}
	var err error
	if m.hidden, err = decodeHidden(r, rows, labels); err != nil {
		return nil, err
	}
	for k := range labels + 1 {
		v := r.count(maxExamples, 0)
		if k == 0 && v != 0 || k > 0 && int32(v) < m.starts[k-1] { //nolint:gosec // bounded by maxExamples
			return nil, errModel
		}
		m.starts = append(m.starts, int32(v)) //nolint:gosec // bounded by maxExamples
	}
	if int64(m.starts[labels])*int64(m.hidden.units) > int64(len(r.rest)) {
		return nil, errModel
	}
	if m.vectors = r.take(int(m.starts[labels]) * m.hidden.units); r.bad {
		return nil, errModel
	}
	m.measure()
	return m, nil
}
