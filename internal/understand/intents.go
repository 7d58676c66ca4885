package understand

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
)

// IntentModel is a trained, calibrated intent model: a linear SVM and, beside
// it over the same vocabulary, one hidden layer. It is immutable.
type IntentModel struct {
	linear *linear
	hidden *hiddenModel // nil: an older model, the SVM alone
	// novelty is nil where examples are few, and in older models: then the
	// hidden layer says what is unknown as well.
	novelty *novelty
	tuning  tuning
	id      string
}

// tuning is what out-of-fold texts taught about the scores of a model.
type tuning struct {
	linear, hidden, both float32  // inverse temperatures; both is of the mean of two networks
	vote                 float32  // of the SVM where the hidden layer has 1
	entropy, near        standard // with novelty
	length               trend
	threshold            float32 // of doubt, above which the model abstains
}

const (
	kindIntents = "intents"
	intentStamp = "RAPINT2\n"
	novelStamp  = "RAPINT3\n"
	// linearVote is the vote of the SVM beside small networks.
	linearVote = .5
)

// MarshalBinary implements encoding.BinaryMarshaler.
func (m *IntentModel) MarshalBinary() ([]byte, error) {
	t := &m.tuning
	part := m.linear.encode(kindIntents, []float32{t.linear, t.threshold})
	if m.hidden == nil {
		return part, nil
	}
	stamp := intentStamp
	if m.novelty != nil {
		stamp = novelStamp
	}
	b := []byte(stamp)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(part)))
	b = append(b, part...)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(t.hidden))
	b = m.hidden.append(b)
	if m.novelty != nil {
		for _, v := range []float32{t.both, t.vote, t.entropy.mean, t.entropy.deviation, t.near.mean, t.near.deviation, t.length.mean, t.length.slope} {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
		b = m.novelty.append(b)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

// LoadIntents reads what MarshalBinary wrote, now or before models had a hidden
// layer; the model keeps data and the caller must not change it. Damaged bytes,
// and a model of another extractor version, are an error.
func LoadIntents(data []byte) (*IntentModel, error) {
	part, rest := data, []byte(nil)
	stamp := string(data[:min(len(data), len(intentStamp))])
	if len(data) > len(intentStamp)+8 && (stamp == intentStamp || stamp == novelStamp) {
		body := data[:len(data)-4]
		if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(data[len(body):]) {
			return nil, errModel
		}
		r := reader{rest: body[len(intentStamp):]}
		if part = r.take(r.count(math.MaxInt32, 1)); r.bad {
			return nil, errModel
		}
		rest = r.rest
	}
	l, extra, err := decodeLinear(part, kindIntents)
	if err != nil {
		return nil, err
	}
	if len(extra) != 2 || extra[0] <= 0 {
		return nil, errModel
	}
	m := &IntentModel{linear: l, tuning: tuning{linear: extra[0], threshold: extra[1], vote: linearVote}, id: nameOf(data)}
	if rest == nil {
		return m, nil
	}
	r := reader{rest: rest}
	if a := r.f32(1); !r.bad {
		m.tuning.hidden = a[0]
	}
	if m.hidden, err = decodeHidden(&r, len(l.hashes), len(l.labels)); err != nil || m.tuning.hidden <= 0 {
		return nil, errModel
	}
	if stamp == novelStamp {
		if err := m.readNovelty(&r); err != nil {
			return nil, err
		}
	}
	if len(r.rest) != 0 {
		return nil, errModel
	}
	return m, nil
}

func (m *IntentModel) readNovelty(r *reader) (err error) {
	v := r.f32(8)
	if r.bad || v[0] <= 0 || v[1] < 0 || v[3] <= 0 || v[5] <= 0 {
		return errModel
	}
	t := &m.tuning
	t.both, t.vote, t.entropy, t.near = v[0], v[1], standard{v[2], v[3]}, standard{v[4], v[5]}
	t.length = trend{v[6], v[7]}
	m.novelty, err = decodeNovelty(r, len(m.linear.hashes), len(m.linear.labels))
	return err
}

// nameOf gives a model an id that follows from its bytes.
func nameOf(data []byte) string { return fmt.Sprintf("intents-%08x", crc32.ChecksumIEEE(data)) }

// ID names the model by its contents, such as "intents-9f3a01c2".
func (m *IntentModel) ID() string { return m.id }

// Labels are the intents that the model knows, sorted.
func (m *IntentModel) Labels() []string { return slices.Clone(m.linear.labels) }

// LinearAlone is the SVM without the hidden layer: the baseline. What it calls
// unknown means nothing.
func (m *IntentModel) LinearAlone() *IntentModel {
	return &IntentModel{linear: m.linear, tuning: tuning{linear: m.tuning.linear, threshold: m.tuning.threshold}, id: m.id}
}

// scores are one text in one model: the working memory of reading it.
type scores struct {
	projection
	state  hiddenState
	novel  noveltyState
	words  int       // features of words
	linear []float32 // logits of the SVM
	hidden []float32 // logits of the hidden layer
	votes  []float32
}

// score computes the logits; known is false when no feature is known, and then
// they mean nothing.
func (m *IntentModel) score(list []feature, s *scores) (known bool) {
	m.linear.project(list, &s.projection)
	if m.novelty != nil {
		s.words = 0
		for i := range list {
			s.words += count(list[i].block == wordBlock)
		}
	}
	return m.scoreProjected(s)
}

// scoreProjected is score of a text that is projected already.
func (m *IntentModel) scoreProjected(s *scores) (known bool) {
	if len(s.rows) == 0 {
		return false
	}
	if !hasAVX512 { // whose loops do so as they go
		prefetchRows(m.linear.stride(), m.linear.weights, s.rows)
		if m.hidden != nil {
			prefetchRows(m.hidden.units, m.hidden.in, s.rows)
		}
	}
	n := len(m.linear.labels)
	s.linear = sized(s.linear, n)
	m.linear.score(&s.projection, s.linear)
	s.hidden = nil
	if m.hidden != nil {
		s.hidden = m.hidden.score(&s.projection, &s.state)[:n]
	}
	s.novel.both = s.novel.both[:0]
	if m.novelty != nil {
		m.novelty.read(&s.projection, s.hidden, &s.novel)
	}
	return true
}

// probabilities scores a text and writes the vote into p; known is false when
// no feature is known, and then p means nothing.
func (m *IntentModel) probabilities(list []feature, s *scores, p []float32) (known bool) {
	if !m.score(list, s) {
		return false
	}
	s.vote(&m.tuning, p)
	return true
}

// vote turns logits into probabilities, each model after its own temperature.
// Where there are two networks, their mean votes; the words that are shown as
// reasons are those of the large one and the SVM.
func (s *scores) vote(t *tuning, p []float32) {
	softmax(s.linear, p, t.linear)
	z, scale := s.hidden, t.hidden
	switch {
	case z == nil:
		return
	case len(s.novel.both) > 0:
		z, scale = s.novel.both, t.both
	}
	s.votes = sized(s.votes, len(p))
	softmax(z, s.votes, scale)
	for k, v := range s.votes {
		p[k] = (v + t.vote*p[k]) / (1 + t.vote)
	}
}
