package understand

import (
	"encoding/binary"
	"hash/crc32"
)

const headsStamp = "RAPHEAD2"

// encode writes the stamp, the linear part in its own form, the hidden layer,
// the parts of coarse labels, and a CRC-32C of all that.
func (h *headsModel) encode(kind string) []byte {
	linear := h.linear.encode(kind, h.threshold)
	b := append([]byte(headsStamp), binary.LittleEndian.AppendUint32(nil, uint32(len(linear)))...)
	b = h.hidden.append(append(b, linear...))
	for _, parts := range h.parts {
		b = append(b, byte(len(parts)))
		for _, p := range parts {
			b = append(b, byte(p))
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// loadHeads reads what encode wrote, of that kind.
func loadHeads(data []byte, kind string, share float32) (*headsModel, error) {
	if len(data) < len(headsStamp)+8 || string(data[:len(headsStamp)]) != headsStamp {
		return nil, errModel
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, errModel
	}
	r := reader{rest: body[len(headsStamp):]}
	l, threshold, err := decodeLinear(r.take(r.count(len(body), 1)), kind)
	if err != nil {
		return nil, err
	}
	h := &headsModel{linear: l, threshold: threshold, share: share, parts: make([][]int, len(l.labels))}
	if len(threshold) != len(l.labels) || len(l.labels) > maxHeads {
		return nil, errModel
	}
	if h.hidden, err = decodeHidden(&r, len(l.hashes), len(l.labels)); err != nil {
		return nil, err
	}
	for k := range h.parts {
		n := r.take(1)
		if r.bad {
			return nil, errModel
		}
		for _, p := range r.take(int(n[0])) {
			if int(p) >= len(l.labels) {
				return nil, errModel
			}
			h.parts[k] = append(h.parts[k], int(p))
		}
	}
	if r.bad || len(r.rest) != 0 {
		return nil, errModel
	}
	return h, nil
}
