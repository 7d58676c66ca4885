package understand

import (
	"hash/crc32"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// Numbers are the same where they have settled, and each matrix begins with a cache
// line.
func TestSettle(t *testing.T) {
	t.Parallel()
	a, b, c, none := make([]byte, 50_001), []uint64{1, 2, 3}, []float32{.5}, []uint32(nil)
	for i := range a {
		a[i] = byte(i % 251)
	}
	wantA, wantB, wantC := slices.Clone(a), slices.Clone(b), slices.Clone(c)
	before := unsafe.SliceData(b)
	settle([]resident{residentOf(&a), residentOf(&none), residentOf(&b), residentOf(&c)})
	if !slices.Equal(a, wantA) || !slices.Equal(b, wantB) || !slices.Equal(c, wantC) || len(none) != 0 {
		t.Error("settled numbers are others")
	}
	if unsafe.SliceData(b) == before {
		t.Error("the numbers are where they were")
	}
	for _, at := range []unsafe.Pointer{unsafe.Pointer(unsafe.SliceData(a)), unsafe.Pointer(unsafe.SliceData(b)), unsafe.Pointer(unsafe.SliceData(c))} {
		if uintptr(at)%cacheLine != 0 {
			t.Error("settled numbers begin inside a cache line")
		}
	}
	settle(nil)
}

// What was released reads as before: it comes from the program's file again. What
// has no file is kept.
func TestReleaseLosesNothing(t *testing.T) {
	t.Parallel()
	sum := crc32.ChecksumIEEE(models.Heads)
	if page := unix.Getpagesize(); !ofFile(models.Heads[before(models.Heads, page):][:64*page]) {
		t.Error("embedded bytes are not those of the program's file")
	}
	for range 2 {
		release(models.Heads)
		if crc32.ChecksumIEEE(models.Heads) != sum {
			t.Fatal("released bytes are others")
		}
	}
	mine := ownMemory(1 << 20)
	for i := range mine {
		mine[i] = 1
	}
	release(mine)
	if slices.Contains(mine, 0) {
		t.Error("memory without a file was lost")
	}
	release(nil)
}
