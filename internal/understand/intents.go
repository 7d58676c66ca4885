package understand

import (
	"fmt"
	"hash/crc32"
	"slices"
)

// IntentModel is a trained, calibrated intent model. It is immutable.
type IntentModel struct {
	linear      *linear
	temperature float32
	threshold   float32
	id          string
}

const kindIntents = "intents"

// MarshalBinary implements encoding.BinaryMarshaler.
func (m *IntentModel) MarshalBinary() ([]byte, error) {
	return m.linear.encode(kindIntents, []float32{m.temperature, m.threshold}), nil
}

// LoadIntents reads what MarshalBinary wrote; the model keeps data and the caller
// must not change it. Damaged bytes, and a model of
// another extractor version, are an error.
func LoadIntents(data []byte) (*IntentModel, error) {
	l, extra, err := decodeLinear(data, kindIntents)
	if err != nil {
		return nil, err
	}
	if len(extra) != 2 || extra[0] <= 0 || extra[1] < 0 {
		return nil, errModel
	}
	return &IntentModel{linear: l, temperature: extra[0], threshold: extra[1], id: nameOf(data)}, nil
}

// nameOf gives a model an id that follows from its bytes.
func nameOf(data []byte) string { return fmt.Sprintf("intents-%08x", crc32.ChecksumIEEE(data)) }

// ID names the model by its contents, such as "intents-9f3a01c2".
func (m *IntentModel) ID() string { return m.id }

// Labels are the intents that the model knows, sorted.
func (m *IntentModel) Labels() []string { return slices.Clone(m.linear.labels) }

// probabilities scores a text; known is false when no feature is known, and
// then p means nothing.
func (m *IntentModel) probabilities(list []feature, p *projection, z []float32) (known bool) {
	m.linear.project(list, p)
	if p.known == 0 {
		return false
	}
	m.linear.score(p, z)
	softmax(z, z, m.temperature)
	return true
}
