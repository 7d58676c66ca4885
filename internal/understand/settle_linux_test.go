package understand

import (
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// The rows of embedded models are the same where they have settled, and each
// matrix begins with a cache line.
func TestSettle(t *testing.T) {
	t.Parallel()
	a, b := []byte(strings.Repeat("row", 50_000)), []byte("one")
	wantA, wantB := slices.Clone(a), slices.Clone(b)
	settle(&a, &b)
	if !slices.Equal(a, wantA) || !slices.Equal(b, wantB) {
		t.Error("settled rows are others")
	}
	if before(a, cacheLine) != 0 || before(b, cacheLine) != 0 {
		t.Error("settled rows begin inside a cache line")
	}
	settle()
}

// What was released reads as before: it comes from the program's file again.
func TestReleaseLosesNothing(t *testing.T) {
	t.Parallel()
	sum := crc32.ChecksumIEEE(models.Heads)
	for range 2 {
		release(models.Heads)
		if crc32.ChecksumIEEE(models.Heads) != sum {
			t.Fatal("released bytes are others")
		}
	}
	release(nil)
}
