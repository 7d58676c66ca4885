package understand

import (
	"math"
	"math/rand/v2"
)

// mlpOptions are how a hidden layer is trained.
type mlpOptions struct {
	hidden    int     // units, a multiple of eight
	epochs    int     // passes over all texts
	batch     int     // texts of one step
	keep      float64 // share of the features of a text that a step sees
	keepUnits float64 // share of the hidden units that a step sees
	smoothing float32 // share of the target that is spread over all labels
	rate      float64 // learning rate at the start; it falls to 2 %, linearly
	cosine    bool    // or as half a wave
	multi     bool    // a text can have several labels: each has its own probability
}

// optionsFor chooses by the number of texts of a label: with few of them, more
// and smaller steps. Every second network sees fewer features, for longer, so
// that the votes differ.
func optionsFor(texts, labels, network int) mlpOptions {
	o := mlpOptions{hidden: 256, epochs: 20, batch: 32, keep: .3, keepUnits: .5, smoothing: .1, rate: 2e-3}
	if texts < sparseIntent*labels {
		o.epochs, o.batch = 60, 16
	}
	if network%2 == 1 {
		o.keep, o.epochs = .2, o.epochs*3/2
	}
	return o
}

// wideOptions are those of the large network, where examples are many: twice as
// long, and slower at the end. It is right more often and knows less of what it
// doesn't know.
var wideOptions = mlpOptions{hidden: 512, epochs: 40, batch: 64, keep: .3, keepUnits: .5, smoothing: .1, rate: 3e-3, cosine: true}

// target is what a text is trained towards, a label or a probability for each,
// and the weight of its loss.
type target struct {
	label  int
	weight float32
	soft   []float32 // with multi: per label; the label is not read
}

// network is a trained hidden layer in float32: z = out·ReLU(bias + Σ v_f in_f) + c.
type network struct {
	units, width int       // width is the number of labels, filled up to a multiple of eight
	in           []float32 // rows × units
	bias         []float32
	out          []float32 // units × width
	c            []float32 // width
}

// parameter is a matrix with its gradient and Adam's moments.
type parameter struct{ w, m, v, g []float32 }

func newParameter(n int) parameter {
	all := make([]float32, 4*n)
	return parameter{all[:n:n], all[n : 2*n : 2*n], all[2*n : 3*n : 3*n], all[3*n:]}
}

// mlpTrainer is the state of one training. It runs on one goroutine, so its
// sums have one order.
type mlpTrainer struct {
	o        mlpOptions
	labels   int
	width    int
	rng      *rand.Rand
	in       []float32 // weights and moments of the rows; gradients have slots
	m, v     []float32
	bias     parameter
	out      parameter
	c        parameter
	slot     []int32 // of a row in this batch, -1: none
	touched  []int32
	gradient []float32
	look     look
}

// look is one forward pass: the features and units that dropout left.
type look struct {
	rows   []int32
	values []float32
	h      []float32
	units  []int32
	p      []float32
	dz     []float32
}

// trainNetwork fits one hidden layer by Adam on cross-entropy, with dropout of
// features and of units (Srivastava and others 2014).
func trainNetwork(x []sample, targets []target, rows, labels int, o mlpOptions, seed, stream uint64) *network {
	t := &mlpTrainer{o: o, labels: labels, width: (labels + 7) &^ 7, rng: rand.New(rand.NewPCG(seed, stream))}
	n := o.hidden
	t.in, t.m, t.v = make([]float32, rows*n), make([]float32, rows*n), make([]float32, rows*n)
	for i := range t.in {
		t.in[i] = float32(t.rng.NormFloat64() * .05)
	}
	t.bias, t.out, t.c = newParameter(n), newParameter(n*t.width), newParameter(t.width)
	bound := 1 / math.Sqrt(float64(n))
	for j := range n {
		for k := range labels {
			t.out.w[j*t.width+k] = float32((2*t.rng.Float64() - 1) * bound)
		}
	}
	t.slot = make([]int32, rows)
	for i := range t.slot {
		t.slot[i] = -1
	}
	t.look = look{h: make([]float32, n), p: make([]float32, t.width), dz: make([]float32, t.width)}
	if o.multi {
		t.prior(targets)
	}
	t.run(x, targets)
	return &network{units: n, width: t.width, in: t.in, bias: t.bias.w, out: t.out.w, c: t.c.w}
}

// prior starts each output at the log-odds of its label, so that what is rare
// need not be unlearned first.
func (t *mlpTrainer) prior(targets []target) {
	for k := range t.labels {
		sum := 1.0
		for i := range targets {
			sum += float64(targets[i].soft[k])
		}
		p := sum / float64(len(targets)+2)
		t.c.w[k] = float32(math.Log(p / (1 - p)))
	}
}

func (t *mlpTrainer) run(x []sample, targets []target) {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	batches := (len(x) + t.o.batch - 1) / t.o.batch
	total, step := batches*t.o.epochs, 0
	for range t.o.epochs {
		t.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for from := 0; from < len(order); from += t.o.batch {
			batch := order[from:min(from+t.o.batch, len(order))]
			share := 1 / float32(len(batch))
			for _, i := range batch {
				t.learn(&x[i], targets[i], share)
			}
			rate := t.o.rate * (1 - .98*float64(step)/float64(total))
			if t.o.cosine {
				rate = t.o.rate * (.02 + .49*(1+math.Cos(math.Pi*float64(step)/float64(total))))
			}
			step++
			t.move(adamAt(step, rate))
		}
	}
}

// learn adds the gradient of one text to those of the batch.
func (t *mlpTrainer) learn(x *sample, g target, share float32) {
	l := &t.look
	t.drop(l, x)
	t.forward(l)
	if t.o.multi {
		for k := range t.labels {
			l.dz[k] = l.p[k] - g.soft[k]
		}
		t.backward(l, share*g.weight)
		return
	}
	rest := t.o.smoothing / float32(t.labels)
	for k := range t.labels {
		l.dz[k] = l.p[k] - rest
	}
	l.dz[g.label] -= 1 - t.o.smoothing
	t.backward(l, share*g.weight)
}

// drop keeps a share of the features of a text and scales them up.
func (t *mlpTrainer) drop(l *look, x *sample) {
	l.rows, l.values = l.rows[:0], l.values[:0]
	up := float32(1 / t.o.keep)
	limit := uint64(t.o.keep * (1 << 32))
	var bits uint64
	for n, row := range x.rows {
		if n%2 == 0 {
			bits = t.rng.Uint64()
		} else {
			bits >>= 32
		}
		if bits&math.MaxUint32 < limit {
			l.rows = append(l.rows, row)
			l.values = append(l.values, x.values[n]*up)
		}
	}
}

func (t *mlpTrainer) forward(l *look) {
	n := t.o.hidden
	copy(l.h, t.bias.w)
	for i, row := range l.rows {
		axpyRow(l.values[i], t.in[int(row)*n:][:n], l.h)
	}
	l.units = l.units[:0]
	copy(l.p, t.c.w)
	up := float32(1 / t.o.keepUnits)
	var bits uint64
	limit := uint64(t.o.keepUnits * (1 << 16))
	for j, v := range l.h {
		if j%4 == 0 {
			bits = t.rng.Uint64()
		} else {
			bits >>= 16
		}
		if v <= 0 || bits&0xffff >= limit {
			l.h[j] = 0
			continue
		}
		l.h[j] = v * up
		l.units = append(l.units, int32(j))
		axpyRow(l.h[j], t.out.w[j*t.width:][:t.width], l.p)
	}
	if t.o.multi {
		for k := range t.labels {
			l.p[k] = sigmoid(l.p[k])
		}
		return
	}
	softmax(l.p[:t.labels], l.p[:t.labels], 1)
}

func (t *mlpTrainer) backward(l *look, share float32) {
	n := t.o.hidden
	for k := range l.dz {
		l.dz[k] *= share
	}
	axpyRow(1, l.dz, t.c.g)
	up := float32(1 / t.o.keepUnits)
	dh := l.h // each unit is read before its place is written
	next := 0
	for _, j := range l.units {
		for ; next < int(j); next++ {
			dh[next] = 0
		}
		axpyRow(l.h[j], l.dz, t.out.g[int(j)*t.width:][:t.width])
		dh[j] = up * dotRows(t.out.w[int(j)*t.width:][:t.width], l.dz)
		next = int(j) + 1
	}
	axpyRow(1, dh, t.bias.g)
	for i, row := range l.rows {
		s := t.slot[row]
		if s < 0 {
			s = int32(len(t.touched))
			t.slot[row] = s
			t.touched = append(t.touched, row)
			if need := (int(s) + 1) * n; need > len(t.gradient) {
				t.gradient = append(t.gradient, make([]float32, max(need, len(t.gradient)))...)
			}
		}
		axpyRow(l.values[i], dh, t.gradient[int(s)*n:][:n])
	}
}

// move takes one step and clears the gradients.
func (t *mlpTrainer) move(p adam) {
	n := t.o.hidden
	for s, row := range t.touched {
		at := int(row) * n
		p.move(t.in[at:at+n], t.m[at:at+n], t.v[at:at+n], t.gradient[s*n:(s+1)*n])
		t.slot[row] = -1
	}
	t.touched = t.touched[:0]
	p.move(t.bias.w, t.bias.m, t.bias.v, t.bias.g)
	p.move(t.out.w, t.out.m, t.out.v, t.out.g)
	p.move(t.c.w, t.c.m, t.c.v, t.c.g)
}
