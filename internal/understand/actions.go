package understand

import (
	"errors"
	"slices"
	"sort"
)

// ActionModel says what an agent will do next, from what was said and done so
// far: a linear SVM and one hidden layer vote. It is immutable.
type ActionModel struct {
	linear *linear
	hidden *hiddenModel
	scale  [2]float32 // inverse temperatures of the two
	hold   float32    // below this confidence nothing is suggested
}

// ActionReport says what training saw and how well the model did on dialogues
// that it had not seen.
type ActionReport struct {
	Dialogues int     `json:"dialogues"`
	Steps     int     `json:"steps"`
	Actions   int     `json:"actions"`
	Features  int     `json:"features"`
	Held      int     `json:"held"`     // steps of the held-out dialogues
	Accuracy  float64 `json:"accuracy"` // on them
	Top3      float64 `json:"top3"`
	Coverage  float64 `json:"coverage"` // share with a suggestion, of which wantedRight are right
}

const (
	actionC = .3
	// actionVote is the weight of the SVM beside the hidden layer.
	actionVote = 1
	// wantedRight is the share of shown suggestions that should be right.
	wantedRight = .8
	// minSteps is how many steps there must be to learn from.
	minSteps = 200
)

var errFewSteps = errors.New("understand: there are too few actions to learn from: it takes at least 200 in 20 dialogues")

// steps are the moments of dialogues at which an agent acted.
type steps struct {
	lists    [][]feature
	labels   []string
	dialogue []int
}

// stepsOf reads every moment at which an agent acted, from what came before it.
func stepsOf(dialogues []Dialogue, tasks bool) *steps {
	out := &steps{}
	r := newStepReader()
	for n := range dialogues {
		d := &dialogues[n]
		task := ""
		if tasks {
			task = d.Task
		}
		for i := range d.Turns {
			label := actionOf(&d.Turns[i])
			if label == "" {
				continue
			}
			out.lists = append(out.lists, slices.Clone(r.read(d.Turns[:i], task)))
			out.labels = append(out.labels, label)
			out.dialogue = append(out.dialogue, n)
		}
	}
	return out
}

func (s *steps) subset(keep func(dialogue int) bool) *steps {
	out := &steps{}
	for i, n := range s.dialogue {
		if keep(n) {
			out.lists = append(out.lists, s.lists[i])
			out.labels = append(out.labels, s.labels[i])
			out.dialogue = append(out.dialogue, n)
		}
	}
	return out
}

// TrainActions fits a model to dialogues. A fifth of them, by the hash of their
// ids, is held out first for the temperatures and the figures; then everything
// is trained on. With tasks, the task of a dialogue is a feature.
func TrainActions(dialogues []Dialogue, tasks bool, seed uint64) (*ActionModel, ActionReport, error) {
	all := stepsOf(dialogues, tasks)
	held := map[int]bool{}
	for n := range dialogues {
		held[n] = hashByte("held "+dialogues[n].ID)%5 == 0
	}
	in := all.subset(func(n int) bool { return !held[n] })
	out := all.subset(func(n int) bool { return held[n] })
	rep := ActionReport{Dialogues: len(dialogues), Steps: len(all.labels), Held: len(out.labels)}
	if len(all.labels) < minSteps || len(dialogues) < 20 || len(out.labels) == 0 || len(slices.Compact(slices.Sorted(slices.Values(all.labels)))) < 2 {
		return nil, rep, errFewSteps
	}
	first, err := fitActions(in, seed)
	if err != nil {
		return nil, rep, err
	}
	first.calibrate(out)
	f := first.measure(out)
	rep.Accuracy, rep.Top3 = f.accuracy(), f.top3()
	hold, coverage := precisionThreshold(f.confidence, f.right, wantedRight)
	rep.Coverage = coverage
	m, err := fitActions(all, seed)
	if err != nil {
		return nil, rep, err
	}
	m.scale, m.hold = first.scale, float32(hold)
	rep.Actions, rep.Features = len(m.linear.labels), len(m.linear.hashes)
	return m, rep, nil
}

// fitActions trains both parts on all steps.
func fitActions(s *steps, seed uint64) (*ActionModel, error) {
	labels := slices.Clone(s.labels)
	sort.Strings(labels)
	labels = slices.Compact(labels)
	if len(labels) < 2 {
		return nil, errFewSteps
	}
	hashes := vocabulary(s.lists, 2)
	x := blockSamples(s.lists, hashes, stepFactors[:])
	targets := make([]target, len(x))
	for i, l := range s.labels {
		k, _ := slices.BinarySearch(labels, l)
		targets[i] = target{label: k, weight: 1}
	}
	svm := newOneAgainstRest(x, targets, len(labels), len(hashes), actionC, seed)
	o := actionNetwork
	nets := make([]*network, actionNetworks)
	each(len(nets)+svm.blocks(), func(n int) {
		if n < len(nets) {
			nets[n] = trainNetwork(x, targets, len(hashes), len(labels), o, seed, uint64(n))
			return
		}
		svm.fit(n - len(nets))
	})
	m := &ActionModel{linear: quantise(labels, hashes, svm.w, svm.bias), hidden: joinNetworks(nets, len(hashes)), scale: [2]float32{4, 1.5}}
	order := byFrequency(x, len(hashes))
	m.linear.arrange(order)
	m.hidden.arrange(order)
	return m, nil
}

// actionNetwork was chosen on the development part of STAR.
var actionNetwork = mlpOptions{hidden: 128, epochs: 12, batch: 32, keep: .5, keepUnits: .5, smoothing: .1, rate: 2e-3}

const actionNetworks = 2

// actionState is the working memory of one prediction.
type actionState struct {
	p      projection
	hidden hiddenState
	z, p1  []float32
}

// probabilities of all actions for the features of a moment; valid until the
// next call with the same state.
func (m *ActionModel) probabilities(list []feature, s *actionState) []float32 {
	n := len(m.linear.labels)
	m.linear.projectBlocks(list, stepFactors[:], &s.p)
	s.z, s.p1 = sized(s.z, n), sized(s.p1, n)
	m.linear.score(&s.p, s.z)
	softmax(s.z, s.z, m.scale[0])
	softmax(m.hidden.score(&s.p, &s.hidden)[:n], s.p1, m.scale[1])
	for k := range s.p1 {
		s.p1[k] = (s.p1[k] + actionVote*s.z[k]) / (1 + actionVote)
	}
	return s.p1
}

// calibrate fits one temperature for each part.
func (m *ActionModel) calibrate(s *steps) {
	n := len(m.linear.labels)
	var logits [2][][]float32
	var truth []int
	var w actionState
	for i, list := range s.lists {
		k, ok := slices.BinarySearch(m.linear.labels, s.labels[i])
		if !ok {
			continue
		}
		m.linear.projectBlocks(list, stepFactors[:], &w.p)
		z := make([]float32, n)
		m.linear.score(&w.p, z)
		logits[0] = append(logits[0], z)
		logits[1] = append(logits[1], slices.Clone(m.hidden.score(&w.p, &w.hidden)[:n]))
		truth = append(truth, k)
	}
	for i := range logits {
		m.scale[i] = float32(fitTemperature(logits[i], truth))
	}
}
