package understand

import "math"

// flatter is the share of the fitted inverse temperature at which doubt is
// taken. The temperature that makes the best probability honest leaves little of
// the rest of the distribution; the rest is what tells an unknown matter from a
// known one. Chosen on intents left out of the training part of BANKING77.
const flatter = .6

// flat is the distribution that doubt is the entropy of: that of both networks,
// the hidden layer's, or the SVM's own when it is alone, flattened. It stays in
// the working memory until the next vote.
func (s *scores) flat(t *tuning) []float32 {
	z, scale := s.linear, t.linear
	switch {
	case s.hidden == nil:
	case len(s.novel.both) > 0:
		z, scale = s.novel.both, bothFlatter*t.both
	default:
		z, scale = s.hidden, flatter*t.hidden
	}
	s.votes = sized(s.votes, len(z))
	softmax(z, s.votes, scale)
	return s.votes
}

// doubt is higher the less a scored text fits any intent: the entropy of flat in
// nats, or how far it and the nearest example are from those of known texts that
// are as long.
func (t *tuning) doubt(s *scores, flat []float32) float32 {
	h := entropy(flat)
	if s.hidden == nil || len(s.novel.both) == 0 {
		return h
	}
	return t.entropy.of(h) - nearShare*t.near.of(s.novel.near) - t.length.slope*(s.length()-t.length.mean)
}

// noDoubt is a threshold that rejects nothing, and allDoubt one that rejects
// everything.
const (
	noDoubt  = math.MaxInt16
	allDoubt = math.MinInt16
)
