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

// spread adds the contribution of each known feature, s.pulls times its weight,
// to the characters that it covers; a token is worth the sum of its characters.
func (s *scratch) spread(p *projection) []crm.Span {
	n := len(s.folded.text)
	heat := sized(s.heat, n+1)
	s.heat = heat
	clear(heat)
	s.shares = sized(s.shares, len(s.features.list))
	// Local variables: a store into one slice could change any field otherwise.
	shares, list, values, pulls := s.shares, s.features.list, p.values[:len(p.index)], s.pulls[:len(p.index)]
	clear(shares)
	for i, f := range p.index {
		shares[f] = values[i] * pulls[i] / float32(list[f].count)
	}
	for _, o := range s.features.occ {
		if o.to <= o.from {
			continue
		}
		c := shares[o.feature] / float32(o.to-o.from)
		heat[o.from] += c
		heat[o.to] -= c
	}
	sum := float32(0)
	for i, v := range heat {
		sum += v
		heat[i] = sum
	}
	return s.spansOf(heat)
}

// spansOf picks the hottest tokens, joins neighbours and returns at most three
// spans in the order of the text.
func (s *scratch) spansOf(heat []float32) []crm.Span {
	type stretch struct {
		from, to int32
		score    float32
	}
	s.warmth = sized(s.warmth, len(s.tokens))
	warmth, tokens := s.warmth, s.tokens
	top := float32(0)
	for i := range tokens {
		t := &tokens[i]
		var sum float32
		for _, h := range heat[t.from:t.to] {
			sum += h
		}
		warmth[i] = sum
		if sum > top {
			top = sum
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
	for i, v := range s.warmth {
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
