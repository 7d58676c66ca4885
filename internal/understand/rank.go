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
	r.focus(s, in, out.Asks, z)
	best := top3(z)
	out.Unknown = entropy(z) > r.intents.threshold
	out.Intents = make([]crm.Label, 0, 3)
	for _, k := range best {
		if k >= 0 && z[k] > 0 {
			out.Intents = append(out.Intents, crm.Label{Name: labels[k], Confidence: round(z[k])})
		}
	}
	if best[1] >= 0 {
		out.Intents[0].Evidence = s.evidence(r.intents.linear, &s.intents, best[0], best[1])
	}
}

// condition drops the intents that this side of the conversation does not say
// and scales the rest to sum 1: a customer sends no order confirmation.
func (r *Reader) condition(p []float32, in Input) {
	var not role
	switch {
	case in.Direction == crm.Out:
		not = customer
	case in.Direction == crm.In && !in.Automatic:
		not = firm
	default:
		return
	}
	var sum float32
	for k, who := range r.roles {
		if who != not {
			sum += p[k]
		}
	}
	if sum < 1e-6 {
		return
	}
	for k, who := range r.roles {
		if who == not {
			p[k] = 0
		} else {
			p[k] /= sum
		}
	}
}

// focusShare is the weight of the asks alone, beside the whole text.
const focusShare = .5

// focus mixes in what the asking sentences say by themselves. Who phones because
// nobody answered, and asks when the plan starts, wants to know when the plan
// starts; that nobody answered is told by the effort. An ask that could be about
// anything, such as "can you help me?", changes nothing.
func (r *Reader) focus(s *scratch, in Input, asks []crm.Ask, p []float32) {
	asked := s.loadAsks(asks)
	if asked == 0 || asked == len(s.tokens) {
		return
	}
	if cap(s.zAsks) < len(p) {
		s.zAsks = make([]float32, len(p))
	}
	q := s.zAsks[:len(p)]
	if !r.intents.probabilities(s.askFeatures.list, &s.asking, q) {
		return
	}
	r.condition(q, in)
	if r.chat[top3(q)[0]] || entropy(q) > r.intents.threshold {
		return
	}
	for k := range p {
		p[k] += focusShare * (q[k] - p[k])
	}
}

// loadAsks makes the features of the asking sentences and says how many tokens
// they have.
func (s *scratch) loadAsks(asks []crm.Ask) (tokens int) {
	s.askFeatures.reset(false)
	for i := 0; i < len(s.tokens); {
		n, j := s.tokens[i].sentence, i
		for j < len(s.tokens) && s.tokens[j].sentence == n {
			j++
		}
		from := s.sentences[n].from
		if slices.ContainsFunc(asks, func(a crm.Ask) bool { return a.Span.From == from }) {
			end := len(s.folded.text)
			if j < len(s.tokens) {
				end = int(s.tokens[j].from)
			}
			s.askFeatures.addWords(s.tokens[i:j], s.folded.text)
			s.askFeatures.addChars(s.folded.text[s.tokens[i].from:end])
			tokens += j - i
		}
		i = j
	}
	return tokens
}
