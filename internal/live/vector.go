package live

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"

	"github.com/rapport-crm/rapport/internal/crm"
)

// vector is a place in the feed: the last number seen of each bucket.
type vector [crm.Buckets]int64

// vectorVersion begins every encoded vector.
const vectorVersion = 1

// String is the id of the place: the smallest number, then what each bucket has
// above it as varints, where a zero is followed by how many more zeros come.
// A quiet installation's id is 10 characters, a busy one's some hundreds.
func (v *vector) String() string {
	low := v[0]
	for _, n := range v {
		low = min(low, n)
	}
	b := make([]byte, 1, 320)
	b[0] = vectorVersion
	b = binary.AppendUvarint(b, uint64(low))
	for i := 0; i < len(v); i++ {
		b = binary.AppendUvarint(b, uint64(v[i]-low))
		if v[i] != low {
			continue
		}
		run := 0
		for i+1 < len(v) && v[i+1] == low {
			i, run = i+1, run+1
		}
		b = binary.AppendUvarint(b, uint64(run))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

var errVector = errors.New("live: this is not the id of an event")

// parseVector reads what String wrote. Anything may come in: it is a header
// that a browser sends.
func parseVector(s string) (*vector, error) {
	if len(s) > 8192 {
		return nil, errVector
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) == 0 || b[0] != vectorVersion {
		return nil, errVector
	}
	b = b[1:]
	next := func() (int64, bool) {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > math.MaxInt64 {
			return 0, false
		}
		b = b[size:]
		return int64(n), true
	}
	low, ok := next()
	if !ok {
		return nil, errVector
	}
	v := new(vector)
	for i := 0; i < len(v); i++ {
		delta, ok := next()
		if !ok || delta > math.MaxInt64-low {
			return nil, errVector
		}
		v[i] = low + delta
		if delta != 0 {
			continue
		}
		run, ok := next()
		if !ok || run >= int64(len(v)-i) {
			return nil, errVector
		}
		for range run {
			i++
			v[i] = low
		}
	}
	if len(b) != 0 {
		return nil, errVector
	}
	return v, nil
}
