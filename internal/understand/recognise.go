package understand

import (
	"strings"
	"unicode/utf8"
)

// kinds of what the recogniser finds; the mask follows from the kind.
const (
	hitMail = iota + 1
	hitURL
	hitPhone
	hitIBAN
	hitCard
	hitDate   // numeric date
	hitBroken // has the form of an IBAN, but wrong check digits
	hitNumber // any other number: amount, digits, part of a code
)

// hit is one recognised stretch of the original text.
type hit struct {
	from, to int
	kind     uint8
}

// recognise scans text[from:to] once for what carries digits, an @ or a URL.
// Hits are in order and never overlap. It stops at bytes that are rarer than the
// first ones of what it looks for: at the colon and the full stop of a URL and at
// the first digit of an IBAN.
func recognise(text string, from, to int, hits []hit) []hit {
	last := from // end of the last hit: nothing reaches back over it
	for i := from; i < to; {
		c := text[i]
		if !recognised[c] {
			i++
			continue
		}
		var h hit
		switch {
		case c == '@':
			h = mailAt(text, last, i, to)
		case c == ':' || c == '.':
			if begin := urlBefore(text, last, i, to); begin >= 0 && wordStart(text, begin, from) {
				h = urlAt(text, begin, to)
			}
		case wordStart(text, i, from):
			h = numberAt(text, i, to)
		case c != '+':
			if i-2 >= last && i+1 < to && wordStart(text, i-2, from) {
				h = ibanAt(text, i-2, to)
			}
			if h.kind == 0 {
				h = digitsAt(text, i, to)
			}
		}
		if h.kind == 0 {
			i++
			continue
		}
		hits = append(hits, h)
		i, last = h.to, h.to
	}
	return hits
}

// recognised says at which bytes recognise stops.
var recognised = func() (t [256]bool) {
	for _, c := range []byte("@:.+0123456789") {
		t[c] = true
	}
	return t
}()

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }

// wordStart reports whether no letter or digit stands right before i.
func wordStart(text string, i, from int) bool {
	return i == from || !isAlnum(text[i-1]) && text[i-1] < utf8.RuneSelf
}

// wordEnd reports whether no letter or digit stands at i.
func wordEnd(text string, i, to int) bool {
	return i >= to || !isAlnum(text[i]) && text[i] < utf8.RuneSelf
}

// mailAt finds the address around an @: RFC 5322 dot-atoms, the subset that
// people write.
func mailAt(text string, from, at, to int) hit {
	i := at
	for i > from && at-i < 64 && (isAlnum(text[i-1]) || strings.IndexByte("._%+-'", text[i-1]) >= 0) {
		i--
	}
	for i < at && !isAlnum(text[i]) {
		i++
	}
	j := at + 1
	for j < to && j-at < 254 && (isAlnum(text[j]) || text[j] == '.' || text[j] == '-') {
		j++
	}
	for j > at && (text[j-1] == '.' || text[j-1] == '-') {
		j--
	}
	dot := strings.LastIndexByte(text[at:j], '.')
	if i == at || dot < 2 || j-at-dot < 3 {
		return hit{}
	}
	return hit{i, j, hitMail}
}

// urlBefore is where a URL begins that has its first colon or full stop at i, not
// before last, or -1.
func urlBefore(text string, last, i, to int) int {
	before := text[max(last, i-len("https")):i]
	if text[i] == '.' {
		if len(before) >= 3 && strings.EqualFold(before[len(before)-3:], "www") {
			return i - 3
		}
		return -1
	}
	if !strings.HasPrefix(text[i:to], "://") {
		return -1
	}
	for _, scheme := range []string{"https", "http"} {
		if len(before) >= len(scheme) && strings.EqualFold(before[len(before)-len(scheme):], scheme) {
			return i - len(scheme)
		}
	}
	return -1
}

// urlAt is the URL that begins at i.
func urlAt(text string, i, to int) hit {
	j := i
	for j < to && !blank(text[j]) && strings.IndexByte("<>\"", text[j]) < 0 {
		j++
	}
	for j > i && strings.IndexByte(".,;:!?)]'", text[j-1]) >= 0 {
		j--
	}
	if j-i < 7 {
		return hit{}
	}
	return hit{i, j, hitURL}
}

// numberAt reads a number that begins a word: a date, a card, a phone number,
// or digits.
func numberAt(text string, i, to int) hit {
	if n := numericDate(text[i:to]); n > 0 && wordEnd(text, i+n, to) {
		return hit{i, i + n, hitDate}
	}
	digits, j, end, plain := 0, i, i, true
	if text[j] == '+' {
		j++
	}
	for j < to && digits < 20 {
		switch c := text[j]; {
		case isDigit(c):
			digits++
			end = j + 1
		case strings.IndexByte(" -()/.", c) >= 0 && j-end < 2 && digits > 0 || c == '(' && j == i:
			plain = plain && (c == ' ' || c == '-')
		default:
			goto done
		}
		j++
	}
done:
	if !wordEnd(text, end, to) {
		return digitsAt(text, i, to)
	}
	if plain && digits >= 13 && digits <= 19 && text[i] != '+' && luhn(text[i:end]) {
		return hit{i, end, hitCard}
	}
	international := text[i] == '+' || strings.HasPrefix(text[i:end], "00")
	national := text[i] == '0' && digits >= 9
	if digits <= 15 && (international && digits >= 8 || national && digits <= 12) {
		return hit{i, end, hitPhone}
	}
	return digitsAt(text, i, to)
}

// digitsAt is the run of digits at i, alone.
func digitsAt(text string, i, to int) hit {
	j := i
	for j < to && isDigit(text[j]) {
		j++
	}
	if j == i {
		return hit{}
	}
	return hit{i, j, hitNumber}
}

// luhn is the check of ISO/IEC 7812-1 for card numbers; it also wants a leading
// digit that card schemes use.
func luhn(s string) bool {
	sum, n := 0, 0
	first := byte(0)
	for i := len(s) - 1; i >= 0; i-- {
		if !isDigit(s[i]) {
			continue
		}
		d := int(s[i] - '0')
		first = s[i]
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return sum%10 == 0 && sum > 0 && first >= '2' && first <= '6'
}

// ibanLength is the length of the IBANs of a country (ISO 13616 registry); a
// country that is missing here is accepted by its check digits alone.
var ibanLength = map[string]int{
	"AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27, "GB": 22,
	"IE": 22, "IT": 27, "LU": 20, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "SE": 24,
}

// ibanAt reads an IBAN with or without blanks between its groups. Its third
// character is a digit.
func ibanAt(text string, i, to int) hit {
	if !isLetter(text[i]) || !isLetter(text[i+1]) || !isDigit(text[i+3]) {
		return hit{}
	}
	want := ibanLength[strings.ToUpper(text[i:i+2])]
	n, best, form := 0, 0, 0
	rest := 0 // the number modulo 97, without the first four characters
	for j := i; j < to && n < 34; j++ {
		c := text[j]
		if c == ' ' && n > 0 && text[j-1] != ' ' {
			continue
		}
		if !isAlnum(c) {
			break
		}
		n++
		if n > 4 {
			rest = mod97(rest, c)
		}
		if n >= 15 && (want == 0 || n == want) && wordEnd(text, j+1, to) {
			full := rest
			for k := i; k < i+4; k++ {
				full = mod97(full, text[k])
			}
			if full == 1 {
				best = j + 1
			} else if n == want {
				form = j + 1
			}
		}
	}
	if best == 0 {
		if form > 0 {
			return hit{i, form, hitBroken} // a typing error: no value, and no phone number in it
		}
		return hit{}
	}
	return hit{i, best, hitIBAN}
}

// mod97 appends one character to a number kept modulo 97 (ISO 7064).
func mod97(rest int, c byte) int {
	switch {
	case isDigit(c):
		return (rest*10 + int(c-'0')) % 97
	case c >= 'a':
		return (rest*100 + int(c-'a') + 10) % 97
	}
	return (rest*100 + int(c-'A') + 10) % 97
}

// masksOf turns hits into masks; numbers below five digits stay.
func masksOf(hits []hit, masks []found) []found {
	for _, h := range hits {
		f := found{from: h.from, to: h.to}
		switch h.kind {
		case hitMail:
			f.mask = maskMail
		case hitURL:
			f.mask = maskURL
		case hitPhone:
			f.mask = maskPhone
		case hitIBAN, hitBroken:
			f.mask = maskIBAN
		case hitCard:
			f.mask = maskCard
		case hitNumber:
			if h.to-h.from < 5 {
				continue
			}
			f.mask = maskDigit
		default:
			continue
		}
		masks = append(masks, f)
	}
	return masks
}

// numericDate is the length of a date in digits at the start of s: 2026-03-01,
// 1.3.2026, 01/03/26, 1-3-2026; 0 when there is none.
func numericDate(s string) int {
	a, i := readInt(s)
	if i == 0 || i == 3 || i > 4 || i >= len(s) {
		return 0
	}
	sep := s[i]
	if sep != '-' && sep != '.' && sep != '/' {
		return 0
	}
	b, m := readInt(s[i+1:])
	if m == 0 || m > 2 {
		return 0
	}
	j := i + 1 + m
	if j >= len(s) || s[j] != sep {
		return 0
	}
	c, k := readInt(s[j+1:])
	if k == 0 || k == 3 || k > 4 {
		return 0
	}
	if i == 4 && k <= 2 && sep == '-' {
		if a < 1900 || a > 2100 || b < 1 || b > 12 || c < 1 || c > 31 {
			return 0
		}
	} else if i > 2 || k == 1 || a < 1 || a > 31 || b < 1 || b > 31 || a > 12 && b > 12 || k == 4 && (c < 1900 || c > 2100) {
		return 0
	}
	return j + 1 + k
}

// readInt reads up to five digits; it returns their value and how many.
func readInt(s string) (int, int) {
	n, i := 0, 0
	for i < len(s) && i < 5 && isDigit(s[i]) {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, i
}
