package understand

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Redacted is a text without what tells who somebody is, with the way back to the
// original.
type Redacted struct {
	Text   string
	pieces []redactedPiece
}

// redactedPiece is Text[at:next at] and where it stands in the original. What
// stands for something else, or joins two parts, is no word of the writer.
type redactedPiece struct {
	at       int
	from, to int // in the original
	masked   bool
	joint    bool
}

// The words that stand for what was taken out.
const (
	redactedMail   = "[mail]"
	redactedLink   = "[link]"
	redactedNumber = "[number]"
	redactedDate   = "[date]"
	redactedName   = "[name]"
)

// Redact takes out of a text what a stranger has no business to know: mail and web
// addresses, numbers of telephones, accounts, cards and orders, dates, and names:
// those that are given and those that greetings, closings and introductions have.
// known are names and identifiers of everybody concerned. Amounts of money stay.
// It looks at what Read reads of a text: no greeting line, no signature, 4,000
// runes; of a talk at the words of the customer.
func Redact(in Input, known []string) Redacted {
	full := crm.ReadingText(in.Subject, in.Text)
	var ranges []span
	if len(in.Turns) > 0 {
		ranges = customerTurns(in.Turns, full)
	} else {
		s := newScratch()
		s.loadTokens(in.Subject, in.Text)
		ranges = slices.Clone(s.regions)
	}
	names := knownWords(known)
	var out Redacted
	var b strings.Builder
	for _, r := range ranges {
		if b.Len() > 0 {
			out.pieces = append(out.pieces, redactedPiece{at: b.Len(), joint: true})
			b.WriteByte('\n')
		}
		at := r.from
		for _, m := range redactions(full, r, names, known) {
			if m.from > at {
				out.pieces = append(out.pieces, redactedPiece{at: b.Len(), from: at, to: m.from})
				b.WriteString(full[at:m.from])
			}
			out.pieces = append(out.pieces, redactedPiece{at: b.Len(), from: m.from, to: m.to, masked: true})
			b.WriteString(m.word)
			at = m.to
		}
		if at < r.to {
			out.pieces = append(out.pieces, redactedPiece{at: b.Len(), from: at, to: r.to})
			b.WriteString(full[at:r.to])
		}
	}
	out.Text = b.String()
	return out
}

// Find says where words of the redacted text stand in the original. They must be
// there to the letter, without a break between two parts, and have at least
// three letters that the writer wrote.
func (r *Redacted) Find(quote string) (crm.Span, bool) {
	quote = strings.TrimSpace(quote)
	from := strings.Index(r.Text, quote)
	if quote == "" || from < 0 {
		return crm.Span{}, false
	}
	to, letters := from+len(quote), 0
	var out crm.Span
	for n, p := range r.pieces {
		end := len(r.Text)
		if n+1 < len(r.pieces) {
			end = r.pieces[n+1].at
		}
		if end <= from || p.at >= to {
			continue
		}
		if p.joint {
			return crm.Span{}, false
		}
		a, z := p.from, p.to
		if !p.masked {
			a, z = p.from+max(0, from-p.at), p.to-max(0, end-to)
			for _, c := range r.Text[max(from, p.at):min(to, end)] {
				letters += count(unicode.IsLetter(c))
			}
		}
		if out.To == 0 {
			out.From = a
		}
		out.To = z
	}
	return out, letters >= 3
}

// customerTurns are the customer's words of a talk, or everybody's when no side is
// known, 4,000 runes of them.
func customerTurns(turns []crm.Turn, full string) (out []span) {
	theirs := slices.ContainsFunc(turns, func(t crm.Turn) bool { return t.Side == crm.CustomerSide })
	left := headRunes + tailRunes
	for _, t := range turns {
		from, to := max(t.Span.From, 0), min(t.Span.To, len(full))
		if theirs && t.Side != crm.CustomerSide || from >= to || left <= 0 {
			continue
		}
		runes := utf8.RuneCountInString(full[from:to])
		if runes > left {
			break
		}
		left -= runes
		out = append(out, span{from, to})
	}
	return out
}

// redaction is a stretch of the original and the word that takes its place.
type redaction struct {
	from, to int
	word     string
}

// redactions finds what must not leave of a part of a text, in order and without
// overlaps.
func redactions(full string, r span, names map[string]bool, known []string) []redaction {
	var list []redaction
	add := func(from, to int, word string) { list = append(list, redaction{from, to, word}) }
	for _, h := range recognise(full, r.from, r.to, nil) {
		switch h.kind {
		case hitMail:
			add(h.from, h.to, redactedMail)
		case hitURL:
			add(h.from, h.to, redactedLink)
		case hitDate:
			add(h.from, h.to, redactedDate)
		case hitPhone, hitIBAN, hitBroken, hitCard:
			add(h.from, h.to, redactedNumber)
		}
	}
	redactTokens(full, r, add)
	redactNumbers(full, r, add)
	redactNames(full, r, names, add)
	low := strings.ToLower(full[r.from:r.to])
	if len(low) == r.to-r.from { // lower case of the same length, so that places are the same
		for _, k := range known {
			if k = strings.ToLower(strings.TrimSpace(k)); len(k) < 3 {
				continue
			}
			for at := 0; ; {
				n := strings.Index(low[at:], k)
				if n < 0 {
					break
				}
				if at += n; atWordEdge(low, at) && atWordEdge(low, at+len(k)) {
					add(r.from+at, r.from+at+len(k), redactedName)
				}
				at += len(k)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b redaction) int { return a.from - b.from })
	out := list[:0]
	for _, m := range list {
		if n := len(out); n > 0 && m.from < out[n-1].to {
			out[n-1].to = max(out[n-1].to, m.to)
			continue
		}
		out = append(out, m)
	}
	return out
}

// atWordEdge reports whether no word goes on across a place.
func atWordEdge(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at:])
	return at == 0 || at == len(s) || !wordRune(before) || !wordRune(after)
}

func wordRune(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c)
}

// redactTokens takes out whole words between blanks that hold an address or a code.
func redactTokens(full string, r span, add func(from, to int, word string)) {
	for i := r.from; i < r.to; {
		c, size := utf8.DecodeRuneInString(full[i:r.to])
		if unicode.IsSpace(c) {
			i += size
			continue
		}
		from, digits, letters := i, 0, 0
		for i < r.to {
			c, size = utf8.DecodeRuneInString(full[i:r.to])
			if unicode.IsSpace(c) {
				break
			}
			digits += count(unicode.IsDigit(c))
			letters += count(unicode.IsLetter(c))
			i += size
		}
		word := full[from:i]
		switch {
		case strings.Contains(word, "@"):
			add(from, i, redactedMail)
		case strings.Contains(word, "://") || strings.HasPrefix(strings.ToLower(word), "www."):
			add(from, i, redactedLink)
		case digits >= 3 && letters > 0:
			end := i
			for end > from && strings.IndexByte(".,;:!?)]'\"", full[end-1]) >= 0 {
				end--
			}
			add(from, end, redactedNumber)
		}
	}
}

// redactNumbers takes out numbers of four digits and more, and those of six and
// more that are written in groups. Amounts of money stay.
func redactNumbers(full string, r span, add func(from, to int, word string)) {
	s := &scratch{full: full}
	for i := r.from; i < r.to; i++ {
		if !isDigit(full[i]) {
			continue
		}
		run := i
		for run < r.to && isDigit(full[run]) {
			run++
		}
		if a, ok := s.amount(hit{i, run, hitNumber}); ok {
			i = max(a.Span.To, run) - 1
			continue
		}
		digits, longest, end := run-i, run-i, run
		for {
			next := end
			for next < r.to && next-end < 3 && strings.IndexByte(" -./()", full[next]) >= 0 {
				next++
			}
			if next == end || next >= r.to || !isDigit(full[next]) {
				break
			}
			run = next
			for run < r.to && isDigit(full[run]) {
				run++
			}
			if _, ok := s.amount(hit{next, run, hitNumber}); ok {
				break
			}
			digits, longest, end = digits+run-next, max(longest, run-next), run
		}
		if longest >= 4 || digits >= 6 {
			from := i
			if from > r.from && strings.IndexByte("+#(", full[from-1]) >= 0 {
				from--
			}
			add(from, end, redactedNumber)
		}
		i = end - 1
	}
}

// knownWords are the words of names, folded: lower case, without accents.
// Particles such as "de" are words of their languages first.
func knownWords(known []string) map[string]bool {
	out := map[string]bool{}
	for _, k := range known {
		for _, w := range strings.FieldsFunc(k, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.Is(unicode.Mn, c) }) {
			if w = nameKey(w); utf8.RuneCountInString(w) >= 2 && !particles[w] {
				out[w] = true
			}
		}
	}
	return out
}

var particles = map[string]bool{"de": true, "da": true, "do": true, "dos": true, "das": true, "di": true, "du": true, "del": true, "den": true, "der": true, "des": true,
	"el": true, "la": true, "le": true, "les": true, "los": true, "las": true, "van": true, "von": true, "vom": true, "zu": true, "zum": true, "te": true, "ten": true,
	"ter": true, "het": true, "of": true, "the": true, "and": true, "und": true, "en": true, "et": true, "com": true, "net": true, "org": true, "example": true}

// nameKey is a word as names are compared.
func nameKey(w string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFD.String(w))
}
