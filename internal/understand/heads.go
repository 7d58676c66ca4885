package understand

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
)

// headsModel is one logistic regression per label over one vocabulary, with a
// threshold for each. Labels are "group.name"; the groups are emotion, which is
// multi-label, and sentiment, of which the best is said.
type headsModel struct {
	linear    *linear
	threshold []float32
}

const (
	kindHeads       = "heads"
	emotionPrefix   = "emotion."
	sentimentPrefix = "sentiment."
	neutral         = "neutral"
	joy             = "joy"
	maxHeads        = 16
)

func loadHeads(data []byte) (*headsModel, error) {
	l, extra, err := decodeLinear(data, kindHeads)
	if err != nil {
		return nil, err
	}
	if len(extra) != len(l.labels) || len(l.labels) > maxHeads || !slices.Contains(l.labels, emotionPrefix+neutral) || !slices.Contains(l.labels, sentimentPrefix+neutral) {
		return nil, errModel
	}
	return &headsModel{l, extra}, nil
}

// calmShare is the share of neutral's probability that an emotion must have to
// be shown. On the development part of GoEmotions it costs .001 macro-F1 and
// raises the precision of anger and disgust, whose thresholds are low. Joy, which
// politeness looks like, must be at least as likely as neutral; that costs .002.
const calmShare = .5

// read fills emotions and sentiment from the head.
func (h *headsModel) read(s *scratch, out *crm.Reading) {
	h.linear.project(s.features.list, &s.heads)
	if s.heads.known == 0 {
		return
	}
	var z [maxHeads]float32
	h.linear.score(&s.heads, z[:])
	for k := range h.linear.labels {
		z[k] = sigmoid(z[k])
	}
	bestFeeling, calm := -1, slices.Index(h.linear.labels, emotionPrefix+neutral)
	var total, top float32
	for k, name := range h.linear.labels {
		if feeling, ok := strings.CutPrefix(name, emotionPrefix); ok {
			share := float32(calmShare)
			if feeling == joy {
				share = 1
			}
			if k != calm && z[k] >= h.threshold[k] && z[k] >= share*z[calm] {
				out.Emotions = append(out.Emotions, crm.Label{Name: feeling, Confidence: round(z[k])})
			}
			continue
		}
		if total += z[k]; z[k] > top {
			bestFeeling, top = k, z[k]
		}
	}
	slices.SortStableFunc(out.Emotions, func(a, b crm.Label) int {
		if a.Confidence < b.Confidence {
			return 1
		} else if a.Confidence > b.Confidence {
			return -1
		}
		return 0
	})
	for i := range out.Emotions {
		k := slices.Index(h.linear.labels, emotionPrefix+out.Emotions[i].Name)
		out.Emotions[i].Evidence = s.evidence(h.linear, &s.heads, k, calm)
	}
	out.Emotions = slices.DeleteFunc(out.Emotions, func(l crm.Label) bool {
		return l.Name == joy && s.courtesy(l.Evidence)
	})
	if bestFeeling < 0 || total == 0 || top/total < h.threshold[bestFeeling] {
		return
	}
	name := strings.TrimPrefix(h.linear.labels[bestFeeling], sentimentPrefix)
	out.Sentiment = crm.Label{Name: name, Confidence: round(top / total)}
	if name != neutral {
		k := slices.Index(h.linear.labels, sentimentPrefix+neutral)
		out.Sentiment.Evidence = s.evidence(h.linear, &s.heads, bestFeeling, k)
		if s.courtesy(out.Sentiment.Evidence) {
			out.Sentiment = crm.Label{}
		}
	}
}

// politeWords are the words of requests and greetings that forum comments use
// when somebody is pleased, and customers always.
var politeWords = []string{"please", "like", "would", "i", "d", "kindly", "want", "could", "can", "you", "help", "hi", "hello", "dear", "good", "morning", "fine", "to", "my", "me", "new", "the", "a"}

// courtesy reports whether the evidence is nothing but politeness.
func (s *scratch) courtesy(evidence []crm.Span) bool {
	for _, e := range evidence {
		for _, w := range strings.FieldsFunc(strings.ToLower(s.full[e.From:e.To]), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if !slices.Contains(politeWords, w) {
				return false
			}
		}
	}
	return true
}

func sigmoid(v float32) float32 { return float32(1 / (1 + math.Exp(-float64(v)))) }
