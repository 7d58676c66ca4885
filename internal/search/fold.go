package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plain spells out the letters that compatibility decomposition leaves whole
// though people type them without their stroke or ligature.
var plain = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'đ': "d", 'Đ': "d",
	'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ı': "i", 'þ': "th", 'Þ': "th", 'ð': "d", 'Ð': "d",
}

// Fold is s as it is compared: NFKD without marks, lower-case, runs of space as
// one. It is idempotent, and it drops bytes that are not UTF-8.
func Fold(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, "")) {
		if unicode.IsSpace(r) || r == 0 {
			space = b.Len() > 0
			continue
		}
		if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		if w, ok := plain[r]; ok {
			b.WriteString(w)
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	// Lower-casing a letter outside ASCII can give one that decomposes again.
	out := b.String()
	if !isPlain(out) && out != s {
		return Fold(out)
	}
	return out
}

// isPlain reports whether s is folded already as far as ASCII can tell: most
// identifiers are, and Fold is on the ingest path.
func isPlain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c <= ' ' && c != ' ' || 'A' <= c && c <= 'Z' {
			return false
		}
		if c == ' ' && (i == 0 || i == len(s)-1 || s[i+1] == ' ') {
			return false
		}
	}
	return true
}
