package email

import (
	"strings"
	"unicode/utf8"
)

// clean makes s fit for storage: valid UTF-8, line ends as \n, no control
// characters but tab and line feed.
func clean(s string) string {
	dirty := !utf8.ValidString(s)
	for i := 0; i < len(s) && !dirty; i++ {
		dirty = s[i] < ' ' && s[i] != '\n' && s[i] != '\t' || s[i] == 0x7f
	}
	if !dirty {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\r':
			if i+1 >= len(s) || s[i+1] != '\n' {
				b.WriteByte('\n')
			}
		case c < ' ' && c != '\n' && c != '\t', c == 0x7f:
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// oneLine is clean for values of one line: every run of white space is one
// space, and at most limit bytes stay.
func oneLine(s string, limit int) string {
	if len(s) > limit*4 {
		s = cut(s, limit*4)
	}
	return cut(strings.Join(strings.Fields(clean(s)), " "), limit)
}

// cut shortens s to at most limit bytes without splitting a character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
