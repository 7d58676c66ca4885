//go:build linux || darwin || freebsd

package app

import "golang.org/x/sys/unix"

// diskSpace is the free and the whole space of a folder's disk in bytes.
func diskSpace(dir string) (free, total uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}
