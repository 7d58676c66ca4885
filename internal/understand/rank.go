package understand

import (
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// readIntents ranks the intents, abstains when none is sure enough, and shows
// the words that speak for the best one over the second.
func (r *Reader) readIntents(s *scratch, in Input, out *crm.Reading) {
	out.Unknown = true
	labels := r.intents.linear.labels
	if cap(s.z) < len(labels) {
		s.z = make([]float32, len(labels))
	}
	z := s.z[:len(labels)]
	if len(s.tokens) == 0 || !r.intents.probabilities(s.features.list, &s.intents, z) {
		return
	}
	r.condition(z, in)
	doubt := r.doubt(&s.intents, in)
	doubt = r.focus(s, in, out.Asks, z, doubt)
	best := top3(z)
	out.Unknown = doubt > r.intents.tuning.threshold
	out.Intents = make([]crm.Label, 0, 3)
	for _, k := range best {
		if k >= 0 && z[k] > 0 {
			out.Intents = append(out.Intents, crm.Label{Name: r.nameOf(k), Confidence: round(z[k])})
		}
	}
	if best[1] >= 0 {
		out.Intents[0].Evidence = s.reasons(r.intents, best[0], best[1])
	}
}

// doubt of a text among the intents of its side of the conversation.
func (r *Reader) doubt(s *scores, in Input) float32 {
	flat := s.flat(&r.intents.tuning)
	r.condition(flat, in)
	return r.intents.tuning.doubt(s, flat)
}

// condition drops the intents that this side of the conversation does not say
// and scales the rest to sum 1: a customer sends no order confirmation.
func (r *Reader) condition(p []float32, in Input) {
	r.move(p)
	var said []float32
	switch {
	case in.Direction == crm.Out:
		said = r.ours
	case in.Direction == crm.In && !in.Automatic:
		said = r.theirs
	default:
		return
	}
	p = p[:len(said)]
	var sum float32
	for k, v := range said {
		sum += v * p[k]
	}
	if sum < 1e-6 {
		return
	}
	for k, v := range said {
		p[k] = v * p[k] / sum
	}
}

// focusShare is the weight of the asks alone, beside the whole text.
const focusShare = .5

// focus mixes in what the asking sentences say by themselves. Who phones because
// nobody answered, and asks when the plan starts, wants to know when the plan
// starts; that nobody answered is told by the effort. An ask that could be about
// anything, such as "can you help me?", changes nothing. It returns the doubt of
// both together.
func (r *Reader) focus(s *scratch, in Input, asks []crm.Ask, p []float32, doubt float32) float32 {
	asked := s.loadAsks(asks)
	if asked == 0 || asked == len(s.tokens) {
		return doubt
	}
	if cap(s.zAsks) < len(p) {
		s.zAsks = make([]float32, len(p))
	}
	q := s.zAsks[:len(p)]
	s.part.project(&s.intents.projection, &s.asking.projection)
	s.asking.words = s.part.words
	if !r.intents.scoreProjected(&s.asking) {
		return doubt
	}
	s.asking.vote(&r.intents.tuning, q)
	r.condition(q, in)
	asking := r.doubt(&s.asking, in)
	if r.chat[top3(q)[0]] || asking > r.intents.tuning.threshold {
		return doubt
	}
	for k := range p {
		p[k] += focusShare * (q[k] - p[k])
	}
	return doubt + focusShare*(asking-doubt)
}

// loadAsks counts the features of the asking sentences and says how many tokens
// they have.
func (s *scratch) loadAsks(asks []crm.Ask) (tokens int) {
	s.part.reset(len(s.features.list))
	for i := 0; i < len(s.tokens); {
		n, j := s.tokens[i].sentence, i
		for j < len(s.tokens) && s.tokens[j].sentence == n {
			j++
		}
		from := s.sentences[n].from
		if slices.ContainsFunc(asks, func(a crm.Ask) bool { return a.Span.From == from }) {
			s.addPart(i, j)
			tokens += j - i
		}
		i = j
	}
	return tokens
}
