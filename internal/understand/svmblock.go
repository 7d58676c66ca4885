package understand

import (
	"math"
	"math/rand/v2"
)

// lanes is how many labels are fitted at once.
const lanes = 16

type lane [lanes]float32

func (l *lane) fill(v float64) {
	for i := range l {
		l[i] = float32(v)
	}
}

// svmBlock is the state of sixteen labels while they are fitted, a lane each. The
// order of the fields down to stay is known to the assembly.
type svmBlock struct {
	bias, high, low, shrink, y lane
	d, inverse                 float32 // 1/2C of the text, and 1/(x·x + 1 + d)
	stay                       uint32  // lanes that the text can still move

	first int       // label
	w     []float32 // rows × lanes
	alpha []float32 // texts × lanes
}

// oneAgainstRest fits labels against the rest: squared hinge loss, dual coordinate
// descent with shrinking (Hsieh, Chang, Lin, Keerthi and Sundararajan 2008). The
// bias is a feature of value 1. Sixteen labels, a block, look at the texts in the
// same order and are moved at once.
type oneAgainstRest struct {
	x       []sample
	targets []target
	labels  int
	rows    int
	c       float64
	seed    uint64
	w       [][]float32 // per label, the weight of each row
	bias    []float32
}

func newOneAgainstRest(x []sample, targets []target, labels, rows int, c float64, seed uint64) *oneAgainstRest {
	for i := range x {
		for _, row := range x[i].rows {
			if row < 0 || int(row) >= rows {
				panic("understand: a row outside of the vocabulary") // the assembly does not look again
			}
		}
	}
	return &oneAgainstRest{x: x, targets: targets, labels: labels, rows: rows, c: c, seed: seed,
		w: make([][]float32, labels), bias: make([]float32, labels)}
}

// blocks is how many calls of fit there are to make; they are independent.
func (o *oneAgainstRest) blocks() int { return (o.labels + lanes - 1) / lanes }

// fit trains the labels of one block.
func (o *oneAgainstRest) fit(block int) {
	const (
		tolerance = .1
		passes    = 1000
	)
	b := &svmBlock{first: block * lanes, w: make([]float32, o.rows*lanes), alpha: make([]float32, len(o.x)*lanes)}
	rng := rand.New(rand.NewPCG(o.seed, uint64(block)))
	active := make([]int, len(o.x))
	for i := range active {
		active[i] = i
	}
	n := len(active)
	b.shrink.fill(math.Inf(1))
	b.y.fill(-1)
	for range passes {
		b.high.fill(math.Inf(-1))
		b.low.fill(math.Inf(1))
		rng.Shuffle(n, func(i, j int) { active[i], active[j] = active[j], active[i] })
		for s := 0; s < n; {
			if i := active[s]; b.visit(&o.x[i], o.targets[i].label, o.c, b.alpha[i*lanes:][:lanes]) {
				s++
				continue
			}
			n--
			active[s], active[n] = active[n], active[s]
		}
		switch {
		case b.spread() > tolerance:
			b.shrinkMore()
		case n == len(active):
			o.keep(b)
			return
		default: // converged on the active part: look at all once more
			n = len(active)
			b.shrink.fill(math.Inf(1))
		}
	}
	o.keep(b)
}

func (o *oneAgainstRest) keep(b *svmBlock) {
	for l := range min(lanes, o.labels-b.first) {
		list := make([]float32, o.rows)
		for row := range list {
			list[row] = b.w[row*lanes+l]
		}
		o.w[b.first+l], o.bias[b.first+l] = list, b.bias[l]
	}
}

// visit moves the lanes by one text; false says that none has a use for it in the
// next passes.
func (b *svmBlock) visit(x *sample, label int, c float64, alpha []float32) bool {
	b.d = float32(1 / (2 * c * x.share()))
	b.inverse = 1 / (x.norm + 1 + b.d)
	l := label - b.first
	if l < 0 || l >= lanes {
		b.step(b.w, x, alpha)
		return b.stay != 0
	}
	b.y[l] = 1
	b.step(b.w, x, alpha)
	b.y[l] = -1
	return b.stay != 0
}

// spread is the largest distance of two projected gradients of a lane.
func (b *svmBlock) spread() (most float32) {
	for l := range lanes {
		most = max(most, b.high[l]-b.low[l])
	}
	return most
}

func (b *svmBlock) shrinkMore() {
	for l, high := range b.high {
		if b.shrink[l] = high; high <= 0 {
			b.shrink[l] = float32(math.Inf(1))
		}
	}
}

// step moves all lanes by one text.
func (b *svmBlock) step(w []float32, x *sample, alpha []float32) {
	values := x.values[:len(x.rows)]
	if hasAVX2 && len(x.rows) > 0 {
		svmStepAVX2(&w[0], &x.rows[0], &values[0], len(x.rows), &alpha[0], b)
		return
	}
	var sums [2]lane
	for i, row := range x.rows {
		for l, v := range w[int(row)*lanes:][:lanes] {
			sums[i&1][l] += float32(v * values[i])
		}
	}
	var steps lane
	moved := false
	b.stay = 0
	for l := range lanes {
		old, y := alpha[l], b.y[l]
		m := (sums[0][l] + sums[1][l]) + b.bias[l]
		g := (float32(m*y) - 1) + float32(old*b.d)
		pg := g
		if old == 0 {
			pg = min(g, 0)
		}
		b.high[l], b.low[l] = max(b.high[l], pg), min(b.low[l], pg)
		if old != 0 || !(g > b.shrink[l]) {
			b.stay |= 1 << l
		}
		alpha[l] = max(old-float32(g*b.inverse), 0)
		steps[l] = float32((alpha[l] - old) * y)
		moved = moved || steps[l] != 0
	}
	if !moved {
		return
	}
	for l, v := range steps {
		b.bias[l] += v
	}
	for i, row := range x.rows {
		for l := range lanes {
			w[int(row)*lanes+l] += float32(steps[l] * values[i])
		}
	}
}
