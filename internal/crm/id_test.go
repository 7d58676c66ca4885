package crm

import (
	"encoding/json"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// The vectors were computed with another program from the definitions in
// docs/architecture.md; the shard of a profile must never change.
func TestBuckets(t *testing.T) {
	t.Parallel()
	if got := (ID{}).Bucket(); got != 0x37 { // SHA-256 of 16 zero bytes begins with 37
		t.Errorf("bucket of the zero id: %x, want 37", got)
	}
	if KeyBucket("a", "bc") == KeyBucket("ab", "c") && KeyBucket("a", "bd") == KeyBucket("ab", "d") {
		t.Error("parts must be told apart by their lengths")
	}
	seen := map[int64]int{}
	for range 20_000 {
		seen[NewID(noon).Bucket()]++
	}
	for b := range int64(Buckets) {
		if seen[b] < 30 || seen[b] > 140 {
			t.Errorf("bucket %d got %d of 20,000 ids, want about 78", b, seen[b])
		}
	}
}

func TestIDsHoldTimeVersionAndBucket(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		id      ID
		version byte
	}{"new": {NewID(noon), 7}, "derived": {DerivedID(noon, "shop", "1"), 8}} {
		if !c.id.Time().Equal(noon) || c.id[6]>>4 != c.version || c.id[8]>>6 != 2 {
			t.Errorf("%s: %s", name, c.id)
		}
		if in := c.id.InBucket(200); in.RowBucket() != 200 || !in.Time().Equal(noon) {
			t.Errorf("%s in a bucket: %s", name, in)
		}
	}
	if DerivedID(noon, "a", "bc") == DerivedID(noon, "ab", "c") {
		t.Error("(a, bc) and (ab, c) must differ")
	}
	if got, want := DerivedID(noon, "a", "b").String(), "019cae6b-6600-8c9d-9910-45bc8876f9d0"; got != want {
		t.Errorf("the same event must have the same id: %s, want %s", got, want)
	}
	if early := DerivedID(time.Time{}, "x"); early.Time().After(time.UnixMilli(0)) {
		t.Errorf("a time before 1970: %v", early.Time())
	}
}

func TestIDsSurviveTextAndDatabase(t *testing.T) {
	t.Parallel()
	id := NewID(noon)
	text, err := json.Marshal(struct{ A, B ID }{id, ID{}})
	if err != nil {
		t.Fatal(err)
	}
	var back struct{ A, B ID }
	if err := json.Unmarshal(text, &back); err != nil || back.A != id || !back.B.IsZero() {
		t.Errorf("%s: %v %v", text, back, err)
	}
	for _, src := range []any{id[:], id.String(), string(id[:]), []byte(id.String()), [16]byte(id)} {
		var got ID
		if err := got.Scan(src); err != nil || got != id {
			t.Errorf("scan %T: %v %v", src, got, err)
		}
	}
	var got ID
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("scan nil: %v %v", got, err)
	}
	if got.Scan(7) == nil {
		t.Error("a number is no id")
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("0190163d-8694-739b-aea5-966c26f8ad91")
	f.Add("")
	f.Add("0190163D-8694-739b-aea5-966c26f8ad9g")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			return
		}
		if again, err := ParseID(id.String()); err != nil || again != id {
			t.Errorf("%q gives %v, which gives %v (%v)", s, id, again, err)
		}
	})
}

func TestErrorsHaveTwoReaders(t *testing.T) {
	t.Parallel()
	if CodeOf(json.Unmarshal([]byte("{"), &struct{}{})) != Internal {
		t.Error("a foreign error is ours to explain")
	}
	if CodeOf(Errorf(NotFound, "no %s", "such thing")) != NotFound {
		t.Error("the code must be found")
	}
}

func TestMicros(t *testing.T) {
	t.Parallel()
	if Micros(time.Time{}) != 0 || !FromMicros(0).IsZero() {
		t.Error("0 stands for no time")
	}
	if got := FromMicros(Micros(noon.Add(1500 * time.Nanosecond))); !got.Equal(noon.Add(time.Microsecond)) {
		t.Errorf("%v", got)
	}
}
