package understand

import (
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Masks: what identifies a person or a thing becomes one private-use rune of
// its kind, which counts as a word character. So a model learns "a mail address
// stands here" and never the address. The digits of short numbers stay.
const (
	maskFirst = '\uE001'
	maskMail  = '\uE001'
	maskURL   = '\uE002'
	maskPhone = '\uE003'
	maskIBAN  = '\uE004'
	maskCard  = '\uE005'
	maskDigit = '\uE006'
	maskLast  = '\uE006'
)

// found is a stretch of the original text that a recogniser claims.
type found struct {
	from, to int
	mask     rune
}

// folded is the lower-case, masked text that features are made of, with the
// way back to the original offsets.
type folded struct {
	text  []byte
	marks []mark
}

// mark says that from folded offset at on, original = offset + from. A mark
// with fixed set stands for a stretch without one-to-one bytes: every offset in
// it maps to its first byte, or to its last for the end of a span.
type mark struct {
	at, from, to int
	fixed        bool
}

func (f *folded) reset() { f.text, f.marks = f.text[:0], f.marks[:0] }

// add appends text[from:to], folded. The masks are sorted and do not overlap.
func (f *folded) add(text string, from, to int, masks []found) {
	if len(f.text) > 0 {
		f.text = append(f.text, '\n')
	}
	for _, m := range masks {
		if m.mask == 0 || m.to <= from || m.from >= to {
			continue
		}
		f.plain(text, from, max(m.from, from))
		f.marks = append(f.marks, mark{len(f.text), m.from, m.to, true})
		f.text = utf8.AppendRune(f.text, m.mask)
		from = min(m.to, to)
	}
	f.plain(text, from, to)
}

func (f *folded) plain(text string, from, to int) {
	if from >= to {
		return
	}
	part := text[from:to]
	ok := composed(part)
	f.lower(part[:ok], from)
	for i := ok; i < len(part); {
		n := norm.NFC.NextBoundaryInString(part[i:], true)
		if n <= 0 {
			n = len(part) - i
		}
		f.marks = append(f.marks, mark{len(f.text), from + i, from + i + n, true})
		for _, r := range norm.NFC.String(part[i : i+n]) {
			f.text = utf8.AppendRune(f.text, unicode.ToLower(r))
		}
		i += n
	}
}

// composed is norm.NFC.QuickSpanString, quicker for ASCII.
func composed(text string) int {
	n := 0
	for n < len(text) && text[n] < utf8.RuneSelf {
		n++
	}
	if n == len(text) {
		return n
	}
	n = max(n-1, 0) // a mark may belong to the last letter
	return n + norm.NFC.QuickSpanString(text[n:])
}

func (f *folded) lower(part string, from int) {
	if part == "" {
		return
	}
	f.marks = append(f.marks, mark{at: len(f.text), from: from})
	f.text = slices.Grow(f.text, len(part))
	for i := 0; i < len(part); {
		if c := part[i]; c < utf8.RuneSelf {
			f.text = append(f.text, lowerASCII[c])
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(part[i:])
		low := unicode.ToLower(r)
		if r >= 0x2018 && r <= 0x2019 {
			low = '\''
		}
		before := len(f.text)
		f.text = utf8.AppendRune(f.text, low)
		i += size
		if len(f.text)-before != size {
			f.marks[len(f.marks)-1].to = 0
			f.marks = append(f.marks, mark{before, from + i - size, from + i, true}, mark{at: len(f.text), from: from + i})
		}
	}
}

var lowerASCII = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		t[c] = byte(unicode.ToLower(rune(c))) //nolint:gosec // ASCII
	}
	return t
}()

// original maps a folded range to the original one.
func (f *folded) original(from, to int) (int, int) {
	return f.back(from, false), f.back(to-1, true)
}

func (f *folded) back(at int, end bool) int {
	n := sort.Search(len(f.marks), func(i int) bool { return f.marks[i].at > at }) - 1
	if n < 0 {
		return 0
	}
	m := &f.marks[n]
	switch {
	case m.fixed && end:
		return m.to
	case end:
		return m.start(at) + 1
	}
	return m.start(at)
}

// start is where in the original text the folded offset of a start lies.
func (m *mark) start(at int) int {
	if m.fixed {
		return m.from
	}
	return m.from + at - m.at
}
