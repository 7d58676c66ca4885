package understand

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"slices"
)

// NextAction is one candidate for what an agent does next.
type NextAction struct {
	Action     string   `json:"action"`
	Confidence float64  `json:"confidence"` // calibrated probability
	Sure       bool     `json:"sure"`       // sure enough to be suggested; else one of three to choose from
	Why        []string `json:"why"`        // what speaks most for it: earlier actions, results and words
}

// Next names the three most likely actions after the given turns, best first.
func (m *ActionModel) Next(turns []Turn, task string) []NextAction {
	r := newStepReader()
	r.named = map[uint64]string{}
	list := r.read(turns, task)
	var s actionState
	p := m.probabilities(list, &s)
	best := top3(p)
	var out []NextAction
	for n, k := range best[:min(3, len(p))] {
		other := best[0]
		if n == 0 {
			other = best[1]
		}
		out = append(out, NextAction{Action: m.linear.labels[k], Confidence: round(p[k]), Sure: n == 0 && p[k] >= m.hold, Why: m.why(r, list, &s, k, other)})
	}
	return out
}

// why names the three features that add most to action k over another one.
func (m *ActionModel) why(r *stepReader, list []feature, s *actionState, k, other int) []string {
	m.hidden.pulls(&s.hidden, k, other)
	type reason struct {
		name string
		by   float32
	}
	var reasons []reason
	found := &s.p
	pulls := make([]float32, len(found.rows))
	m.linear.pulls(pulls, found.rows, k, other)
	for i, c := range m.hidden.contributions(&s.hidden, found.rows) {
		name := r.named[list[found.index[i]].hash]
		if name == "" {
			continue
		}
		by := found.values[i] * (m.scale[1]*c + actionVote*m.scale[0]*pulls[i])
		if by > 0 {
			reasons = append(reasons, reason{name, by})
		}
	}
	slices.SortStableFunc(reasons, func(a, b reason) int {
		switch {
		case a.by > b.by:
			return -1
		case a.by < b.by:
			return 1
		}
		return 0
	})
	out := []string{}
	for _, x := range reasons {
		if !slices.Contains(out, x.name) && len(out) < 3 {
			out = append(out, x.name)
		}
	}
	return out
}

const (
	kindActions  = "actions"
	actionsStamp = "RAPACTS1"
)

// Encode writes the stamp, the linear part with temperatures and threshold, the
// hidden layer, and a CRC-32C of all that.
func (m *ActionModel) Encode() []byte {
	linear := m.linear.encode(kindActions, []float32{m.scale[0], m.scale[1], m.hold})
	b := append([]byte(actionsStamp), binary.LittleEndian.AppendUint32(nil, uint32(len(linear)))...)
	b = m.hidden.append(append(b, linear...))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// LoadActions reads what Encode wrote; the bytes may come from outside.
func LoadActions(data []byte) (*ActionModel, error) {
	if len(data) < len(actionsStamp)+8 || string(data[:len(actionsStamp)]) != actionsStamp {
		return nil, errModel
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, errModel
	}
	r := reader{rest: body[len(actionsStamp):]}
	l, extra, err := decodeLinear(r.take(r.count(math.MaxInt32, 1)), kindActions)
	if err != nil {
		return nil, err
	}
	if len(extra) != 3 {
		return nil, errModel
	}
	hidden, err := decodeHidden(&r, len(l.hashes), len(l.labels))
	if err != nil || len(r.rest) != 0 {
		return nil, errModel
	}
	return &ActionModel{linear: l, hidden: hidden, scale: [2]float32{extra[0], extra[1]}, hold: extra[2]}, nil
}
