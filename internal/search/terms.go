package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The limits of a profile's terms.
const (
	maxTerms = 24
	maxRunes = 64
)

// Terms gives the distinct terms under which a profile is found: the words of
// its name, its name as a whole, mail addresses and their domains, phone numbers
// whole and by their last digits, and other identifiers as they are. At most 24
// terms of at most 64 runes; what people type most comes first, so a limit cuts
// the rest.
func Terms(name string, identifiers []string) []string {
	t := terms{}
	folded := clip(Fold(name))
	words := split(folded)
	for _, w := range words {
		t.add(w)
	}
	if len(words) > 1 {
		t.add(strings.Join(words, " "))
	}
	for _, id := range identifiers {
		id = clip(Fold(id))
		_, domain, mail := strings.Cut(id, "@")
		digits := phoneDigits(id)
		switch {
		case mail:
			t.add(id) // its local part is a prefix of it
			t.add(domain)
		case digits != "":
			t.add(digits)
			for n := 9; n >= 4; n-- {
				if len(digits) > n {
					t.add(digits[len(digits)-n:])
				}
			}
		default:
			t.add(id)
		}
	}
	return t.list
}

type terms struct{ list []string }

func (t *terms) add(s string) {
	if s == "" || len(t.list) == maxTerms {
		return
	}
	for _, old := range t.list {
		if old == s {
			return
		}
	}
	t.list = append(t.list, s)
}

// clip keeps the first 64 runes.
func clip(s string) string {
	if len(s) <= maxRunes || utf8.RuneCountInString(s) <= maxRunes {
		return s
	}
	n := 0
	for i := range s {
		if n == maxRunes {
			return strings.TrimSpace(s[:i])
		}
		n++
	}
	return s
}

// split cuts a folded name into words. What joins the parts of an identifier
// (@ . _ - + ' and digits) stays inside a word, so that a pasted address is one.
func split(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("@._-+'#:/", r)
	})
}

// phoneDigits gives the digits of what looks like a phone number, without the
// zeros that stand for an international or national prefix; "" for anything
// else. Four digits are the fewest that find somebody.
func phoneDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune("+-(). /", r):
		default:
			return ""
		}
	}
	if d := strings.TrimLeft(b.String(), "0"); len(d) >= 4 {
		return d
	}
	return ""
}

// termBucket is the shard of a term: the hash of its first character, so that a
// prefix is one range of one bucket.
func termBucket(term string) int64 {
	_, n := utf8.DecodeRuneInString(term)
	return crm.KeyBucket(term[:n])
}
