package understand

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// maxNumberForms bounds how many forms a firm can teach: a bit each.
const maxNumberForms = 60

// NumberForm is a kind of number that a firm taught.
type NumberForm struct {
	ID       crm.ID   `json:"id"`
	Name     string   `json:"name"` // what the firm calls it
	Kind     string   `json:"kind"` // one of NumberKinds
	Examples []string `json:"examples"`
	Shape    Shape    `json:"shape"`
}

// numbers finds a firm's own numbers. It is immutable.
type numbers struct {
	forms []NumberForm // the most telling first
	first [256]uint64  // by the first byte of a word: the forms that may begin there
}

// newNumbers is nil when there is nothing to find.
func newNumbers(forms []NumberForm) *numbers {
	if len(forms) == 0 {
		return nil
	}
	n := &numbers{forms: slices.Clone(forms[:min(len(forms), maxNumberForms)])}
	slices.SortStableFunc(n.forms, func(a, b NumberForm) int { return b.Shape.weight() - a.Shape.weight() })
	for i, f := range n.forms {
		for c := range 256 {
			if b := byte(c); b < utf8.RuneSelf && f.Shape.begins(b) {
				n.first[c] |= 1 << i
			}
		}
	}
	return n
}

// weight orders shapes: what a shape fixes tells more than how long it is.
func (s *Shape) weight() int {
	digits, letters, fixed, mixed := s.counts()
	w := 4*fixed + 2*letters + digits + mixed
	if s.Check != "" {
		w += 8
	}
	return w
}

func (s *Shape) begins(c byte) bool {
	switch p := s.Parts[0]; p.Kind {
	case PartFixed:
		return upper(c) == p.Text[0]
	case PartYear:
		return c == '1' || c == '2'
	case PartDigits:
		return isDigit(c)
	case PartLetters:
		return isLetter(c)
	}
	return isAlnum(c)
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// claim is a stretch of the text that a number or a product of the firm takes.
type claim struct {
	from, to    int
	kind, value string
	product     bool
}

// find appends what stands in the text that was loaded, in its order.
func (n *numbers) find(s *scratch, out []claim) []claim {
	for _, r := range s.regions {
		word := false // whether the byte before belongs to a word
		for i := r.from; i < r.to; {
			c := s.full[i]
			if c >= utf8.RuneSelf {
				ru, size := utf8.DecodeRuneInString(s.full[i:r.to])
				word, i = unicode.IsLetter(ru) || unicode.IsDigit(ru) || unicode.IsMark(ru), i+size
				continue
			}
			if !isAlnum(c) {
				word, i = false, i+1
				continue
			}
			if mask := n.first[c]; !word && mask != 0 {
				if got, ok := n.at(s, mask, i, r); ok {
					out, i, word = append(out, got), got.to, true
					continue
				}
			}
			word, i = true, i+1
		}
	}
	return out
}

// at tries the forms that may begin at i; the most telling one that fits wins.
func (n *numbers) at(s *scratch, mask uint64, i int, r span) (claim, bool) {
	for k := range n.forms {
		if mask&(1<<k) == 0 {
			continue
		}
		f := &n.forms[k]
		value, end := f.Shape.match(s.full[:r.to], i)
		if end > 0 && f.Shape.alone(s.full[r.from:r.to], i-r.from, end-r.from) && !s.otherwise(f, i, end) {
			return claim{from: i, to: end, kind: f.Kind, value: value}, true
		}
	}
	return claim{}, false
}

// match reads the shape at text[i:]. It returns the number as the firm writes it
// and where it ends, 0 when it does not stand there.
func (s *Shape) match(text string, i int) (string, int) {
	var b [2 * maxNumberLength]byte
	value := b[:0]
	shout := false // a separator differs from the examples: then letters are capitals
	from := i
	for n, p := range s.Parts {
		if p.Kind == PartSeparator {
			size, usual := s.separator(n, text[i:])
			if size < 0 {
				return "", 0
			}
			shout = shout || !usual
			value, i = append(value, p.Text...), i+size
			continue
		}
		size := p.size(text[i:])
		if size == 0 {
			return "", 0
		}
		for k := range size {
			value = append(value, upper(text[i+k]))
		}
		i += size
	}
	if shout && strings.IndexFunc(text[from:i], func(r rune) bool { return r >= 'a' && r <= 'z' }) >= 0 {
		return "", 0
	}
	if out := string(value); s.Check == "" || checkHolds(s.Check, out, s.Last) {
		return out, i
	}
	return "", 0
}

// size is how many bytes of text the part takes, 0 for none. Nothing is ever
// given back: a stretch is as long as the class of its characters goes.
func (p *Part) size(text string) int {
	switch p.Kind {
	case PartFixed:
		if len(text) >= len(p.Text) && strings.EqualFold(text[:len(p.Text)], p.Text) {
			return len(p.Text)
		}
		return 0
	case PartYear:
		if len(text) >= 4 && isYear(text[:4]) && isDigit(text[2]) && isDigit(text[3]) {
			return 4
		}
		return 0
	}
	n, digits := 0, 0
	for n < len(text) && n < p.Max && (p.Kind != PartLetters && isDigit(text[n]) || p.Kind != PartDigits && isLetter(text[n])) {
		digits += count(isDigit(text[n]))
		n++
	}
	if n < p.Min || p.Kind == PartMixed && digits == 0 {
		return 0
	}
	return n
}

// separator reads part n at text: its length, -1 when something else stands
// there, and whether examples had it. A shape with letters that never change is
// known without them too, and with other ones: people write as they please.
func (s *Shape) separator(n int, text string) (size int, usual bool) {
	p := &s.Parts[n]
	if p.Text != "" && strings.HasPrefix(text, p.Text) {
		return len(p.Text), true
	}
	if text != "" && strings.IndexByte(p.Also, text[0]) >= 0 {
		return 1, true
	}
	_, _, fixed, _ := s.counts()
	between := p.Open || fixed > 0 && s.steady(n)
	for _, other := range []string{"-", " ", "/", ".", "_", "–", "‑"} {
		if fixed > 0 && strings.HasPrefix(text, other) || other == "–" && strings.HasPrefix(p.Text, "-") && strings.HasPrefix(text, other) {
			return len(other), false
		}
	}
	if between {
		return 0, p.Open
	}
	return -1, false
}

// steady reports whether the parts around separator n can be told apart without
// it: their classes differ, or the first has one length.
func (s *Shape) steady(n int) bool {
	a, b := s.Parts[n-1], s.Parts[n+1]
	if a.Kind == PartFixed || a.Kind == PartYear || a.Kind != PartMixed && a.Min == a.Max {
		return true
	}
	return a.Kind == PartLetters && (b.Kind == PartDigits || b.Kind == PartYear) || a.Kind == PartDigits && b.Kind == PartLetters
}

// alone reports whether text[from:to] is no part of a longer number or word.
func (s *Shape) alone(text string, from, to int) bool {
	after, size := utf8.DecodeRuneInString(text[to:])
	if size > 0 && (unicode.IsLetter(after) || unicode.IsDigit(after) || unicode.IsMark(after)) {
		return false
	}
	digit := func(i int) bool { return i >= 0 && i < len(text) && isDigit(text[i]) }
	if to < len(text) && strings.IndexByte("-/_.,:'", text[to]) >= 0 && digit(to+1) {
		return false
	}
	if from == 0 || !isDigit(text[from]) {
		return true
	}
	before := text[from-1]
	return before != '+' && !(strings.IndexByte("-/_.,:'", before) >= 0 && (digit(from-2) || before == '-' && from > 1 && isLetter(text[from-2])))
}

// otherwise reports whether what stands at [from, to) is better known as
// something else. Addresses, IBANs and card numbers always are; dates, phone
// numbers, amounts and numbers that a word before them names are when the form
// has nothing of its own.
func (s *scratch) otherwise(f *NumberForm, from, to int) bool {
	return s.elseKind(f, from, to) != ""
}

func (s *scratch) elseKind(f *NumberForm, from, to int) string {
	firm := f.Shape.Firm()
	for _, h := range s.hits {
		if h.from >= to {
			break
		}
		if h.to <= from {
			continue
		}
		switch h.kind {
		case hitMail:
			return "email"
		case hitURL:
			return "url"
		case hitIBAN, hitBroken:
			return "iban"
		case hitCard:
			return "card"
		case hitDate, hitPhone:
			if !firm && !(h.kind == hitPhone && s.referenceBefore(h.from) == f.Kind) {
				return map[uint8]string{hitDate: "date", hitPhone: "phone"}[h.kind]
			}
		case hitNumber:
			if _, ok := s.amount(h); ok && !firm {
				return "amount"
			}
		}
	}
	if named := s.referenceBefore(from); !firm && named != "" && named != f.Kind {
		return named
	}
	return ""
}
