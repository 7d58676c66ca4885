package understand

import (
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// reasons is the two or three stretches of text that speak most for label k over
// label other: what each feature adds to the difference of their logits, in both
// models with the weights of their votes. It is exact for the SVM, and for the
// hidden layer as long as the same units are active.
func (s *scratch) reasons(m *IntentModel, k, other int) []crm.Span {
	t, w := &m.tuning, &s.intents
	if m.hidden == nil {
		s.pulls = sized(s.pulls, len(w.rows))
		m.linear.pulls(s.pulls, w.rows, k, other)
		return s.spread(&w.projection)
	}
	m.hidden.pulls(&w.state, k, other)
	s.pullBoth(m.linear, m.hidden, &w.state, w.rows, k, other, t.vote*t.linear, t.hidden)
	return s.spread(&w.projection)
}

// pullBoth sets s.pulls to what features add to label k over label other in two
// models with a vote each; the hidden layer has its pulls already.
func (s *scratch) pullBoth(l *linear, h *hiddenModel, state *hiddenState, rows []int32, k, other int, linear, hidden float32) {
	s.pulls = sized(s.pulls, len(rows))
	pulls := s.pulls
	if hasAVX512 && inside(l.weights, rows, l.stride()) {
		h.dotsOf(state, rows)
		top := topRow(rows)
		_, _, _, _ = l.scale[top], h.scale[top], l.labels[k], l.labels[other]
		pullsAVX512(&pulls[0], &rows[0], len(rows), &pullsOf{&l.weights[0], &l.scale[0], &state.dots[0], &h.scale[0],
			int32(l.stride()), int32(k), int32(other), state.unit, hidden, linear}) //nolint:gosec // at most maxLabels
		return
	}
	l.pulls(pulls, rows, k, other)
	for i, c := range h.contributions(state, rows) {
		pulls[i] = float32(hidden*c) + float32(linear*pulls[i])
	}
}

// pullsOf is what pullBoth computes with; the order of the fields is known to the
// assembly.
type pullsOf struct {
	weights              *byte
	scales               *float32
	dots                 *int32
	hiddenScales         *float32
	stride, label, other int32
	unit, hidden, linear float32
}

// pulls writes what features add to label k over label other, per unit of their
// weight in the text.
func (m *linear) pulls(out []float32, rows []int32, k, other int) {
	stride, weights := m.stride(), m.weights
	out = out[:len(rows)]
	for i, row := range rows {
		at := int(row) * stride
		out[i] = m.scale[row] * float32(int32(int8(weights[at+k]))-int32(int8(weights[at+other])))
	}
}

// spread gives the contribution of each known feature, s.pulls times its weight,
// to the tokens under its places: a place that covers more than one, or a comma,
// in equal parts to its characters.
func (s *scratch) spread(p *projection) []crm.Span {
	s.shares, s.warmth = sized(s.shares, len(s.features.list)), sized(s.warmth, len(s.tokens))
	// Local variables: a store into one slice could change any field otherwise.
	shares, list, values, pulls := s.shares, s.features.list, p.values[:len(p.index)], s.pulls[:len(p.index)]
	clear(shares)
	apportion(shares, list, p.index, values, pulls)
	words, chars := s.features.places(len(s.tokens))
	warmWords(s.warmth, s.tokens, words, shares)
	warmChars(s.warmth, s.tokens, chars, shares)
	return s.spansOf(s.warmth)
}

// warmWords sets the warmth of the tokens to the shares of their own features and of
// their pairs.
func warmWords(warmth []float32, tokens []token, words []occurrence, shares []float32) {
	for n := range tokens {
		if n == 0 {
			warmth[n] = shares[words[0].feature]
			continue
		}
		one, two := &words[2*n-1], &words[2*n]
		share := shares[two.feature] / float32(two.to-two.from)
		warmth[n-1] += share * float32(tokens[n-1].to-tokens[n-1].from)
		warmth[n] = shares[one.feature] + share*float32(one.to-one.from)
	}
}

// warmChars adds the shares of n-grams, which are in the order of their beginnings.
func warmChars(warmth []float32, tokens []token, chars []occurrence, shares []float32) {
	warmth = warmth[:len(tokens)]
	for n := range tokens {
		t, sum, i := &tokens[n], warmth[n], 0
		for ; i < len(chars) && chars[i].from < t.to; i++ {
			o := &chars[i]
			if t.from <= o.from && o.to <= t.to {
				sum += shares[o.feature]
				continue
			}
			share := shares[o.feature] / float32(o.to-o.from)
			sum += share * float32(max(min(t.to, o.to)-max(t.from, o.from), 0)) // or it is before the token
			for k := n + 1; k < len(tokens) && tokens[k].from < o.to; k++ {
				warmth[k] += share * float32(min(tokens[k].to, o.to)-tokens[k].from)
			}
		}
		warmth[n], chars = sum, chars[i:]
	}
}

// spansOf picks the warmest tokens, joins neighbours and returns at most three
// spans in the order of the text.
func (s *scratch) spansOf(warmth []float32) []crm.Span {
	type stretch struct {
		from, to int32
		score    float32
	}
	top := float32(0)
	for _, v := range warmth {
		if v > top {
			top = v
		}
	}
	if top <= 0 {
		return nil
	}
	var best [3]stretch
	var now stretch
	keep := func() {
		for i := range best {
			if now.score > best[i].score {
				copy(best[i+1:], best[i:2])
				best[i] = now
				break
			}
		}
		now = stretch{}
	}
	for i, v := range warmth {
		t := &s.tokens[i]
		if v < .4*top {
			keep()
			continue
		}
		if now.score == 0 {
			now.from = t.from
		}
		now.to = t.to
		now.score += v
	}
	keep()
	spans := make([]crm.Span, 0, 3)
	for _, b := range best {
		if b.score > 0 {
			from, to := s.folded.original(int(b.from), int(b.to))
			spans = append(spans, crm.Span{From: from, To: to})
		}
	}
	slices.SortFunc(spans, func(a, b crm.Span) int { return a.From - b.From })
	return spans
}
