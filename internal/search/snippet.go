package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/store"
)

// Range is a part of a snippet, in UTF-16 units as browsers count.
type Range struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// snippetRunes is how long a snippet is.
const snippetRunes = 180

// Snippet is the part of a text where the phrases are first found, and where in
// it they are; the beginning when they are not.
func Snippet(text string, phrases []store.Phrase) (string, []Range) {
	if len(text) > maxText {
		text = text[:maxText]
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	spots := find(text, phrases, 1)
	start := 0
	if len(spots) > 0 {
		start = spots[0].from
		for n := 0; start > 0 && n < 40; n++ {
			_, size := utf8.DecodeLastRuneInString(text[:start])
			start -= size
		}
		if start > 0 {
			if i := strings.IndexByte(text[start:spots[0].from], ' '); i >= 0 {
				start += i + 1
			}
		}
	}
	cut, n := text[start:], 0
	for i := range cut {
		if n == snippetRunes {
			cut = strings.TrimSpace(cut[:i]) + "…"
			break
		}
		n++
	}
	if start > 0 {
		cut = "…" + cut
	}
	ranges := []Range{}
	for _, s := range find(cut, phrases, 20) {
		ranges = append(ranges, Range{units(cut[:s.from]), units(cut[:s.to])})
	}
	return cut, ranges
}

func units(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

type spot struct{ from, to int }

// place is a word with where it stands in the text.
type place struct {
	word string
	spot
}

// find gives the first spots of the phrases, in order.
func find(text string, phrases []store.Phrase, most int) []spot {
	if len(phrases) == 0 {
		return nil
	}
	var all []place
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isWord(r) {
			i += size
			continue
		}
		end := i + size
		for end < len(text) {
			next, n := utf8.DecodeRuneInString(text[end:])
			if !isWord(next) || isDense(next) != isDense(r) {
				break
			}
			end += n
		}
		if isDense(r) {
			for j := i; j < end; {
				_, one := utf8.DecodeRuneInString(text[j:])
				_, two := utf8.DecodeRuneInString(text[min(j+one, end):end])
				if two > 0 || j == i {
					all = append(all, place{Fold(text[j : j+one+two]), spot{j, j + one + two}})
				}
				j += one
			}
		} else {
			all = append(all, place{Fold(text[i:end]), spot{i, end}})
		}
		i = end
	}
	var out []spot
	for i := 0; i < len(all) && len(out) < most; i++ {
		for _, p := range phrases {
			if n := fits(all[i:], p); n > 0 {
				s := spot{all[i].from, all[i+n-1].to}
				if k := len(out); k > 0 && s.from < out[k-1].to {
					out[k-1].to = max(out[k-1].to, s.to)
				} else {
					out = append(out, s)
				}
				break
			}
		}
	}
	return out
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// fits gives how many words of the text the phrase takes at its beginning.
func fits(all []place, p store.Phrase) int {
	if len(all) < len(p.Words) {
		return 0
	}
	for i, w := range p.Words {
		if all[i].word != w && !(p.Prefix && i == len(p.Words)-1 && strings.HasPrefix(all[i].word, w)) {
			return 0
		}
	}
	return len(p.Words)
}
