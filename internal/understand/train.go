package understand

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
)

// Example is one text with its intent. Language is ISO 639-1 or empty; Origin
// says where the label came from: starter, file, correction …
type Example struct {
	Text     string `json:"text"`
	Intent   string `json:"intent"`
	Language string `json:"language,omitempty"`
	Origin   string `json:"origin,omitempty"`
}

// Report says what training saw and how well the model did on texts that it
// had not seen: five folds, stratified by intent.
type Report struct {
	Texts, Intents, Features int
	Temperature              float64
	Threshold                float64 // entropy above which the model abstains
	Held                     Figures // measured out of fold
	Dropped                  int     // texts without a word, or of the only example of its text with another label
}

// rejectShare is the share of in-scope texts that the model may lose to
// "unknown".
const rejectShare = .05

// acceptedPrecision is what the model must reach, out of fold, on the texts that
// it does not call unknown. With few examples an intent this binds before
// rejectShare does, and the model says unknown more often.
const acceptedPrecision = .7

// sparseIntent is the number of texts below which an intent is thin: then
// features of a single text are kept, too.
const sparseIntent = 20

// TrainIntents fits the intent model: linear SVM one against the rest,
// temperature and abstention threshold from out-of-fold logits. own are the
// firm's examples; a text in both takes the firm's label. The result depends on
// the examples, their order and the seed alone.
func TrainIntents(base, own []Example, seed int64) (*IntentModel, Report, error) {
	examples, dropped := mergeExamples(base, own)
	labels := labelsOf(examples)
	rep := Report{Texts: len(examples), Intents: len(labels), Dropped: dropped}
	if len(labels) < 2 {
		return nil, rep, errors.New("understand: training needs texts of at least two intents")
	}
	if len(labels) > maxLabels {
		return nil, rep, fmt.Errorf("understand: %d intents are more than %d", len(labels), maxLabels)
	}
	set := newTrainingSet(examples, labels)
	logits, order := set.outOfFold(seed)
	truth := make([]int, len(order))
	for n, i := range order {
		truth[n] = set.label[i]
	}
	rep.Temperature = fitTemperature(logits, truth)
	rep.Held, rep.Threshold = measureLogits(logits, truth, labels, float32(rep.Temperature), 0)
	all := make([]int, len(set.texts))
	for i := range all {
		all[i] = i
	}
	m := set.fit(all, seed)
	rep.Features = len(m.hashes)
	model := &IntentModel{linear: m, temperature: float32(rep.Temperature), threshold: float32(rep.Threshold)}
	data, err := model.MarshalBinary()
	model.id = nameOf(data)
	return model, rep, err
}

// mergeExamples trims, drops empty ones and repeats, and lets own labels win
// over base labels of the same text.
func mergeExamples(base, own []Example) ([]Example, int) {
	seen := map[string]int{}
	var out []Example
	dropped := 0
	for n, e := range slices.Concat(base, own) {
		e.Text, e.Intent = strings.TrimSpace(e.Text), strings.TrimSpace(e.Intent)
		if e.Text == "" || e.Intent == "" || len(e.Intent) > maxName {
			dropped++
			continue
		}
		if at, ok := seen[e.Text]; ok {
			if n >= len(base) {
				out[at] = e
			}
			dropped++
			continue
		}
		seen[e.Text] = len(out)
		out = append(out, e)
	}
	return out, dropped
}

func labelsOf(examples []Example) []string {
	var labels []string
	for _, e := range examples {
		labels = append(labels, e.Intent)
	}
	sort.Strings(labels)
	return slices.Compact(labels)
}

// trainingSet is the features of all texts, made once and shared by the folds.
type trainingSet struct {
	labels  []string
	texts   [][]feature
	label   []int
	counts  []int // texts per label
	names   int   // the first names texts are the labels' own names, never held out
	minimum int
}

func newTrainingSet(examples []Example, labels []string) *trainingSet {
	set := &trainingSet{labels: labels, names: len(labels), counts: make([]int, len(labels))}
	s := newScratch()
	put := func(text string, label int) {
		s.load("", text, false)
		set.texts = append(set.texts, slices.Clone(s.features.list))
		set.label = append(set.label, label)
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

// fit trains all labels on the given texts.
func (t *trainingSet) fit(texts []int, seed int64) *linear {
	lists := make([][]feature, len(texts))
	for n, i := range texts {
		lists[n] = t.texts[i]
	}
	hashes := vocabulary(lists, t.minimum)
	x := samples(lists, hashes)
	w := make([][]float32, len(t.labels))
	bias := make([]float32, len(t.labels))
	each(len(t.labels), func(k int) {
		y := make([]int8, len(texts))
		for n, i := range texts {
			y[n] = -1
			if t.label[i] == k {
				y[n] = 1
			}
		}
		w[k], bias[k] = trainSVM(x, y, len(hashes), 1, rand.New(rand.NewPCG(uint64(seed), uint64(k))))
	})
	return quantise(t.labels, hashes, w, bias)
}

// outOfFold gives every example the logits of a model that has not seen it.
func (t *trainingSet) outOfFold(seed int64) (logits [][]float32, order []int) {
	const folds = 5
	fold := make([]int, len(t.texts))
	perLabel := make([][]int, len(t.labels))
	for i := t.names; i < len(t.texts); i++ {
		perLabel[t.label[i]] = append(perLabel[t.label[i]], i)
	}
	rng := rand.New(rand.NewPCG(uint64(seed), math.MaxUint64))
	next := 0
	for _, list := range perLabel {
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, i := range list {
			fold[i] = next % folds
			next++
		}
	}
	var p projection
	for f := range folds {
		var in, out []int
		for i := range t.texts {
			if i >= t.names && fold[i] == f {
				out = append(out, i)
			} else {
				in = append(in, i)
			}
		}
		m := t.fit(in, seed)
		for _, i := range out {
			z := make([]float32, len(t.labels))
			m.project(t.texts[i], &p)
			m.score(&p, z)
			logits, order = append(logits, z), append(order, i)
		}
	}
	return logits, order
}

// vocabulary is the sorted hashes that occur in at least minimum texts.
func vocabulary(lists [][]feature, minimum int) []uint64 {
	seen := map[uint64]int{}
	for _, list := range lists {
		for _, f := range list {
			seen[f.hash]++
		}
	}
	hashes := make([]uint64, 0, len(seen))
	for h, n := range seen {
		if n >= minimum {
			hashes = append(hashes, h)
		}
	}
	slices.Sort(hashes)
	return hashes
}

// samples projects texts into a vocabulary.
func samples(lists [][]feature, hashes []uint64) []sample {
	m := linear{hashes: hashes}
	m.index()
	out := make([]sample, len(lists))
	var p projection
	for i, list := range lists {
		m.project(list, &p)
		for n, row := range p.rows {
			if row < 0 {
				continue
			}
			out[i].rows = append(out[i].rows, row)
			out[i].values = append(out[i].values, p.values[n])
			out[i].norm += p.values[n] * p.values[n]
		}
	}
	return out
}

// labelText is an intent's name as one more text of it.
func labelText(name string) string { return strings.ReplaceAll(name, "_", " ") }
