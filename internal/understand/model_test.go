package understand

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand/models"
)

// small is a model that trains at once.
func small(t testing.TB) *IntentModel {
	t.Helper()
	m, _, err := TrainIntents([]Example{
		{Text: "where is my parcel", Intent: "order_status"}, {Text: "when does the parcel come", Intent: "order_status"},
		{Text: "I want my money back", Intent: "refund_request"}, {Text: "please refund the money", Intent: "refund_request"},
		{Text: "where is the parcel now", Intent: "order_status"}, {Text: "refund my money now", Intent: "refund_request"},
	}, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func marshal(t testing.TB, m *IntentModel) []byte {
	t.Helper()
	data, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The committed model is what the committed examples and code make, and its card
// names the bytes of both.
func TestEmbeddedIntentsAreCurrent(t *testing.T) {
	t.Parallel()
	m, rep, err := TrainStarter()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("out of fold %s", brief(rep.Held))
	// Other architectures fuse multiplication and addition: equal quality there,
	// other last bits.
	if runtime.GOARCH == "amd64" && !bytes.Equal(marshal(t, m), models.Intents) {
		t.Error("models/intents.bin is stale: run make models")
	}
	if rep.Held.Accepted < .65 || rep.Held.ECE > .1 {
		t.Errorf("out of fold: %s", brief(rep.Held))
	}
	if m, err = LoadIntents(models.Intents); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{m.ID(), StarterSum(), fmt.Sprintf("extractor version %d", ExtractorVersion)} {
		if !strings.Contains(models.IntentsCard, want) {
			t.Errorf("models/intents.md does not name %s: run make models", want)
		}
	}
	if names := m.Labels(); len(names) != len(Taxonomy()) {
		t.Errorf("the model knows %d intents, the taxonomy %d", len(names), len(Taxonomy()))
	}
}

func TestTrainingIsDeterministic(t *testing.T) {
	t.Parallel()
	a, b := marshal(t, small(t)), marshal(t, small(t))
	if !bytes.Equal(a, b) {
		t.Error("two trainings of the same examples differ")
	}
}

func TestModelRoundTrip(t *testing.T) {
	t.Parallel()
	m := small(t)
	got, err := LoadIntents(marshal(t, m))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LoadIntents(marshal(t, m.LinearAlone())); err != nil {
		t.Errorf("a model of the time before hidden layers: %v", err)
	}
	if got.ID() != m.ID() || len(got.Labels()) != 2 {
		t.Errorf("got %s with %v, want %s", got.ID(), got.Labels(), m.ID())
	}
}

func TestModelIsRefused(t *testing.T) {
	t.Parallel()
	data := marshal(t, small(t))
	sign := func(b []byte) []byte {
		return binary.LittleEndian.AppendUint32(b[:len(b)-4:len(b)-4], crc32.Checksum(b[:len(b)-4], castagnoli))
	}
	other := bytes.Clone(data)
	size := binary.LittleEndian.Uint32(data[len(intentStamp):])
	inner := other[len(intentStamp)+4:][:size:size]
	inner[len(formatStamp)] = ExtractorVersion + 1
	copy(inner, sign(inner))
	// The file of the heads begins with a linear model of their kind.
	ofHeads := models.Heads[len(headsStamp)+4:][:binary.LittleEndian.Uint32(models.Heads[len(headsStamp):])]
	below, belowHidden := small(t), small(t)
	below.linear.scale[0], belowHidden.hidden.scale[0] = -1, -1
	twice := small(t)
	twice.linear.hashes[1] = twice.linear.hashes[0]
	flipped := bytes.Clone(data)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty": {nil, "not a model"}, "text": {[]byte("hello, this is not a model at all"), "not a model"}, "cut": {data[:len(data)/2], "not a model"},
		"flipped": {flipped, "not a model"}, "other extractor": {sign(other), "extractor version 2"}, "other kind": {ofHeads, `of kind "heads"`},
		"a scale below zero": {marshal(t, below), "not a model"}, "one of the hidden layer": {marshal(t, belowHidden), "not a model"},
		"a hash that is there twice": {marshal(t, twice), "not a model"},
	} {
		if _, err := LoadIntents(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

func TestTrainIntentsRefusesTooLittle(t *testing.T) {
	t.Parallel()
	for _, list := range [][]Example{nil, {{Text: "a", Intent: "one"}}, {{Text: "", Intent: "one"}, {Text: "b", Intent: "two"}}} {
		if _, _, err := TrainIntents(list, nil, 1); err == nil {
			t.Errorf("trained on %v", list)
		}
	}
}

// The firm's label wins over the starter's for the same text.
func TestOwnExamplesWin(t *testing.T) {
	t.Parallel()
	merged, dropped := mergeExamples([]Example{{Text: "it is dead", Intent: "bereavement"}}, []Example{{Text: " it is dead ", Intent: "technical_fault"}})
	if len(merged) != 1 || merged[0].Intent != "technical_fault" || dropped != 1 {
		t.Errorf("got %v, dropped %d", merged, dropped)
	}
}

func TestWithIntents(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	own := r.WithIntents(small(t))
	in := Input{Text: "give me my money back, please refund it", Direction: crm.In}
	if got := own.Read(in); got.Intents[0].Name != "refund_request" || got.Model == r.Read(in).Model {
		t.Errorf("own model: %+v", got)
	}
}

func FuzzLoadIntents(f *testing.F) {
	data := marshal(f, small(f))
	f.Add(data)
	f.Add(marshal(f, denseModel(f)))
	f.Add(data[:40])
	f.Add([]byte(formatStamp))
	r := defaultReader(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4 { // let the fuzzer past the checksum
			data = binary.LittleEndian.AppendUint32(data[:len(data)-4:len(data)-4], crc32.Checksum(data[:len(data)-4], castagnoli))
		}
		m, err := LoadIntents(data)
		if err != nil {
			return
		}
		in := Input{Text: "where is my parcel, I want my money back", Direction: crm.In}
		checkSpans(t, in, r.WithIntents(m).Read(in))
	})
}
