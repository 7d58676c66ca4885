package understand

import (
	"slices"
	"strings"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
)

// headsModel gives several labels to a text at once: one logistic regression per
// label and one hidden layer for all, over one vocabulary, averaged. Labels are
// "level.name"; a coarse label, such as an Ekman class, is made of fine ones, and
// its probability is the mean of its own and of what its parts say together.
type headsModel struct {
	linear    *linear
	hidden    *hiddenModel
	threshold []float32
	parts     [][]int // per label, the labels it is made of; nil for a fine one
	share     float32 // vote of the logistic regression; the hidden layer has the rest
}

const (
	kindHeads     = "heads"
	finePrefix    = "fine."
	emotionPrefix = "emotion." // Ekman's classes
	groupPrefix   = "group."
	neutral       = "neutral"
	joy           = "joy"
	// linearShare was chosen on folds of the training part.
	linearShare = .7
	// derivedShare is the vote of the parts of a coarse label.
	derivedShare = .5
	maxHeads     = 64
)

// headState is the working memory of one text.
type headState struct {
	projection
	hidden  hiddenState
	z, p, q []float32
}

// probabilities of all labels for a text that was projected into s; valid until
// the next call.
func (h *headsModel) probabilities(s *headState) []float32 {
	if !hasAVX512 {
		prefetchRows(h.linear.stride(), h.linear.weights, s.rows)
		prefetchRows(h.hidden.units, h.hidden.in, s.rows)
	}
	n := len(h.linear.labels)
	s.z, s.p, s.q = sized(s.z, n), sized(s.p, n), sized(s.q, n)
	h.linear.score(&s.projection, s.z)
	z := h.hidden.score(&s.projection, &s.hidden)
	sigmoids(s.p, z[:n])
	sigmoids(s.q, s.z)
	for k, v := range s.q {
		s.p[k] = h.share*v + (1-h.share)*s.p[k]
	}
	for k, parts := range h.parts {
		if parts == nil {
			continue
		}
		none := float32(1)
		for _, part := range parts {
			none *= 1 - s.p[part]
		}
		s.p[k] = (1-derivedShare)*s.p[k] + derivedShare*(1-none)
	}
	return s.p
}

// calmShare is the share of neutral's probability that an emotion must have to
// be shown. It raises the precision of anger and disgust, whose thresholds are
// low. Joy, which politeness looks like, must be at least as likely as neutral.
const calmShare = .5

// read fills emotions and sentiment from the head.
func (h *headsModel) read(s *scratch, out *crm.Reading) {
	h.linear.project(s.features.list, &s.heads.projection)
	if len(s.heads.rows) == 0 {
		return
	}
	p := h.probabilities(&s.heads)
	labels := h.linear.labels
	calm := slices.Index(labels, emotionPrefix+neutral)
	var groups float32
	best := -1
	for k, name := range labels {
		if _, group, ok := strings.Cut(name, groupPrefix); ok {
			if sentimentOf(group) == "" {
				continue
			}
			if groups += p[k]; best < 0 || p[k] > p[best] {
				best = k
			}
			continue
		}
		feeling, ok := strings.CutPrefix(name, emotionPrefix)
		if !ok || k == calm || p[k] < h.threshold[k] {
			continue
		}
		share := float32(calmShare)
		if feeling == joy {
			share = 1
		}
		if p[k] < share*p[calm] {
			continue
		}
		l := crm.Label{Name: feeling, Confidence: round(p[k]), Evidence: h.evidence(s, k, calm)}
		if feeling != joy || !s.courtesy(l.Evidence, out.Asks) {
			out.Emotions = append(out.Emotions, l)
		}
	}
	slices.SortStableFunc(out.Emotions, func(a, b crm.Label) int {
		switch {
		case a.Confidence < b.Confidence:
			return 1
		case a.Confidence > b.Confidence:
			return -1
		}
		return 0
	})
	if best < 0 || p[best] < sentimentFloor*groups {
		return
	}
	name := sentimentOf(strings.TrimPrefix(labels[best], groupPrefix))
	l := crm.Label{Name: name, Confidence: round(p[best] / groups)}
	if name != neutral {
		if l.Evidence = h.evidence(s, best, slices.Index(labels, groupPrefix+neutral)); s.courtesy(l.Evidence, out.Asks) {
			return
		}
	}
	out.Sentiment = l
}

// sentimentFloor is the share of the three probabilities that the best must
// have to be said.
const sentimentFloor = .5

// sentimentOf is the sentiment of a group; that of the ambiguous group says
// nothing.
func sentimentOf(group string) string {
	switch group {
	case "positive", "negative", neutral:
		return group
	}
	return ""
}

// evidence is what the words of a text add to label k over label other, in both
// models with the weights of their votes.
func (h *headsModel) evidence(s *scratch, k, other int) []crm.Span {
	w := &s.heads
	h.hidden.pulls(&w.hidden, k, other)
	s.pullBoth(h.linear, h.hidden, &w.hidden, w.rows, k, other, h.share, 1-h.share)
	return s.spread(&w.projection)
}

// politeWords are the words of requests and greetings that forum comments use
// when somebody is pleased, and customers always.
var politeWords = []string{"please", "like", "would", "i", "d", "kindly", "want", "could", "can", "you", "help", "hi", "hello", "dear", "good", "morning", "fine", "to", "my", "me", "new", "the", "a"}

// thankWords are polite, too, when they come with something that is still asked:
// "thanks" below a question is how a letter ends.
var thankWords = []string{"thank", "thanks", "thx", "cheers", "appreciate", "advance", "in", "for", "your", "help", "so", "much", "many", "lot"}

// courtesy reports whether the evidence is nothing but politeness.
func (s *scratch) courtesy(evidence []crm.Span, asks []crm.Ask) bool {
	for _, e := range evidence {
		for _, w := range strings.FieldsFunc(strings.ToLower(s.full[e.From:e.To]), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if !slices.Contains(politeWords, w) && (len(asks) == 0 || !slices.Contains(thankWords, w)) {
				return false
			}
		}
	}
	return true
}
