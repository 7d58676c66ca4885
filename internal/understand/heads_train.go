package understand

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
)

// HeadExample is a text with all its labels, such as "emotion.anger" and
// "sentiment.negative". A text without any label of a group is left out of the
// training of that group.
type HeadExample struct {
	Text   string
	Labels []string
}

// HeadReport says how the heads did on texts that training had not seen.
type HeadReport struct {
	Texts, Features, Kept, Bytes int
	Labels                       []HeadFigures
	EmotionMacroF1               float64
	EmotionMicroF1               float64
	SentimentAccuracy            float64
	SentimentMacroF1             float64
}

// HeadFigures are the figures of one label.
type HeadFigures struct {
	Name          string
	Threshold, F1 float64
}

// TrainHeads fits the emotion and sentiment heads with C 2, chooses the
// threshold of each emotion on three folds, keeps the strongest features and
// measures the kept ones on dev. It returns the embedded file.
func TrainHeads(train, dev []HeadExample, keep int, seed int64) ([]byte, HeadReport, error) {
	if len(train) == 0 || len(dev) == 0 {
		return nil, HeadReport{}, errors.New("understand: heads need texts to train and to measure")
	}
	lists := headFeatures(train)
	hashes := vocabulary(lists, 2)
	x := samples(lists, hashes)
	var labels []string
	for _, e := range train {
		labels = append(labels, e.Labels...)
	}
	sort.Strings(labels)
	labels = slices.Compact(labels)
	w := make([][]float32, len(labels))
	bias := make([]float32, len(labels))
	threshold := make([]float32, len(labels))
	each(len(labels), func(k int) {
		xs, ys := groupOf(train, x, labels[k])
		threshold[k] = sentimentFloor
		if strings.HasPrefix(labels[k], emotionPrefix) {
			threshold[k] = bestThreshold(xs, ys, len(hashes), seed)
		}
		w[k], bias[k] = trainLogistic(xs, ys, len(hashes), headC, rand.New(rand.NewPCG(uint64(seed), uint64(k))))
	})
	m := quantise(labels, hashes, w, bias)
	rep := HeadReport{Texts: len(train), Features: len(hashes)}
	m = m.strongest(keep, lists)
	h := &headsModel{m, threshold}
	data := m.encode(kindHeads, threshold)
	rep.Kept, rep.Bytes = len(m.hashes), len(data)
	h.measure(dev, &rep)
	return data, rep, nil
}

const (
	headC = 2
	// sentimentFloor is the share of the three probabilities that the best must
	// have to be said.
	sentimentFloor = .5
)

func headFeatures(examples []HeadExample) [][]feature {
	s := newScratch()
	lists := make([][]feature, len(examples))
	for i, e := range examples {
		s.load("", e.Text, false)
		lists[i] = slices.Clone(s.features.list)
	}
	return lists
}

// groupOf are the texts that say anything about the group of a label, and
// whether they have it.
func groupOf(examples []HeadExample, x []sample, label string) (xs []sample, ys []int8) {
	prefix := label[:strings.IndexByte(label, '.')+1]
	for i, e := range examples {
		y := int8(0)
		for _, l := range e.Labels {
			if l == label {
				y = 1
			} else if y == 0 && strings.HasPrefix(l, prefix) {
				y = -1
			}
		}
		if y != 0 {
			xs, ys = append(xs, x[i]), append(ys, y)
		}
	}
	return xs, ys
}

// bestThreshold maximises F1 over out-of-fold probabilities.
func bestThreshold(x []sample, y []int8, rows int, seed int64) float32 {
	const folds = 3
	p := make([]float32, len(x))
	order := rand.New(rand.NewPCG(uint64(seed), 7)).Perm(len(x))
	for f := range folds {
		var xs []sample
		var ys []int8
		for n, i := range order {
			if n%folds != f {
				xs, ys = append(xs, x[i]), append(ys, y[i])
			}
		}
		w, bias := trainLogistic(xs, ys, rows, headC, rand.New(rand.NewPCG(uint64(seed), uint64(f))))
		for n, i := range order {
			if n%folds == f {
				p[i] = sigmoid(dot(&x[i], w) + bias)
			}
		}
	}
	best, at := -1.0, float32(.5)
	for t := 2; t <= 95; t++ {
		c := float32(t) / 100
		var c3 counts3
		for i, v := range p {
			c3.add(v >= c, y[i] > 0)
		}
		if f := c3.f1(); f > best {
			best, at = f, c
		}
	}
	return at
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

// strongest keeps the features that move decisions most: the largest weight
// times the square root of the number of texts that have the feature.
func (m *linear) strongest(keep int, lists [][]feature) *linear {
	if keep <= 0 || keep >= len(m.hashes) {
		return m
	}
	texts := make([]float64, len(m.hashes))
	for _, list := range lists {
		for _, f := range list {
			if row := m.row(f.hash); row >= 0 {
				texts[row]++
			}
		}
	}
	rows := make([]int, len(m.hashes))
	for i := range rows {
		rows[i] = i
	}
	value := func(row int) float64 { return float64(m.scale[row]) * math.Sqrt(texts[row]) }
	sort.Slice(rows, func(i, j int) bool {
		a, b := value(rows[i]), value(rows[j])
		return a > b || a == b && rows[i] < rows[j]
	})
	rows = rows[:keep]
	sort.Ints(rows)
	out := &linear{labels: m.labels, bias: m.bias}
	n := m.stride()
	for _, row := range rows {
		out.hashes = append(out.hashes, m.hashes[row])
		out.scale = append(out.scale, m.scale[row])
		out.weights = append(out.weights, m.weights[row*n:(row+1)*n]...)
	}
	out.index()
	return out
}

// measure fills the report with figures on examples.
func (h *headsModel) measure(examples []HeadExample, rep *HeadReport) {
	labels := h.linear.labels
	counts := make([]counts3, len(labels)) // emotion: over the threshold; sentiment: the best
	var micro counts3
	said, right := 0, 0
	z := make([]float32, len(labels))
	var p projection
	for i, list := range headFeatures(examples) {
		h.linear.project(list, &p)
		h.linear.score(&p, z)
		best, feels := -1, false
		for k, name := range labels {
			if strings.HasPrefix(name, sentimentPrefix) {
				feels = feels || slices.Contains(examples[i].Labels, name)
				if best < 0 || z[k] > z[best] {
					best = k
				}
				continue
			}
			over, truth := sigmoid(z[k]) >= h.threshold[k], slices.Contains(examples[i].Labels, name)
			counts[k].add(over, truth)
			micro.add(over, truth)
		}
		if !feels {
			continue
		}
		said++
		for k, name := range labels {
			if strings.HasPrefix(name, sentimentPrefix) {
				truth := slices.Contains(examples[i].Labels, name)
				counts[k].add(k == best, truth)
				right += count(k == best && truth)
			}
		}
	}
	emotions, sentiments := 0.0, 0.0
	for k, name := range labels {
		f := counts[k].f1()
		rep.Labels = append(rep.Labels, HeadFigures{name, float64(h.threshold[k]), f})
		if strings.HasPrefix(name, emotionPrefix) {
			rep.EmotionMacroF1 += f
			emotions++
		} else {
			rep.SentimentMacroF1 += f
			sentiments++
		}
	}
	rep.EmotionMacroF1 /= max(emotions, 1)
	rep.SentimentMacroF1 /= max(sentiments, 1)
	rep.EmotionMicroF1 = micro.f1()
	rep.SentimentAccuracy = float64(right) / float64(max(said, 1))
}
