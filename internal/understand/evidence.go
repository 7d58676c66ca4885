package understand

import (
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// evidence is the two or three stretches of text that speak most for label k
// over label other. Each known feature adds its exact contribution to the
// characters that it covers; a token is worth the sum of its characters.
func (s *scratch) evidence(m *linear, p *projection, k, other int) []crm.Span {
	n := len(s.folded.text)
	if cap(s.heat) < n+1 {
		s.heat = make([]float32, 2*n+1)
	}
	heat := s.heat[:n+1]
	clear(heat)
	stride := m.stride()
	for _, o := range s.features.occ {
		row := p.rows[o.feature]
		if row < 0 || o.to <= o.from {
			continue
		}
		w := m.weights[int(row)*stride:]
		c := p.values[o.feature] * m.scale[row] * float32(int(int8(w[k]))-int(int8(w[other])))
		c /= float32(s.features.list[o.feature].count) * float32(o.to-o.from)
		heat[o.from] += c
		heat[o.to] -= c
	}
	for i := 1; i <= n; i++ {
		heat[i] += heat[i-1]
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
	score := func(t token) float32 {
		var sum float32
		for _, h := range heat[t.from:t.to] {
			sum += h
		}
		return sum
	}
	top := float32(0)
	for _, t := range s.tokens {
		top = max(top, score(t))
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
	for _, t := range s.tokens {
		v := score(t)
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
