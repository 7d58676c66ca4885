package identify

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/rapport-crm/rapport/internal/identify/match"
)

// fold makes names comparable: without marks, in lower case, words separated by
// one blank, titles dropped.
func fold(s string) string {
	var b strings.Builder
	blank := true
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
			blank = false
		case r == '\'' || r == '’':
		default:
			if !blank {
				b.WriteByte(' ')
				blank = true
			}
		}
	}
	words := strings.Fields(b.String())
	for len(words) > 1 && titles[words[0]] {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

var titles = map[string]bool{
	"mr": true, "mrs": true, "ms": true, "miss": true, "dr": true, "prof": true, "herr": true, "frau": true,
	"dhr": true, "mevr": true, "mevrouw": true, "meneer": true, "de heer": true, "mme": true, "m": true,
}

// differentPeople reports whether two names can't be one person: both have a
// given name, and the given names differ in more than spelling or an initial.
// A missing name proves nothing.
func differentPeople(a, b string) bool {
	wa, wb := strings.Fields(fold(a)), strings.Fields(fold(b))
	if len(wa) == 0 || len(wb) == 0 {
		return false
	}
	ga, gb := wa[0], wb[0]
	if contains(wb, ga) || contains(wa, gb) {
		return false
	}
	if len([]rune(ga)) == 1 || len([]rune(gb)) == 1 {
		return !strings.HasPrefix(ga, gb) && !strings.HasPrefix(gb, ga)
	}
	if len(wa) == 1 && len(wb) == 1 && (strings.HasPrefix(ga, gb) || strings.HasPrefix(gb, ga)) {
		return false
	}
	return match.JaroWinkler(ga, gb) < .85
}

func contains(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}
