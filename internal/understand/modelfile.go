package understand

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// Limits of a model file, far above any real one.
const (
	maxLabels   = 4096
	maxRows     = 8 << 20
	maxName     = 200
	formatStamp = "RAPLIN1\n"
)

var errModel = errors.New("understand: this is not a model file, or it is damaged")

// encode writes stamp, extractor version, kind, labels, extra values, bias,
// hashes, scales and weights, and a CRC-32C of all that.
func (m *linear) encode(kind string, extra []float32) []byte {
	var b bytes.Buffer
	u32 := func(v uint32) { b.Write(binary.LittleEndian.AppendUint32(nil, v)) }
	f32 := func(v []float32) {
		for _, x := range v {
			u32(math.Float32bits(x))
		}
	}
	text := func(s string) {
		u32(uint32(len(s)))
		b.WriteString(s)
	}
	b.WriteString(formatStamp)
	u32(ExtractorVersion)
	text(kind)
	u32(uint32(len(m.labels)))
	for _, l := range m.labels {
		text(l)
	}
	u32(uint32(len(extra)))
	f32(extra)
	f32(m.bias)
	u32(uint32(len(m.hashes)))
	for _, h := range m.hashes {
		b.Write(binary.LittleEndian.AppendUint64(nil, h))
	}
	f32(m.scale)
	b.Write(m.weights)
	u32(crc32.Checksum(b.Bytes(), castagnoli))
	return b.Bytes()
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// decodeLinear reads what encode wrote. The bytes may come from outside: every
// size is checked against what is left before anything is allocated.
func decodeLinear(data []byte, kind string) (*linear, []float32, error) {
	if len(data) < len(formatStamp)+8 || string(data[:len(formatStamp)]) != formatStamp {
		return nil, nil, errModel
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return nil, nil, errModel
	}
	r := reader{rest: body[len(formatStamp):]}
	if v := r.u32(); r.bad || v != ExtractorVersion {
		return nil, nil, fmt.Errorf("understand: the model was made by extractor version %d, this program has version %d: train it again", v, ExtractorVersion)
	}
	if got := r.text(); r.bad || got != kind {
		return nil, nil, fmt.Errorf("understand: the file holds a model of kind %q, not %q", got, kind)
	}
	m := &linear{}
	n := r.count(maxLabels, 4)
	for range n {
		m.labels = append(m.labels, r.text())
	}
	extra := r.f32(r.count(maxLabels, 4))
	m.bias = r.f32(n)
	rows := r.count(maxRows, 12+m.stride())
	m.hashes = r.u64(rows)
	m.scale = r.scales(rows)
	m.weights = r.take(rows * m.stride())
	if r.bad || len(r.rest) != 0 || n < 2 {
		return nil, nil, errModel
	}
	if !m.index() {
		return nil, nil, errModel
	}
	return m, extra, nil
}

// reader takes values off the front of bytes; after the first fault bad is set
// and it gives zeros.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.rest) {
		r.bad = true
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// count reads a length of things that take at least size bytes each.
func (r *reader) count(limit, size int) int {
	n := r.u32()
	if r.bad || int64(n) > int64(limit) || int64(n)*int64(size) > int64(len(r.rest)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	return string(r.take(r.count(maxName, 1)))
}

// f32 reads numbers; one that is not finite is a fault.
func (r *reader) f32(n int) []float32 {
	b := r.take(4 * n)
	out := make([]float32, 0, len(b)/4)
	for i := 0; i+4 <= len(b); i += 4 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(b[i:]))
		if abs(v) > 1e6 || v != v {
			r.bad = true
		}
		out = append(out, v)
	}
	return out
}

// scales reads numbers of which none may be below zero: that is what the shares of
// features are made of, and addRows takes none of those.
func (r *reader) scales(n int) []float32 {
	out := r.f32(n)
	for _, v := range out {
		r.bad = r.bad || v < 0
	}
	return out
}

func (r *reader) u64(n int) []uint64 {
	b := r.take(8 * n)
	out := make([]uint64, 0, len(b)/8)
	for i := 0; i+8 <= len(b); i += 8 {
		out = append(out, binary.LittleEndian.Uint64(b[i:]))
	}
	return out
}
