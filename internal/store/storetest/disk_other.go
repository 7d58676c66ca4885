//go:build !linux

package storetest

import "testing"

// SmallDisk needs Linux.
func SmallDisk(t testing.TB, size int) string {
	t.Helper()
	t.Skip("a small disk needs Linux")
	return ""
}
