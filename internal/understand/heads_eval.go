package understand

import (
	"slices"
	"sort"
	"strings"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// HeadFigures is how well the heads did on texts that training had not seen.
type HeadFigures struct {
	Texts  int
	Bytes  int // of the model
	Levels []LevelFigures
	// Sentiment over the texts whose labels point one way.
	SentimentTexts             int
	SentimentRight             float64
	SentimentMacroF1           float64
	truth                      [][]bool // texts × labels
	said                       [][]bool
	labels                     []string
	sentimentsTruth, sentiment []string
}

// LevelFigures are those of the labels of one level, such as Ekman's classes.
type LevelFigures struct {
	Name             string // "fine", "emotion", "group", or "" when labels have no level
	MacroF1, MicroF1 float64
	MeanAP           float64 // mean average precision
	BestRight        float64 // share of texts whose most likely label is one of theirs
	Labels           []LabelFigures
}

// LabelFigures are those of one label.
type LabelFigures struct {
	Name                         string
	Texts                        int
	Threshold, F1, Precision, AP float64
	Recall                       float64
}

// EvaluateHeads trains on one set and measures on another.
func EvaluateHeads(train HeadSet, dev []HeadExample, seed uint64) (*HeadFigures, error) {
	h, err := trainHeads(train, seed)
	if err != nil {
		return nil, err
	}
	return h.measure(dev), nil
}

// EvaluateEmbeddedHeads measures the embedded model.
func EvaluateEmbeddedHeads(dev []HeadExample) (*HeadFigures, error) {
	h, err := loadHeads(models.Heads, kindHeads, linearShare)
	if err != nil {
		return nil, err
	}
	return h.measure(dev), nil
}

func levelOf(label string) string {
	level, _, ok := strings.Cut(label, ".")
	if !ok {
		return ""
	}
	return level
}

// measure says what the model says to each example and compares.
func (h *headsModel) measure(examples []HeadExample) *HeadFigures {
	f := &HeadFigures{Texts: len(examples), Bytes: len(h.encode(kindHeads)), labels: h.linear.labels}
	var s headState
	p := make([][]float32, len(examples))
	for i, list := range headFeatures(examples) {
		h.linear.project(list, &s.projection)
		p[i] = slices.Clone(h.probabilities(&s))
		truth, said := make([]bool, len(f.labels)), make([]bool, len(f.labels))
		for k, l := range f.labels {
			truth[k], said[k] = slices.Contains(examples[i].Labels, l), p[i][k] >= h.threshold[k]
		}
		f.truth, f.said = append(f.truth, truth), append(f.said, said)
		f.addSentiment(truth, p[i])
	}
	for from := 0; from < len(f.labels); {
		to := from
		for to < len(f.labels) && levelOf(f.labels[to]) == levelOf(f.labels[from]) {
			to++
		}
		f.Levels = append(f.Levels, f.level(h, p, from, to))
		from = to
	}
	if n := len(f.sentiment); n > 0 {
		f.SentimentTexts = n
		f.SentimentMacroF1 = macroOf(f.sentimentsTruth, f.sentiment)
		for i := range f.sentiment {
			f.SentimentRight += float64(count(f.sentiment[i] == f.sentimentsTruth[i])) / float64(n)
		}
	}
	return f
}

// addSentiment keeps truth and answer of a text whose groups point one way.
func (f *HeadFigures) addSentiment(truth []bool, p []float32) {
	name, n, best := "", 0, -1
	for k, l := range f.labels {
		group, ok := strings.CutPrefix(l, groupPrefix)
		if !ok {
			continue
		}
		if truth[k] {
			name = sentimentOf(group)
			n++
		}
		if sentimentOf(group) != "" && (best < 0 || p[k] > p[best]) {
			best = k
		}
	}
	if n == 1 && name != "" && best >= 0 {
		f.sentimentsTruth = append(f.sentimentsTruth, name)
		f.sentiment = append(f.sentiment, strings.TrimPrefix(f.labels[best], groupPrefix))
	}
}

func (f *HeadFigures) level(h *headsModel, p [][]float32, from, to int) LevelFigures {
	out := LevelFigures{Name: levelOf(f.labels[from])}
	var micro counts3
	right := 0
	for i := range p {
		best := from
		for k := from; k < to; k++ {
			micro.add(f.said[i][k], f.truth[i][k])
			if p[i][k] > p[i][best] {
				best = k
			}
		}
		right += count(f.truth[i][best])
	}
	for k := from; k < to; k++ {
		var c counts3
		for i := range p {
			c.add(f.said[i][k], f.truth[i][k])
		}
		l := LabelFigures{Name: f.labels[k], Texts: int(c.hit + c.miss), Threshold: float64(h.threshold[k]), F1: c.f1(),
			Precision: c.hit / max(c.hit+c.alarm, 1), Recall: c.hit / max(c.hit+c.miss, 1), AP: averagePrecision(p, f.truth, k)}
		out.Labels = append(out.Labels, l)
		out.MacroF1 += l.F1 / float64(to-from)
		out.MeanAP += l.AP / float64(to-from)
	}
	out.MicroF1 = micro.f1()
	out.BestRight = float64(right) / float64(max(len(p), 1))
	return out
}

// Positives is how many texts have a label of the n-th level.
func (f *HeadFigures) Positives(n int) int {
	sum := 0
	for _, l := range f.Levels[n].Labels {
		sum += l.Texts
	}
	return sum
}

// MacroF1 of a level over some of the texts, for an interval by bootstrap.
func (f *HeadFigures) MacroF1(level string, texts []int) float64 {
	sum, n := 0.0, 0
	for k, l := range f.labels {
		if levelOf(l) != level {
			continue
		}
		var c counts3
		for _, i := range texts {
			c.add(f.said[i][k], f.truth[i][k])
		}
		sum += c.f1()
		n++
	}
	return sum / float64(max(n, 1))
}

// averagePrecision is the area under the precision-recall curve of a label.
func averagePrecision(p [][]float32, truth [][]bool, k int) float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return p[order[a]][k] > p[order[b]][k] })
	hits, sum := 0, 0.0
	for n, i := range order {
		if truth[i][k] {
			hits++
			sum += float64(hits) / float64(n+1)
		}
	}
	return sum / float64(max(hits, 1))
}

// macroOf is the mean F1 of the labels that are true somewhere.
func macroOf(truth, said []string) float64 {
	labels := slices.Compact(slices.Sorted(slices.Values(truth)))
	sum := 0.0
	for _, l := range labels {
		var c counts3
		for i := range truth {
			c.add(said[i] == l, truth[i] == l)
		}
		sum += c.f1()
	}
	return sum / float64(max(len(labels), 1))
}

// counts3 are hits, false alarms and misses.
type counts3 struct{ hit, alarm, miss float64 }

func (c *counts3) add(said, truth bool) {
	switch {
	case said && truth:
		c.hit++
	case said:
		c.alarm++
	case truth:
		c.miss++
	}
}

func (c *counts3) f1() float64 {
	if c.hit == 0 {
		return 0
	}
	return 2 * c.hit / (2*c.hit + c.alarm + c.miss)
}
