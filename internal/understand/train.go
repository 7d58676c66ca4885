package understand

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// Example is one text with its intent. Language is ISO 639-1 or empty; Origin
// says where the label came from: starter, file, correction …
type Example struct {
	Text     string `json:"text"`
	Intent   string `json:"intent"`
	Language string `json:"language,omitempty"`
	Origin   string `json:"origin,omitempty"`

	// Who labelled it and when, for corrections.
	Author string    `json:"-"`
	At     time.Time `json:"-"`
}

// Report says what training saw and how well the model did on texts that it
// had not seen: five folds, stratified by intent.
type Report struct {
	Texts, Intents, Features int
	Temperature              float64 // inverse, of the hidden layer
	Threshold                float64 // doubt above which the model abstains
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

// TrainOptions are what training can be given beside labelled texts.
type TrainOptions struct {
	Seed       int64
	Unlabelled []string // texts of the inbox, for self-training when labelled ones are few
	Networks   int      // small ones that vote, 0: as many as the texts are worth
	Minimum    int      // texts that a feature must occur in, 0: 1 where intents are thin, else 2
}

// TrainIntents fits the intent model: a linear SVM and a hidden layer that vote,
// each with a temperature from out-of-fold logits, and a threshold for what is
// unknown. own are the firm's examples; a text in both takes the firm's label.
// The result depends on the examples, their order and the seed alone.
func TrainIntents(base, own []Example, seed int64) (*IntentModel, Report, error) {
	return TrainIntentsWith(base, own, TrainOptions{Seed: seed})
}

// TrainIntentsWith is TrainIntents with options.
func TrainIntentsWith(base, own []Example, o TrainOptions) (*IntentModel, Report, error) {
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
	if o.Minimum > 0 {
		set.minimum = o.Minimum
	}
	r := set.recipe(o)
	var inbox [][]feature
	if slices.Min(set.counts) < sparseIntent && len(o.Unlabelled) > 0 {
		inbox = featuresOf(o.Unlabelled)
	}
	held := set.outOfFold(r, inbox)
	tune := tuning{vote: r.vote()}
	tune.calibrate(held)
	rep.Held = tune.measure(held, labels)
	rep.Temperature, rep.Threshold = float64(tune.hidden), float64(tune.threshold)
	m := set.selfTrain(set.all(), inbox, r, &tune, selfRounds)
	rep.Features = len(m.linear.hashes)
	m.tuning = tune
	data, err := m.MarshalBinary()
	m.id = nameOf(data)
	return m, rep, err
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
		out[i] = p.sample()
	}
	return out
}

// labelText is an intent's name as one more text of it.
func labelText(name string) string { return strings.ReplaceAll(name, "_", " ") }
