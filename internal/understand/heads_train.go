package understand

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sort"
)

// HeadExample is a text with all its labels, such as "fine.annoyance" and
// "emotion.anger".
type HeadExample struct {
	Text   string
	Labels []string
}

// HeadSet is a set of labelled texts. Parts names, for a coarse label, the fine
// ones that it is made of; it may be nil.
type HeadSet struct {
	Examples []HeadExample
	Parts    map[string][]string
}

const (
	headC         = 1
	headContrast  = .5
	headFolds     = 3
	headsLarge    = 10000 // texts from which a feature must occur in five of them
	maxHeadEpochs = 60
)

// headNetwork was chosen on folds of the training part of GoEmotions.
var headNetwork = mlpOptions{hidden: 64, epochs: 12, batch: 32, keep: .3, keepUnits: .7, rate: 4e-3, multi: true}

var errFewHeads = errors.New("understand: it takes texts with at least two labels to train on")

// headTrainer holds the features of all texts; folds share them.
type headTrainer struct {
	labels  []string
	parts   [][]int
	lists   [][]feature
	y       [][]float32 // texts × labels
	minimum int
	seed    uint64
}

// TrainHeads fits the heads. The threshold of each label maximises its F1 on
// probabilities of three folds. It returns the embedded file.
func TrainHeads(set HeadSet, seed uint64) ([]byte, error) {
	h, err := trainHeads(set, seed)
	if err != nil {
		return nil, err
	}
	return h.encode(kindHeads), nil
}

func trainHeads(set HeadSet, seed uint64) (*headsModel, error) {
	t := &headTrainer{minimum: 2, seed: seed}
	for _, e := range set.Examples {
		t.labels = append(t.labels, e.Labels...)
	}
	sort.Strings(t.labels)
	if t.labels = slices.Compact(t.labels); len(t.labels) < 2 || len(t.labels) > maxHeads {
		return nil, errFewHeads
	}
	if len(set.Examples) >= headsLarge {
		t.minimum = 5
	}
	t.parts = make([][]int, len(t.labels))
	for k, l := range t.labels {
		for _, part := range set.Parts[l] {
			if n, ok := slices.BinarySearch(t.labels, part); ok && n != k {
				t.parts[k] = append(t.parts[k], n)
			}
		}
	}
	t.lists = headFeatures(set.Examples)
	for _, e := range set.Examples {
		y := make([]float32, len(t.labels))
		for _, l := range e.Labels {
			k, _ := slices.BinarySearch(t.labels, l)
			y[k] = 1
		}
		t.y = append(t.y, y)
	}
	p := t.outOfFold()
	all := make([]int, len(t.lists))
	for i := range all {
		all[i] = i
	}
	h := t.fit(all)
	if h == nil {
		return nil, errFewHeads
	}
	h.threshold = make([]float32, len(t.labels))
	each(len(t.labels), func(k int) { h.threshold[k] = t.bestThreshold(p, k) })
	return h, nil
}

func headFeatures(examples []HeadExample) [][]feature {
	s := newScratch()
	lists := make([][]feature, len(examples))
	for i, e := range examples {
		s.load("", e.Text)
		lists[i] = slices.Clone(s.features.list)
	}
	return lists
}

// fit trains on some texts; nil when they share no feature.
func (t *headTrainer) fit(texts []int) *headsModel {
	lists := make([][]feature, len(texts))
	targets := make([]target, len(texts))
	for n, i := range texts {
		lists[n], targets[n] = t.lists[i], target{soft: t.y[i], weight: 1}
	}
	hashes := vocabulary(lists, t.minimum)
	if len(hashes) == 0 {
		return nil
	}
	x := samples(lists, hashes)
	w := make([][]float32, len(t.labels))
	bias := make([]float32, len(t.labels))
	var net *network
	each(len(t.labels)+1, func(k int) {
		if k == 0 { // the longest task first
			o := headNetwork
			o.epochs = max(o.epochs, min(maxHeadEpochs, o.epochs*headsLarge/len(texts)))
			net = trainNetwork(x, targets, len(hashes), len(t.labels), o, t.seed, 0)
			return
		}
		k--
		y := make([]int8, len(texts))
		for n, i := range texts {
			y[n] = int8(2*t.y[i][k] - 1)
		}
		w[k], bias[k] = contrasted(x, y, len(hashes), headContrast, func(x []sample) ([]float32, float32) {
			return trainLogistic(x, y, len(hashes), headC, rand.New(rand.NewPCG(t.seed, uint64(k))))
		})
	})
	h := &headsModel{linear: quantise(t.labels, hashes, w, bias), hidden: joinNetworks([]*network{net}, len(hashes)), parts: t.parts, share: linearShare}
	h.arrange(byFrequency(x, len(hashes)))
	return h
}

// outOfFold gives every text the probabilities of a model that has not seen it.
func (t *headTrainer) outOfFold() [][]float32 {
	p := make([][]float32, len(t.lists))
	order := rand.New(rand.NewPCG(t.seed, 7)).Perm(len(t.lists))
	for f := range headFolds {
		var in []int
		for n, i := range order {
			if n%headFolds != f {
				in = append(in, i)
			}
		}
		h := t.fit(in)
		var s headState
		for n, i := range order {
			if n%headFolds != f {
				continue
			}
			if h == nil {
				p[i] = make([]float32, len(t.labels))
				continue
			}
			h.linear.project(t.lists[i], &s.projection)
			p[i] = slices.Clone(h.probabilities(&s))
		}
	}
	return p
}

// bestThreshold maximises the F1 of a label over .02 … .95.
func (t *headTrainer) bestThreshold(p [][]float32, k int) float32 {
	best, at := -1.0, float32(.5)
	for c := 2; c <= 95; c++ {
		threshold := float32(c) / 100
		var c3 counts3
		for i := range p {
			c3.add(p[i][k] >= threshold, t.y[i][k] > 0)
		}
		if f := c3.f1(); f > best {
			best, at = f, threshold
		}
	}
	return at
}
