package store

import "strings"

// Clean is s as both engines keep it, at most n bytes of it: PostgreSQL takes
// neither broken UTF-8 nor NUL, where SQLite keeps both.
func Clean(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}
