package understand

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// dense is examples enough of each intent for a large network.
func dense() []Example {
	var out []Example
	for i := range 30 {
		day := []string{"today", "on monday", "again", "since friday", "this week", "please"}[i%6]
		out = append(out,
			Example{Text: fmt.Sprintf("where is my parcel number %d %s", i, day), Intent: "order_status"},
			Example{Text: fmt.Sprintf("refund my money for invoice %d %s", i, day), Intent: "refund_request"},
			Example{Text: fmt.Sprintf("the router %d has no internet %s", i, day), Intent: "technical_fault"})
	}
	return out
}

func denseModel(t testing.TB) *IntentModel {
	t.Helper()
	m, rep, err := TrainIntents(dense(), nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m.novelty == nil || rep.Held.Accuracy < .95 {
		t.Fatalf("novelty %v, out of fold %+v", m.novelty != nil, rep.Held)
	}
	return m
}

// What is stored reads texts as what was trained, byte for byte.
func TestNoveltyRoundTrip(t *testing.T) {
	t.Parallel()
	m := denseModel(t)
	data := marshal(t, m)
	got, err := LoadIntents(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(marshal(t, got), data) || got.tuning != m.tuning {
		t.Errorf("stored %+v, read %+v", m.tuning, got.tuning)
	}
	if !bytes.Equal(marshal(t, denseModel(t)), data) {
		t.Error("two trainings of the same examples differ")
	}
	for _, cut := range []int{5, 40, len(got.novelty.vectors) + 8} {
		short := bytes.Clone(data[:len(data)-cut])
		short = binary.LittleEndian.AppendUint32(short, crc32.Checksum(short, castagnoli))
		if _, err := LoadIntents(short); err == nil {
			t.Errorf("a file without its last %d bytes is read", cut)
		}
	}
}

// A text near to an example is less in doubt than one that has its words and
// says something else, and a text of the examples is nearest to itself.
func TestNoveltyDoubts(t *testing.T) {
	t.Parallel()
	m := denseModel(t)
	s := newScratch()
	doubt := func(text string) (float32, float32) {
		s.load("", text)
		if !m.score(s.features.list, &s.intents) {
			t.Fatalf("%q has no known feature", text)
		}
		return m.tuning.doubt(&s.intents, s.intents.flat(&m.tuning)), s.intents.novel.near
	}
	known, near := doubt("where is my parcel number 3 since friday")
	if near < .999 {
		t.Errorf("an example is %.3f near to itself", near)
	}
	unknown, far := doubt("my dog ate invoice and router")
	if far >= near || unknown <= known {
		t.Errorf("known %.2f at %.2f, unknown %.2f at %.2f", known, near, unknown, far)
	}
	r := defaultReader(t).WithIntents(m)
	if got := r.Read(Input{Text: "where is my parcel number 3", Direction: crm.In}); got.Unknown || got.Intents[0].Name != "order_status" {
		t.Errorf("read as %+v", got.Intents)
	}
}

// The mean of both networks votes beside the SVM, with its own temperature.
func TestBothNetworksVote(t *testing.T) {
	t.Parallel()
	tune := tuning{linear: 1, hidden: 9, both: 2, vote: .5}
	s := scores{linear: []float32{0, 0}, hidden: []float32{3, 0}, novel: noveltyState{both: []float32{0, 1}}}
	p := make([]float32, 2)
	s.vote(&tune, p)
	want := []float32{0, 2}
	softmax(want, want, 1)
	if got, w := p[1], (want[1]+.5*.5)/1.5; abs(got-w) > 1e-6 {
		t.Errorf("the second label has %.4f, not %.4f", got, w)
	}
}
