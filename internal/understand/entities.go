package understand

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand/models"
)

// maxEntities bounds what one text can claim.
const maxEntities = 50

// referenceWords says what number follows a word; "" marks the words that may
// stand between, such as "number is".
var referenceWords = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(models.References), "\n") {
		f := strings.Fields(line)
		for _, w := range f[1:] {
			if out[w] = f[0]; f[0] == "-" {
				out[w] = ""
			}
		}
	}
	return out
})

// readEntities lists the typed values of a text in its order. A firm's own
// numbers come first, then its products; what remains is read by its form.
func (r *Reader) readEntities(s *scratch, in Input) []crm.Entity {
	var out []crm.Entity
	add := func(e crm.Entity) {
		if len(out) < maxEntities {
			out = append(out, e)
		}
	}
	own := r.readOwn(s, add)
	last := 0
	for _, h := range s.hits {
		if h.from < last {
			continue // part of an amount or a code
		}
		for len(own) > 0 && own[0].to <= h.from {
			own = own[1:]
		}
		if len(own) > 0 && own[0].from < h.to && (!own[0].product || h.kind == hitNumber) {
			continue
		}
		if e, ok := s.hitEntity(h, in.Locale); ok {
			add(e)
			last = e.Span.To
		}
	}
	s.readDates(in.OccurredAt, add)
	slices.SortStableFunc(out, func(a, b crm.Entity) int { return a.Span.From - b.Span.From })
	return out
}

// readOwn adds what the firm taught the reader to find, and returns where it
// stands, in order. Where a number and a product overlap, the number holds.
func (r *Reader) readOwn(s *scratch, add func(crm.Entity)) []claim {
	if r.numbers == nil && r.catalogue == nil {
		return nil
	}
	s.claims = s.claims[:0]
	if r.numbers != nil {
		s.claims = r.numbers.find(s, s.claims)
	}
	if taken := len(s.claims); r.catalogue != nil {
		for _, at := range s.regions {
			s.claims = r.catalogue.find(s.full, at.from, at.to, s.claims)
		}
		found := s.claims[taken:]
		s.claims = s.claims[:taken]
		for _, c := range found {
			if !slices.ContainsFunc(s.claims[:taken], func(n claim) bool { return n.from < c.to && c.from < n.to }) {
				s.claims = append(s.claims, c)
			}
		}
	}
	slices.SortFunc(s.claims, func(a, b claim) int { return a.from - b.from })
	for _, c := range s.claims {
		add(crm.Entity{Kind: c.kind, Value: c.value, Text: s.full[c.from:c.to], Span: crm.Span{From: c.from, To: c.to}})
	}
	return s.claims
}

func (s *scratch) hitEntity(h hit, locale string) (crm.Entity, bool) {
	text := s.full[h.from:h.to]
	e := crm.Entity{Text: text, Span: crm.Span{From: h.from, To: h.to}}
	switch h.kind {
	case hitMail:
		e.Kind, e.Value = "email", strings.ToLower(text)
	case hitIBAN:
		e.Kind, e.Value = "iban", strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	case hitCard:
		// The number itself never leaves this package.
		d := digitsOf(text)
		e.Kind, e.Value = "card", "**** "+d[len(d)-4:]
		e.Text = e.Value
	case hitDate:
		e.Kind, e.Value = "date", numericDateValue(text, locale)
	case hitPhone:
		if kind := s.referenceBefore(h.from); kind != "" && text[0] != '+' {
			e.Kind, e.Value = kind, strings.TrimSpace(text)
			break
		}
		e.Kind, e.Value = "phone", digitsOf(text)
		if text[0] == '+' {
			e.Value = "+" + e.Value
		}
	case hitNumber:
		if amount, ok := s.amount(h); ok {
			return amount, true
		}
		return s.code(h)
	}
	return e, e.Kind != "" && e.Value != ""
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// code reads the number or mixed code around a hit, when a word before it says
// what it is or its form can only be a reference.
func (s *scratch) code(h hit) (crm.Entity, bool) {
	from, to := h.from, h.to
	part := func(c byte) bool { return isAlnum(c) || c == '-' || c == '_' || c == '/' }
	for from > 0 && h.from-from < 40 && part(s.full[from-1]) {
		from--
	}
	for to < len(s.full) && to-h.to < 40 && part(s.full[to]) {
		to++
	}
	for from < h.from && !isAlnum(s.full[from]) {
		from++
	}
	for to > h.to && !isAlnum(s.full[to-1]) {
		to--
	}
	value := strings.ToUpper(s.full[from:to])
	digits := len(digitsOf(value))
	if digits < 3 || from > 0 && s.full[from-1] >= utf8.RuneSelf {
		return crm.Entity{}, false
	}
	kind := s.referenceBefore(from)
	if kind == "" {
		hash := from > 0 && s.full[from-1] == '#'
		if !hash && !(isLetter(value[0]) && len(value) >= 5) {
			return crm.Entity{}, false
		}
		kind = "reference"
	}
	return crm.Entity{Kind: kind, Value: value, Text: s.full[from:to], Span: crm.Span{From: from, To: to}}, true
}

// referenceBefore says what the words right before a code make of it.
func (s *scratch) referenceBefore(at int) string {
	words := referenceWords()
	for range 4 {
		end := at
		for end > 0 && at-end < 4 && strings.IndexByte(" :#.\t\n'\"(", s.full[end-1]) >= 0 {
			end--
		}
		start := end
		for start > 0 && end-start < 30 && (isLetter(s.full[start-1]) || s.full[start-1] >= utf8.RuneSelf) {
			start--
		}
		if start == end {
			return ""
		}
		kind, ok := words[strings.ToLower(s.full[start:end])]
		if !ok || kind != "" {
			return kind
		}
		at = start
	}
	return ""
}

var currencies = map[string]string{
	"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "us$": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD",
	"£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "chf": "CHF", "franken": "CHF", "francs": "CHF", "sfr": "CHF",
	"pln": "PLN", "zł": "PLN", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "¥": "JPY", "jpy": "JPY", "cad": "CAD", "aud": "AUD",
}

// amount reads a number with a currency before or after it.
func (s *scratch) amount(h hit) (crm.Entity, bool) {
	end := h.to
	for end < len(s.full) && (isDigit(s.full[end]) || strings.IndexByte(".,'", s.full[end]) >= 0) {
		end++
	}
	for end > h.to && !isDigit(s.full[end-1]) {
		end--
	}
	value := decimal(s.full[h.from:end])
	if value == "" || end-h.from > 15 {
		return crm.Entity{}, false
	}
	from, to := h.from, end
	before := s.full[max(0, h.from-8):h.from]
	trimmed := strings.TrimRight(before, " \u00a0")
	word := trimmed[strings.LastIndexAny(trimmed, " \n\t(:")+1:]
	code := currencies[strings.ToLower(word)]
	if code != "" {
		from = h.from - len(before) + len(trimmed) - len(word)
	} else {
		after := s.full[end:min(len(s.full), end+12)]
		rest := strings.TrimLeft(after, " \u00a0-,")
		n := 0
		for n < len(rest) {
			r, size := utf8.DecodeRuneInString(rest[n:])
			if n > 0 && strings.ContainsRune("€$£¥", r) || !strings.ContainsRune("€$£¥ł", r) && !isLetter(rest[n]) {
				break
			}
			if n += size; strings.ContainsRune("€$£¥", r) {
				break
			}
		}
		if code = currencies[strings.ToLower(rest[:n])]; code == "" {
			return crm.Entity{}, false
		}
		to = end + len(after) - len(rest) + n
	}
	return crm.Entity{Kind: "amount", Value: code + " " + value, Text: s.full[from:to], Span: crm.Span{From: from, To: to}}, true
}

// decimal turns "1.234,50", "1,234.50", "49,9" and "5" into a number with a
// point and two digits behind it. The last separator is the decimal one unless
// exactly three digits follow.
func decimal(s string) string {
	last := strings.LastIndexAny(s, ".,")
	whole, cents := digitsOf(s), "00"
	if last >= 0 {
		if n := len(s) - last - 1; n == 1 || n == 2 {
			whole, cents = digitsOf(s[:last]), (s[last+1:] + "0")[:2]
		} else if n != 3 {
			return ""
		}
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	return whole + "." + cents
}
