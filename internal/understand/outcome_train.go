package understand

import (
	"errors"
	"math/rand/v2"
	"slices"
)

// OutcomeModel says how likely it is that a dialogue solved what the customer
// came for. It is immutable.
type OutcomeModel struct{ heads *headsModel }

const (
	kindOutcome = "outcome"
	outcomeOpen = "outcome.open"
	outcomeDone = "outcome.resolved"

	outcomeC     = 10
	outcomeNets  = 3
	outcomeShare = .2 // vote of the logistic regression
	// outcomeSmooth is taken off the truth: people answer carelessly.
	outcomeSmooth = .05

	outcomeFolds = 5
	minOutcomes  = 50
)

var outcomeNetwork = mlpOptions{hidden: 32, epochs: 20, batch: 16, keep: .5, keepUnits: .5, rate: 2e-3, multi: true}

var errFewOutcomes = errors.New("understand: it takes at least 50 dialogues that say whether they were resolved, of both kinds")

// outcomeSet is the dialogues that say whether they were resolved.
type outcomeSet struct {
	lists [][]feature
	y     []bool
	fold  []int
}

// outcomesOf reads dialogues; without actions only what was said is used, as in
// a channel that has no actions.
func outcomesOf(dialogues []Dialogue, actions bool) *outcomeSet {
	s := &outcomeSet{}
	r := newStepReader()
	for i := range dialogues {
		d := &dialogues[i]
		if d.Resolved == nil {
			continue
		}
		turns := d.Turns
		if !actions {
			turns = spoken(turns)
		}
		s.lists = append(s.lists, slices.Clone(r.readOutcome(turns)))
		s.y = append(s.y, *d.Resolved)
		s.fold = append(s.fold, hashByte(d.ID)%outcomeFolds)
	}
	return s
}

// spoken leaves only what was said.
func spoken(turns []Turn) []Turn {
	out := make([]Turn, 0, len(turns))
	for _, t := range turns {
		if t.By != System && t.Kind != Query {
			out = append(out, Turn{By: t.By, Text: t.Text})
		}
	}
	return out
}

// TrainOutcome fits the model to all dialogues that say whether they were
// resolved.
func TrainOutcome(dialogues []Dialogue, actions bool, seed uint64) ([]byte, error) {
	s := outcomesOf(dialogues, actions)
	all := make([]int, len(s.y))
	for i := range all {
		all[i] = i
	}
	h, err := s.fit(all, seed)
	if err != nil {
		return nil, err
	}
	return h.encode(kindOutcome), nil
}

// LoadOutcome reads what TrainOutcome made.
func LoadOutcome(data []byte) (*OutcomeModel, error) {
	h, err := loadHeads(data, kindOutcome, outcomeShare)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(h.linear.labels, []string{outcomeOpen, outcomeDone}) {
		return nil, errModel
	}
	return &OutcomeModel{h}, nil
}

func (s *outcomeSet) fit(texts []int, seed uint64) (*headsModel, error) {
	done := 0
	lists := make([][]feature, len(texts))
	targets := make([]target, len(texts))
	y := make([]int8, len(texts))
	for n, i := range texts {
		lists[n], targets[n], y[n] = s.lists[i], target{soft: []float32{1 - outcomeSmooth, outcomeSmooth}, weight: 1}, -1
		if s.y[i] {
			done++
			targets[n].soft, y[n] = []float32{outcomeSmooth, 1 - outcomeSmooth}, 1
		}
	}
	if len(texts) < minOutcomes || done < 5 || len(texts)-done < 5 {
		return nil, errFewOutcomes
	}
	hashes := vocabulary(lists, 2)
	x := blockSamples(lists, hashes, outcomeFactors[:])
	nets := make([]*network, outcomeNets)
	var w []float32
	var bias float32
	each(len(nets)+1, func(n int) {
		if n == len(nets) {
			w, bias = trainLogistic(x, y, len(hashes), outcomeC, rand.New(rand.NewPCG(seed, 0)))
			return
		}
		nets[n] = trainNetwork(x, targets, len(hashes), 2, outcomeNetwork, seed, uint64(n))
	})
	against := make([]float32, len(w))
	for i, v := range w {
		against[i] = -v
	}
	l := quantise([]string{outcomeOpen, outcomeDone}, hashes, [][]float32{against, w}, []float32{-bias, bias})
	h := &headsModel{linear: l, hidden: joinNetworks(nets, len(hashes)), threshold: []float32{.5, .5}, parts: make([][]int, 2), share: outcomeShare}
	h.arrange(byFrequency(x, len(hashes)))
	return h, nil
}

// Resolved is the probability that a dialogue solved what the customer came
// for, from what was said; the model of actions is another one.
func (m *OutcomeModel) Resolved(turns []Turn) float64 {
	var s headState
	return round(m.heads.resolved(newStepReader().readOutcome(turns), &s))
}

// resolved is the probability of a dialogue's features.
func (h *headsModel) resolved(list []feature, s *headState) float32 {
	h.linear.projectBlocks(list, outcomeFactors[:], &s.projection)
	return h.probabilities(s)[1]
}

// OutcomeFigures is how well resolution is told on dialogues that training had
// not seen.
type OutcomeFigures struct {
	Dialogues int
	Open      float64 // share that was not resolved
	AUROC     float64
	APOpen    float64 // average precision of "not resolved"
	ECE       float64
	P         []float64
	Truth     []bool
}

// EvaluateOutcome measures by five folds, by the first byte of the SHA-256 of
// the id modulo 5, all folds ranked together.
func EvaluateOutcome(dialogues []Dialogue, actions bool, seed uint64) (*OutcomeFigures, error) {
	s := outcomesOf(dialogues, actions)
	f := &OutcomeFigures{Dialogues: len(s.y), Truth: s.y, P: make([]float64, len(s.y))}
	for fold := range outcomeFolds {
		var in []int
		for i := range s.y {
			if s.fold[i] != fold {
				in = append(in, i)
			}
		}
		h, err := s.fit(in, seed)
		if err != nil {
			return nil, err
		}
		var w headState
		for i := range s.y {
			if s.fold[i] == fold {
				f.P[i] = float64(h.resolved(s.lists[i], &w))
			}
		}
	}
	f.measure()
	return f, nil
}

// EvaluateOutcomeOn trains on one set of dialogues and measures on another, from
// what was said alone: actions have other names elsewhere.
func EvaluateOutcomeOn(train, test []Dialogue, seed uint64) (*OutcomeFigures, error) {
	s, other := outcomesOf(train, false), outcomesOf(test, false)
	every := make([]int, len(s.y))
	for i := range every {
		every[i] = i
	}
	h, err := s.fit(every, seed)
	if err != nil {
		return nil, err
	}
	f := &OutcomeFigures{Dialogues: len(other.y), Truth: other.y, P: make([]float64, len(other.y))}
	var w headState
	for i := range other.y {
		f.P[i] = float64(h.resolved(other.lists[i], &w))
	}
	f.measure()
	return f, nil
}

// measure computes the figures of the probabilities.
func (f *OutcomeFigures) measure() {
	all := make([]int, len(f.Truth))
	right, sure := make([]bool, len(all)), make([]float64, len(all))
	open := make([][]float32, len(all))
	truth := make([][]bool, len(all))
	notDone := 0
	for i := range all {
		all[i] = i
		notDone += count(!f.Truth[i])
		right[i], sure[i] = f.P[i] >= .5 == f.Truth[i], max(f.P[i], 1-f.P[i])
		open[i], truth[i] = []float32{float32(1 - f.P[i])}, []bool{!f.Truth[i]}
	}
	f.Open = float64(notDone) / float64(max(len(all), 1))
	f.AUROC = f.AUROCOf(all)
	f.APOpen = averagePrecision(open, truth, 0)
	f.ECE = calibrationError(sure, right)
}

// AUROCOf some of the dialogues, for an interval by bootstrap.
func (f *OutcomeFigures) AUROCOf(which []int) float64 {
	order := slices.Clone(which)
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case f.P[a] < f.P[b]:
			return -1
		case f.P[a] > f.P[b]:
			return 1
		}
		return 0
	})
	var ranks, pos, neg float64
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && f.P[order[j]] == f.P[order[i]] {
			j++
		}
		middle := float64(i+j+1) / 2
		for ; i < j; i++ {
			if f.Truth[order[i]] {
				ranks += middle
				pos++
			} else {
				neg++
			}
		}
	}
	if pos == 0 || neg == 0 {
		return 0
	}
	return (ranks - pos*(pos+1)/2) / (pos * neg)
}
