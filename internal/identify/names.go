package identify

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
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
	return jaroWinkler(ga, gb) < .85
}

func contains(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}

// jaroWinkler is the similarity of two strings, 0…1: Jaro's, raised by up to
// four equal first characters with scale .1 (Winkler 1990; figures in
// relationship science, MARTHA/MARHTA .9611).
func jaroWinkler(a, b string) float64 {
	s, t := []rune(a), []rune(b)
	if len(s) == 0 || len(t) == 0 {
		return 0
	}
	if len(s) > 128 || len(t) > 128 { // quadratic, and no name is longer
		s, t = s[:min(len(s), 128)], t[:min(len(t), 128)]
	}
	window := max(max(len(s), len(t))/2-1, 0)
	inT := make([]bool, len(t))
	var matched []rune
	for i, r := range s {
		for j := max(0, i-window); j < min(len(t), i+window+1); j++ {
			if !inT[j] && t[j] == r {
				inT[j] = true
				matched = append(matched, r)
				break
			}
		}
	}
	if len(matched) == 0 {
		return 0
	}
	var transposed, k int
	for j, in := range inT {
		if in {
			if t[j] != matched[k] {
				transposed++
			}
			k++
		}
	}
	m := float64(len(matched))
	jaro := (m/float64(len(s)) + m/float64(len(t)) + (m-float64(transposed/2))/m) / 3
	prefix := 0
	for prefix < 4 && prefix < len(s) && prefix < len(t) && s[prefix] == t[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*.1*(1-jaro)
}
