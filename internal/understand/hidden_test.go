package understand

import (
	"math"
	"slices"
	"testing"
)

// A network of two layers learns what no linear model can: exclusive or.
func TestNetworkLearnsExclusiveOr(t *testing.T) {
	t.Parallel()
	var x []sample
	var targets []target
	for range 40 {
		for k, rows := range [][]int32{{0, 2}, {1, 3}, {0, 3}, {1, 2}} {
			x = append(x, sample{rows: rows, values: []float32{1, 1}, norm: 2})
			targets = append(targets, target{label: k / 2, weight: 1})
		}
	}
	o := mlpOptions{hidden: 32, epochs: 60, batch: 16, keep: 1, keepUnits: 1, rate: 1e-2}
	m := joinNetworks([]*network{trainNetwork(x, targets, 4, 2, o, 1, 0), trainNetwork(x, targets, 4, 2, o, 1, 1)}, 4)
	var s hiddenState
	for i := range 4 {
		p := projection{rows: x[i].rows, values: x[i].values}
		z := m.score(&p, &s)
		if (z[1] > z[0]) != (targets[i].label == 1) {
			t.Errorf("case %d: logits %v, want label %d", i, z[:2], targets[i].label)
		}
	}
}

// Inside the active region the contributions of the features and of the biases
// are the whole difference of two logits.
func TestContributionsAreExact(t *testing.T) {
	t.Parallel()
	m := small(t)
	s := newScratch()
	s.load("", "please refund the money for my parcel")
	if !m.score(s.features.list, &s.intents) {
		t.Fatal("no feature is known")
	}
	w := &s.intents
	m.hidden.pulls(&w.state, 1, 0)
	want := float64(w.hidden[1] - w.hidden[0])
	got := float64(m.hidden.c[1] - m.hidden.c[0])
	for j, b := range m.hidden.bias {
		got += float64(b * w.state.pull[j])
	}
	for i, c := range m.hidden.contributions(&w.state, w.rows) {
		got += float64(w.values[i] * c)
	}
	if math.Abs(got-want) > 1e-4*max(1, math.Abs(want)) {
		t.Errorf("contributions sum to %v, the logits differ by %v", got, want)
	}
}

func TestAreaUnderROC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		negative, positive []float64
		want               float64
	}{
		{[]float64{1, 2}, []float64{3, 4}, 1}, {[]float64{3, 4}, []float64{1, 2}, 0},
		{[]float64{1, 1}, []float64{1, 1}, .5}, {[]float64{1, 3}, []float64{2, 4}, .75},
	} {
		if got := areaUnderROC(c.negative, c.positive); got != c.want {
			t.Errorf("%v against %v: %v, want %v", c.positive, c.negative, got, c.want)
		}
	}
}

// Texts of an inbox without labels carry words that the labelled ones lack.
func TestSelfTrainingLearnsWordsOfTheInbox(t *testing.T) {
	t.Parallel()
	labelled := []Example{
		{Text: "where is my parcel", Intent: "delivery"}, {Text: "my parcel is late", Intent: "delivery"}, {Text: "parcel not here", Intent: "delivery"},
		{Text: "refund my money", Intent: "refund"}, {Text: "I want my money back", Intent: "refund"}, {Text: "money back please", Intent: "refund"},
	}
	var inbox []string
	for _, who := range []string{"today", "again", "still", "now", "tomorrow", "since monday", "for a week", "this morning"} {
		inbox = append(inbox, "where is my parcel, the courier lost it "+who, "the courier has my parcel "+who,
			"I want my money back, reimburse me "+who, "reimburse the money "+who)
	}
	m, _, err := TrainIntentsWith(nil, labelled, TrainOptions{Seed: 1, Unlabelled: inbox})
	if err != nil {
		t.Fatal(err)
	}
	got := EvaluateIntents(m, []Example{{Text: "courier", Intent: "delivery"}, {Text: "reimburse", Intent: "refund"}})
	if got.Accuracy != 1 {
		t.Errorf("words that only the inbox has are read as %+v", got)
	}
	other, _, err := TrainIntentsWith(nil, labelled, TrainOptions{Seed: 1, Unlabelled: inbox})
	if err != nil || !slices.Equal(marshal(t, m), marshal(t, other)) {
		t.Errorf("two trainings differ, %v", err)
	}
}
