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
// doesn't know. Targets that are spread more make its probabilities less honest
// after one temperature (folds of the training part of BANKING77).
var wideOptions = mlpOptions{hidden: 512, epochs: 40, batch: 64, keep: .3, keepUnits: .5, smoothing: .02, rate: 3e-3, cosine: true}

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
	o      mlpOptions
	labels int
	width  int
	rng    *rand.Rand
	in     []float32 // per row its weights and then their two moments
	bias   parameter
	out    parameter
	c      parameter
	batch  batch
	p, dz  []float32 // of one text: probabilities, gradient of the logits
	units  []int32   // the active ones, and their values
	active []float32
}

// trainNetwork fits one hidden layer by Adam on cross-entropy, with dropout of
// features and of units (Srivastava and others 2014).
func trainNetwork(x []sample, targets []target, rows, labels int, o mlpOptions, seed, stream uint64) *network {
	t := &mlpTrainer{o: o, labels: labels, width: (labels + 7) &^ 7, rng: rand.New(rand.NewPCG(seed, stream))}
	n := o.hidden
	t.in = make([]float32, 3*rows*n)
	for row := range rows {
		for j := range n {
			t.in[3*row*n+j] = float32(t.rng.NormFloat64() * .05)
		}
	}
	t.bias, t.out, t.c = newParameter(n), newParameter(n*t.width), newParameter(t.width)
	bound := 1 / math.Sqrt(float64(n))
	for j := range n {
		for k := range labels {
			t.out.w[j*t.width+k] = float32((2*t.rng.Float64() - 1) * bound)
		}
	}
	t.p, t.dz = make([]float32, t.width), make([]float32, t.width)
	t.units, t.active = make([]int32, n+1), make([]float32, n+1)
	t.batch.reserve(rows, n, min(o.batch, len(x)))
	if o.multi {
		t.prior(targets)
	}
	t.run(x, targets)
	in := make([]float32, rows*n)
	for row := range rows {
		copy(in[row*n:][:n], t.in[3*row*n:])
	}
	return &network{units: n, width: t.width, in: in, bias: t.bias.w, out: t.out.w, c: t.c.w}
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
			some := order[from:min(from+t.o.batch, len(order))]
			t.batch.draw(x, some, &t.o, t.rng)
			share := 1 / float32(len(some))
			for n, i := range some {
				t.learn(n, targets[i], share)
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

// learn adds the gradient of the nth text of the batch.
func (t *mlpTrainer) learn(n int, g target, share float32) {
	t.forward(n)
	if t.o.multi {
		for k := range t.labels {
			t.dz[k] = t.p[k] - g.soft[k]
		}
	} else {
		rest := t.o.smoothing / float32(t.labels)
		for k := range t.labels {
			t.dz[k] = t.p[k] - rest
		}
		t.dz[g.label] -= 1 - t.o.smoothing
	}
	for k := range t.dz {
		t.dz[k] *= share * g.weight
	}
	axpyRow(1, t.dz, t.c.g)
	dh := t.batch.hidden(n)
	clear(dh)
	backUnits(t.units, t.active, t.dz, t.out.w, t.out.g, dh, float32(1/t.o.keepUnits))
	axpyRow(1, dh, t.bias.g)
}

// forward leaves the active units of the nth text of the batch and its
// probabilities.
func (t *mlpTrainer) forward(n int) {
	b := &t.batch
	units := t.o.hidden
	if n == 0 {
		prefetchFloats(t.in, 3*units, units, b.fresh(0))
	}
	prefetchFloats(t.in, 3*units, units, b.fresh(n+1))
	h := b.hidden(n)
	copy(h, t.bias.w)
	rows, values := b.features(n)
	addUnits(h, t.in, 3*units, rows, values)
	t.activate(h, b.kept(n))
	copy(t.p, t.c.w)
	addUnits(t.p, t.out.w, t.width, t.units, t.active)
	if t.o.multi {
		for k := range t.labels {
			t.p[k] = sigmoid(t.p[k])
		}
		return
	}
	softmax(t.p[:t.labels], t.p[:t.labels], 1)
}

// activate lists the units that are positive and kept. It has no branch: half of
// them would go wrong.
func (t *mlpTrainer) activate(h []float32, kept []uint64) {
	up := float32(1 / t.o.keepUnits)
	units, active := t.units[:len(h)+1], t.active[:len(h)+1]
	n := 0
	for j, v := range h {
		units[n], active[n] = int32(j), v*up
		bits := int32(math.Float32bits(v))
		n += int(uint32(-bits&^bits)>>31) & int(kept[j>>6]>>(j&63))
	}
	t.units, t.active = units[:n], active[:n]
}

// move takes one step and clears the gradients.
func (t *mlpTrainer) move(p adam) {
	n := 3 * t.o.hidden
	b := &t.batch
	b.turn()
	for s, row := range b.touched {
		next := b.touched[min(s+1, len(b.touched)-1)]
		texts, values := b.uses(s)
		p.stepRow(t.in[int(row)*n:][:n], b.h, texts, values, t.in[int(next)*n:][:n])
	}
	p.move(t.bias.w, t.bias.m, t.bias.v, t.bias.g)
	p.move(t.out.w, t.out.m, t.out.v, t.out.g)
	p.move(t.c.w, t.c.m, t.c.v, t.c.g)
}
