package store_test

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Ids and buckets are on disk and in the firm's other systems: these figures
// never change. They were computed by another program.

func TestDerivedIDVectors(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		millis int64
		parts  []string
		id     string
		bucket int64
	}{
		{0, []string{"raw", "shop", "1"}, "00000000-0000-8983-9001-a0b880f62bdf", 58},
		{1767225600000, []string{"interaction", "a", "bc"}, "019b76da-a800-80e9-8548-f19308b0ed4a", 84},
		{1767225600000, []string{"interaction", "ab", "c"}, "019b76da-a800-87a6-8bc8-bb1d1f8b9afc", 204},
		{1772445600123, []string{"interaction", "mail:support", "<r@jan.example>"}, "019cadfd-897b-8883-a564-db867ef075a8", 246},
		{281474976710655, []string{"profile", "email", "ü@postvak.example"}, "ffffffff-ffff-8c65-acc5-a33bc638c8d0", 86},
	} {
		id := crm.DerivedID(time.UnixMilli(v.millis), v.parts...)
		if id.String() != v.id {
			t.Errorf("%d %q: %s, want %s", v.millis, v.parts, id, v.id)
		}
		if got := id.Bucket(); got != v.bucket {
			t.Errorf("%s is in bucket %d, want %d", id, got, v.bucket)
		}
		if got := id.Time().UnixMilli(); got != v.millis {
			t.Errorf("%s is of millisecond %d, want %d", id, got, v.millis)
		}
	}
}

func TestKeyBucketVectors(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		parts  []string
		bucket int64
	}{
		{[]string{"email", "jan@postvak.example"}, 26},
		{[]string{"phone", "+31612345678"}, 67},
		{[]string{"a", "bc"}, 63},
		{[]string{"ab", "c"}, 96},
		{[]string{"user_id", ""}, 128},
	} {
		if got := crm.KeyBucket(v.parts...); got != v.bucket {
			t.Errorf("%q is in bucket %d, want %d", v.parts, got, v.bucket)
		}
	}
}

// The definition of storage section 3, written a second time.
func TestIDsFollowTheirDefinition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "parts")
		at := time.UnixMilli(rapid.Int64Range(0, 1<<48-1).Draw(t, "millis"))
		var text []byte
		for _, p := range parts {
			text = append(binary.BigEndian.AppendUint64(text, uint64(len(p))), p...)
		}
		sum := sha256.Sum256(text)
		var want crm.ID
		copy(want[:6], binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))[2:])
		copy(want[6:], sum[:10])
		want[6], want[8] = 0x80|want[6]&0x0f, 0x80|want[8]&0x3f
		id := crm.DerivedID(at, parts...)
		if id != want {
			t.Fatalf("%q at %d: %v, want %v", parts, at.UnixMilli(), id, want)
		}
		if crm.KeyBucket(parts...) != int64(sum[0]) {
			t.Fatalf("%q: key bucket %d, want %d", parts, crm.KeyBucket(parts...), sum[0])
		}
		if head := sha256.Sum256(want[:]); id.Bucket() != int64(head[0]) {
			t.Fatalf("%v: bucket %d, want %d", id, id.Bucket(), head[0])
		}
		if b := rapid.Int64Range(0, 255).Draw(t, "bucket"); id.InBucket(b).RowBucket() != b {
			t.Fatal("a row id carries its bucket")
		}
	})
}
