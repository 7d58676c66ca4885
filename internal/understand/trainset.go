package understand

import (
	"math"
	"math/rand/v2"
	"slices"
)

// trainingSet is the features of all texts, made once and shared by the folds.
type trainingSet struct {
	labels  []string
	texts   [][]feature
	label   []int
	weight  []float32 // of the loss of a text
	counts  []int     // texts per label
	names   int       // the first names texts are the labels' own names, never held out
	minimum int       // texts that a feature must occur in
}

// recipe is what a model is trained with.
type recipe struct {
	seed     uint64
	networks int  // small ones, that vote as one hidden layer
	novelty  bool // a large one that votes, and a small one for what is unknown
}

// recipe is the one that the texts are worth: a large network needs many of each
// intent.
func (t *trainingSet) recipe(o TrainOptions) recipe {
	r := recipe{seed: uint64(o.Seed), networks: o.Networks}
	switch {
	case r.networks > 0:
	case t.minimum > 1:
		r.networks, r.novelty = 1, true
	default:
		r.networks = defaultNetworks
	}
	return r
}

// vote is the weight of the SVM.
func (r recipe) vote() float32 {
	if r.novelty {
		return wideVote
	}
	return linearVote
}

// defaultNetworks is how many networks vote as one hidden layer where examples
// are few. The second one sees fewer features for longer: two that differ are
// worth a third of a point, further ones nothing that was measured.
const defaultNetworks = 2

func newTrainingSet(examples []Example, labels []string) *trainingSet {
	set := &trainingSet{labels: labels, names: len(labels), counts: make([]int, len(labels))}
	s := newScratch()
	put := func(text string, label int) {
		s.load("", text)
		set.add(slices.Clone(s.features.list), label, 1)
	}
	for k, l := range labels {
		put(labelText(l), k)
	}
	for _, e := range examples {
		k, _ := slices.BinarySearch(labels, e.Intent)
		set.counts[k]++
		put(e.Text, k)
	}
	set.minimum = 2
	if counts := slices.Sorted(slices.Values(set.counts)); counts[len(counts)/10] < sparseIntent {
		set.minimum = 1
	}
	return set
}

func (t *trainingSet) add(list []feature, label int, weight float32) {
	t.texts = append(t.texts, list)
	t.label = append(t.label, label)
	t.weight = append(t.weight, weight)
}

func (t *trainingSet) all() []int {
	all := make([]int, len(t.texts))
	for i := range all {
		all[i] = i
	}
	return all
}

func featuresOf(texts []string) [][]feature {
	s := newScratch()
	out := make([][]feature, len(texts))
	for i, text := range texts {
		s.load("", text)
		out[i] = slices.Clone(s.features.list)
	}
	return out
}

// fit trains both models on the given texts. Temperatures and thresholds are
// not set.
func (t *trainingSet) fit(texts []int, r recipe) *IntentModel {
	lists := make([][]feature, len(texts))
	for n, i := range texts {
		lists[n] = t.texts[i]
	}
	hashes := vocabulary(lists, t.minimum)
	x := samples(lists, hashes)
	targets := make([]target, len(texts))
	for n, i := range texts {
		x[n].weight = t.weight[i]
		targets[n] = target{label: t.label[i], weight: t.weight[i]}
	}
	labels := len(t.labels)
	options := make([]mlpOptions, r.networks)
	for n := range options {
		options[n] = optionsFor(len(texts), labels, n)
	}
	if r.novelty {
		options = append([]mlpOptions{wideOptions}, options...)
	}
	nets := make([]*network, len(options))
	svm := newOneAgainstRest(x, targets, labels, len(hashes), 1, r.seed)
	each(len(nets)+svm.blocks(), func(n int) { // the networks first: they take longest
		if n < len(nets) {
			nets[n] = trainNetwork(x, targets, len(hashes), labels, options[n], r.seed, uint64(n))
			return
		}
		svm.fit(n - len(nets))
	})
	m := &IntentModel{linear: quantise(t.labels, hashes, svm.w, svm.bias)}
	if r.novelty {
		label := make([]int, len(texts))
		for n, i := range texts {
			label[n] = t.label[i]
		}
		m.novelty = newNovelty(nets[1], x, label, len(hashes), labels)
		nets = nets[:1]
	}
	m.hidden = joinNetworks(nets, len(hashes))
	m.arrange(byFrequency(x, len(hashes)))
	return m
}

// heldOut is a text in a model that has not seen it.
type heldOut struct {
	scores
	truth int
}

// score adds the texts to held, in the model.
func (t *trainingSet) score(m *IntentModel, texts []int, held []heldOut) []heldOut {
	var s scores
	for _, i := range texts {
		if m.score(t.texts[i], &s) {
			held = append(held, s.keep(t.label[i]))
		}
	}
	return held
}

// keep copies what calibration needs.
func (s *scores) keep(truth int) heldOut {
	h := heldOut{truth: truth}
	h.linear, h.hidden = slices.Clone(s.linear), slices.Clone(s.hidden)
	h.words = s.words
	h.novel.both, h.novel.near = slices.Clone(s.novel.both), s.novel.near
	return h
}

// outOfFold scores every labelled text in a model of four fifths that has not
// seen it: five folds, stratified by label. A text without any feature that the
// others have is left out.
func (t *trainingSet) outOfFold(r recipe, inbox [][]feature) (held []heldOut) {
	const folds = 5
	fold := t.folds(folds, r.seed)
	for f := range folds {
		var in, out []int
		for i := range t.texts {
			if i >= t.names && fold[i] == f {
				out = append(out, i)
			} else {
				in = append(in, i)
			}
		}
		held = t.score(t.selfTrain(in, inbox, r, nil, 1), out, held)
	}
	return held
}

// folds deals the texts of each label out in turn, shuffled.
func (t *trainingSet) folds(n int, seed uint64) []int {
	fold := make([]int, len(t.texts))
	perLabel := make([][]int, len(t.labels))
	for i := t.names; i < len(t.texts); i++ {
		perLabel[t.label[i]] = append(perLabel[t.label[i]], i)
	}
	rng := rand.New(rand.NewPCG(seed, math.MaxUint64))
	next := 0
	for _, list := range perLabel {
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, i := range list {
			fold[i] = next % n
			next++
		}
	}
	return fold
}
