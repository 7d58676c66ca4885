package crm

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// ID is a 16-byte identifier: UUID on PostgreSQL, BLOB on SQLite, and the
// 36-character form of RFC 9562 in JSON and URLs. The zero ID means "none".
type ID [16]byte

// Buckets is the number of fixed shards. It never changes.
const Buckets = 256

// NewID returns a UUIDv7 (RFC 9562 5.7) for something that a person or a
// program created at t. Ids of one millisecond are not ordered.
func NewID(t time.Time) ID {
	var id ID
	if _, err := rand.Read(id[6:]); err != nil {
		panic("crm: the system's random source failed: " + err.Error())
	}
	putMillis(&id, t)
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// DerivedID returns the UUIDv8 (RFC 9562 5.8) of an outside event: 48 bits of
// the event's own millisecond and 74 bits of SHA-256 over the parts, each
// preceded by its length so that ("a", "bc") and ("ab", "c") differ. The same
// event always has the same id.
func DerivedID(t time.Time, parts ...string) ID {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	var id ID
	copy(id[6:], h.Sum(nil))
	putMillis(&id, t)
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// FirstID is the smallest id of the millisecond of t: ids from it on are of t or
// later.
func FirstID(t time.Time) ID {
	var id ID
	putMillis(&id, t)
	return id
}

// InBucket returns id with its last byte set to the bucket, so that the row it
// names can be found from the id alone. Rows that hang on a profile use it.
func (id ID) InBucket(bucket int64) ID {
	id[15] = byte(bucket)
	return id
}

// RowBucket is the bucket of a row whose id was made by InBucket.
func (id ID) RowBucket() int64 { return int64(id[15]) }

// Bucket is the shard of a profile: the first byte of SHA-256 of its id. It is
// fixed for ever.
func (id ID) Bucket() int64 {
	h := sha256.Sum256(id[:])
	return int64(h[0])
}

// KeyBucket is the shard of a unique value, such as a mail address or an
// external id: the first byte of SHA-256 over its length-prefixed parts.
func KeyBucket(parts ...string) int64 {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	var sum [sha256.Size]byte
	return int64(h.Sum(sum[:0])[0])
}

// Time is the millisecond that the id was made for.
func (id ID) Time() time.Time {
	var b [8]byte
	copy(b[2:], id[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b[:]))).UTC()
}

// Compare orders ids by their bytes, as both databases do: -1, 0 or 1.
func (id ID) Compare(o ID) int { return bytes.Compare(id[:], o[:]) }

// IsZero reports whether id is "none".
func (id ID) IsZero() bool { return id == ID{} }

// String is the 36-character form; the zero ID gives the empty string.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	b[8] = '-'
	hex.Encode(b[9:13], id[4:6])
	b[13] = '-'
	hex.Encode(b[14:18], id[6:8])
	b[18] = '-'
	hex.Encode(b[19:23], id[8:10])
	b[23] = '-'
	hex.Encode(b[24:36], id[10:16])
	return string(b[:])
}

// ParseID reads the 36-character form. The empty string is the zero ID.
func ParseID(s string) (ID, error) {
	var id ID
	if s == "" {
		return id, nil
	}
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, errors.New("an id has 36 characters, such as 0190163d-8694-739b-aea5-966c26f8ad91")
	}
	for i, span := range [][2]int{{0, 8}, {9, 13}, {14, 18}, {19, 23}, {24, 36}} {
		from := []int{0, 4, 6, 8, 10}[i]
		if _, err := hex.Decode(id[from:], []byte(s[span[0]:span[1]])); err != nil {
			return ID{}, errors.New("an id has only the digits 0-9 and a-f")
		}
	}
	return id, nil
}

// MarshalText implements encoding.TextMarshaler.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ID) UnmarshalText(b []byte) error {
	v, err := ParseID(string(b))
	if err != nil {
		return err
	}
	*id = v
	return nil
}

// Value implements driver.Valuer: always 16 bytes, so the zero ID is a value
// and columns need no NULL.
func (id ID) Value() (driver.Value, error) { return id[:], nil }

// Scan implements sql.Scanner: 16 bytes (SQLite) or 36 characters (PostgreSQL
// through database/sql).
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		if len(v) == 16 {
			copy(id[:], v)
			return nil
		}
		return id.UnmarshalText(v)
	case string:
		if len(v) == 16 {
			copy(id[:], v)
			return nil
		}
		return id.UnmarshalText([]byte(v))
	case [16]byte:
		*id = v
		return nil
	case nil:
		*id = ID{}
		return nil
	}
	return fmt.Errorf("crm: an id can't be read from %T", src)
}

func putMillis(id *ID, t time.Time) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(max(t.UnixMilli(), 0)))
	copy(id[:6], b[2:])
}
