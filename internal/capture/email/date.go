package email

import (
	"strconv"
	"strings"
	"time"
)

var months = map[string]time.Month{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
	"mär": 3, "mai": 5, "mei": 5, "okt": 10, "dez": 12, "fév": 2, "fev": 2, "avr": 4, "jui": 6, "aoû": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12,
}

// zones are the names of RFC 5322 4.3 and a few that programs write; minutes
// east of UTC.
var zones = map[string]int{
	"ut": 0, "utc": 0, "gmt": 0, "z": 0, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
	"cet": 60, "cest": 120, "met": 60, "mest": 120, "bst": 60, "wet": 0, "west": 60, "eet": 120, "eest": 180, "msk": 180, "jst": 540, "ist": 330, "aest": 600, "aedt": 660,
}

// parseDate reads the date-time of RFC 5322 3.3 and what is written in its
// place: comments, missing parts, ISO 8601, the order of ctime.
func parseDate(v string) (time.Time, bool) {
	if len(v) > 300 {
		v = v[:300]
	}
	v = strings.TrimSpace(removeComments(v))
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.UTC(), true
		}
	}
	var d dateParts
	d.day, d.year, d.hour = -1, -1, -1
	for _, w := range strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' }) {
		d.word(w)
	}
	return d.time()
}

func removeComments(v string) string {
	if !strings.Contains(v, "(") {
		return v
	}
	var b strings.Builder
	depth := 0
	for _, r := range v {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
			b.WriteByte(' ')
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

type dateParts struct {
	day, year, hour, min, sec int
	month                     time.Month
	zone                      int // minutes east
	hasZone                   bool
}

// word gives one word of a date the meaning that its form and the words before
// it leave open.
func (d *dateParts) word(w string) {
	if (w[0] == '+' || w[0] == '-') && len(w) > 1 && d.hour >= 0 {
		d.offset(w)
		return
	}
	if strings.Contains(w, ":") || d.hour < 0 && d.year >= 0 && strings.Count(w, ".") == 2 {
		d.clock(w)
		return
	}
	if n, err := strconv.Atoi(w); err == nil && n >= 0 {
		switch {
		case d.day < 0 && n <= 31 && len(w) <= 2:
			d.day = n
		case d.year < 0 && (len(w) <= 4 || d.month != 0):
			d.year = fullYear(n, len(w))
		}
		return
	}
	// 21-Nov-1997 is three words in one.
	if parts := strings.Split(w, "-"); len(parts) == 3 && d.day < 0 {
		for _, p := range parts {
			if p != "" {
				d.word(p)
			}
		}
		return
	}
	if m, ok := months[cutRunes(w, 3)]; ok && d.month == 0 {
		d.month = m
		return
	}
	switch {
	case w == "pm" && d.hour >= 0 && d.hour < 12:
		d.hour += 12
	case w == "am" && d.hour == 12:
		d.hour = 0
	case d.hour >= 0 && !d.hasZone:
		letters := strings.TrimRight(w, "0123456789") // EST5EDT
		if i := strings.IndexAny(letters, "0123456789"); i > 0 {
			letters = letters[:i]
		}
		if m, ok := zones[letters]; ok {
			d.zone, d.hasZone = m, true
		} else if strings.HasPrefix(w, "gmt") || strings.HasPrefix(w, "utc") {
			d.offset(w[3:])
		}
	}
}

// clock reads hh:mm, hh:mm:ss or hh.mm.ss, with a zone that sticks to it.
func (d *dateParts) clock(w string) {
	for i := 1; i < len(w); i++ {
		if w[i] == '+' || w[i] == '-' {
			defer d.offset(w[i:])
			w = w[:i]
			break
		}
	}
	parts := strings.FieldsFunc(w, func(r rune) bool { return r == ':' || r == '.' })
	if d.hour >= 0 || len(parts) < 2 {
		return
	}
	var n [3]int
	for i := range min(len(parts), 3) {
		v, err := strconv.Atoi(parts[i])
		if err != nil || v < 0 {
			return
		}
		n[i] = v
	}
	d.hour, d.min, d.sec = n[0], n[1], n[2]
}

// offset reads +hhmm, +hh:mm or +hh.
func (d *dateParts) offset(w string) {
	if len(w) < 2 || d.hasZone {
		return
	}
	digits := strings.ReplaceAll(w[1:], ":", "")
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 {
		return
	}
	if len(digits) <= 2 {
		n *= 100
	}
	minutes := n/100*60 + n%100
	if minutes > 24*60 {
		return
	}
	if w[0] == '-' {
		minutes = -minutes
	}
	d.zone, d.hasZone = minutes, true
}

func (d *dateParts) time() (time.Time, bool) {
	if d.day < 1 || d.month == 0 || d.year < 0 || d.hour > 24 || d.min > 59 || d.sec > 60 {
		return time.Time{}, false
	}
	t := time.Date(d.year, d.month, d.day, max(d.hour, 0), d.min, min(d.sec, 59), 0, time.UTC)
	if t.Day() != d.day && d.hour < 24 {
		return time.Time{}, false // 31 February
	}
	return t.Add(-time.Duration(d.zone) * time.Minute), true
}

// fullYear is RFC 5322 4.3: two digits mean 1950–2049, three are counted from
// 1900.
func fullYear(n, digits int) int {
	switch {
	case digits <= 2 && n < 50:
		return n + 2000
	case digits <= 3:
		return n + 1900
	}
	return n
}

func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
