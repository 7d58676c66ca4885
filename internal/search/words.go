package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is how much of a text is searched.
const maxText = 64 << 10

// words cuts a text into the words of the full-text index: folded runs of
// letters, marks and digits; of scripts that write no spaces, each two
// neighbouring letters, so that any part of a sentence is found.
func words(text string) []string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var out []string
	for _, run := range strings.FieldsFunc(Fold(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) {
		out = append(out, cut(run)...)
	}
	return out
}

// cut parts a run where scripts with and without spaces meet.
func cut(run string) []string {
	if isASCII(run) {
		return []string{clip(run)}
	}
	var out []string
	for run != "" {
		first, _ := utf8.DecodeRuneInString(run)
		dense := isDense(first)
		end := strings.IndexFunc(run, func(r rune) bool { return isDense(r) != dense })
		if end < 0 {
			end = len(run)
		}
		if dense {
			out = append(out, pairs(run[:end])...)
		} else {
			out = append(out, clip(run[:end]))
		}
		run = run[end:]
	}
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isDense reports whether the script of r writes no spaces between words.
func isDense(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー'
}

func pairs(run string) []string {
	letters := []rune(run)
	if len(letters) == 1 {
		return []string{run}
	}
	out := make([]string, 0, len(letters)-1)
	for i := range len(letters) - 1 {
		out = append(out, string(letters[i:i+2]))
	}
	return out
}
