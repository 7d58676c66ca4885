package understand

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestByFrequency(t *testing.T) {
	t.Parallel()
	x := []sample{{rows: []int32{3, 1}}, {rows: []int32{1, 4}}, {rows: []int32{4, 1}}, {rows: []int32{0}}}
	if got, want := byFrequency(x, 5), []int{1, 4, 0, 3, 2}; !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

// Where a row stands changes nothing of what a model says.
func TestArrangedModelsSayTheSame(t *testing.T) {
	t.Parallel()
	m, other := small(t), small(t)
	other.arrange(rand.New(rand.NewPCG(1, 2)).Perm(len(other.linear.hashes)))
	if slices.Equal(m.linear.hashes, other.linear.hashes) {
		t.Fatal("the rows stand where they stood")
	}
	s := newScratch()
	for _, text := range []string{"please refund the money for my parcel", "Where is it?", "I want to cancel, and my invoice is wrong"} {
		s.load("", text)
		var before, after scores
		if !m.score(s.features.list, &before) || !other.score(s.features.list, &after) {
			t.Fatalf("%q: no feature is known", text)
		}
		if !slices.Equal(before.linear, after.linear) || !slices.Equal(before.hidden, after.hidden) || !slices.Equal(before.novel.both, after.novel.both) {
			t.Errorf("%q: other logits", text)
		}
	}
}

// The embedded models have the features first that most texts of their training have.
func TestEmbeddedRowsAreByFrequency(t *testing.T) {
	t.Parallel()
	m := defaultReader(t).intents.linear
	examples, _ := mergeExamples(starterTexts(), nil)
	x := samples(newTrainingSet(examples, labelsOf(examples)).texts, m.hashes)
	if !slices.IsSorted(byFrequency(x, len(m.hashes))) {
		t.Error("a feature stands before one that more texts have")
	}
}
