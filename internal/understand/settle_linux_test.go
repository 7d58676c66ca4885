package understand

import (
	"slices"
	"strings"
	"testing"
)

// The rows of embedded models are the same where they have settled, and each
// matrix begins with a cache line.
func TestSettle(t *testing.T) {
	t.Parallel()
	a, b := []byte(strings.Repeat("row", 50_000)), []byte("one")
	wantA, wantB := slices.Clone(a), slices.Clone(b)
	settle(&a, &b)
	release(wantA)
	if !slices.Equal(a, wantA) || !slices.Equal(b, wantB) {
		t.Error("settled rows are others")
	}
	if before(a, cacheLine) != 0 || before(b, cacheLine) != 0 {
		t.Error("settled rows begin inside a cache line")
	}
	settle()
	release(nil)
}
