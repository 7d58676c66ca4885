package understand

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand/models"
)

// kinds of words that dates are made of.
const (
	dateMonth = iota + 1
	dateWeekday
	dateDay
	dateNext
	dateLast
	datePast
	dateGreeting
)

type dateWord struct {
	kind, n int
}

var dateWords = sync.OnceValue(func() map[uint64]dateWord {
	kinds := map[string]int{"month": dateMonth, "weekday": dateWeekday, "day": dateDay, "next": dateNext, "last": dateLast, "past": datePast, "greeting": dateGreeting}
	out := map[uint64]dateWord{}
	for _, line := range strings.Split(strings.TrimSpace(models.Dates), "\n") {
		f := strings.Fields(line)
		n, err := strconv.Atoi(f[1])
		if err != nil || kinds[f[0]] == 0 {
			panic("understand: dates.txt: " + line)
		}
		for _, w := range f[2:] {
			if _, ok := out[hashWord(w)]; !ok {
				out[hashWord(w)] = dateWord{kinds[f[0]], n}
			}
		}
	}
	return out
})

// dateFilter is the words of dateWords.
var dateFilter = sync.OnceValue(func() *hashFilter {
	f := &hashFilter{}
	for h := range dateWords() {
		f.add(h)
	}
	return f
})

const isoDate = "2006-01-02"

// readDates finds the dates that are written with words. Those without a year,
// and those that count from today, need the time of the contact.
func (s *scratch) readDates(at time.Time, add func(crm.Entity)) {
	words, filter := dateWords(), dateFilter()
	for i, t := range s.tokens {
		if !filter.may(t.hash) {
			continue
		}
		w, ok := words[t.hash]
		if !ok {
			continue
		}
		from, to := i, i+1
		var day time.Time
		switch w.kind {
		case dateMonth:
			from, to, day = s.monthDate(i, w.n, at)
		case dateWeekday:
			if !at.IsZero() {
				from, day = s.weekdayDate(i, time.Weekday(w.n), at)
			}
		case dateDay:
			// "guten Morgen" and "early tomorrow" share the word.
			if !at.IsZero() && !(w.n == 1 && words[hashBefore(s.tokens, i)].kind == dateGreeting && t.to-t.from == 6) {
				day = at.AddDate(0, 0, w.n)
			}
		}
		if day.IsZero() {
			continue
		}
		add(s.entity("date", day.Format(isoDate), int(s.tokens[from].from), int(s.tokens[to-1].to)))
	}
}

func hashBefore(toks []token, i int) uint64 {
	if i == 0 {
		return 0
	}
	return toks[i-1].hash
}

// entity makes an entity of a folded range.
func (s *scratch) entity(kind, value string, from, to int) crm.Entity {
	a, b := s.folded.original(from, to)
	return crm.Entity{Kind: kind, Value: value, Text: s.full[a:b], Span: crm.Span{From: a, To: b}}
}

// monthDate reads "5 March", "5. März 2026", "March 5th, 2026" around the month
// at token i.
func (s *scratch) monthDate(i, month int, at time.Time) (from, to int, day time.Time) {
	from, to = i, i+1
	number := s.dayNumber(i - 1)
	if number > 0 {
		from = i - 1
	} else if number = s.dayNumber(i - 2); number > 0 && s.isOf(i-1) {
		from = i - 2
	} else if number = s.dayNumber(i + 1); number > 0 {
		to = i + 2
	} else {
		return i, i + 1, time.Time{}
	}
	if year := s.number(to); year >= 1900 && year <= 2100 {
		to++
		day = time.Date(year, time.Month(month), number, 0, 0, 0, 0, time.UTC)
	} else if !at.IsZero() {
		day = nearest(at, month, number)
	}
	if day.Day() != number {
		day = time.Time{}
	}
	return from, to, day
}

// nearest is the day of a month that is closest to at.
func nearest(at time.Time, month, number int) time.Time {
	var best time.Time
	for y := at.Year() - 1; y <= at.Year()+1; y++ {
		d := time.Date(y, time.Month(month), number, 0, 0, 0, 0, time.UTC)
		if best.IsZero() || d.Sub(at).Abs() < best.Sub(at).Abs() {
			best = d
		}
	}
	return best
}

// weekdayDate is the day that a weekday names: the last one after "last" or a
// verb of the past shortly before it, else the next one.
func (s *scratch) weekdayDate(i int, want time.Weekday, at time.Time) (from int, day time.Time) {
	words := dateWords()
	from = i
	past := false
	if k := words[hashBefore(s.tokens, i)].kind; k == dateNext || k == dateLast {
		from, past = i-1, k == dateLast
	} else {
		for j := max(0, i-5); j < min(i+4, len(s.tokens)); j++ {
			if s.tokens[j].sentence == s.tokens[i].sentence && words[s.tokens[j].hash].kind == datePast {
				past = true
			}
		}
	}
	delta := (int(want) - int(at.Weekday()) + 7) % 7
	if past {
		delta -= 7
	} else if delta == 0 {
		delta = 7
	}
	return from, at.AddDate(0, 0, delta)
}

// number is the value of a token of digits, or -1.
func (s *scratch) number(i int) int {
	if i < 0 || i >= len(s.tokens) {
		return -1
	}
	n, err := strconv.Atoi(string(s.folded.text[s.tokens[i].from:s.tokens[i].to]))
	if err != nil {
		return -1
	}
	return n
}

// dayNumber is the day of a month in token i, "5" or "5th", or 0.
func (s *scratch) dayNumber(i int) int {
	if i < 0 || i >= len(s.tokens) {
		return 0
	}
	text := string(s.folded.text[s.tokens[i].from:s.tokens[i].to])
	n, used := readInt(text)
	switch text[used:] {
	case "", "st", "nd", "rd", "th", "er", "e":
	default:
		return 0
	}
	if used == 0 || used > 2 || n < 1 || n > 31 {
		return 0
	}
	return n
}

func (s *scratch) isOf(i int) bool {
	switch string(s.folded.text[s.tokens[i].from:s.tokens[i].to]) {
	case "of", "de":
		return true
	}
	return false
}

// numericDateValue is the ISO form of a date in digits. With slashes the locale
// decides the order where both could be meant; a full stop or a hyphen puts the
// day first.
func numericDateValue(text, locale string) string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == '.' || r == '/' })
	if len(parts) != 3 {
		return ""
	}
	var v [3]int
	for i, p := range parts {
		v[i], _ = strconv.Atoi(p)
	}
	year, month, day := v[2], v[1], v[0]
	if len(parts[0]) == 4 {
		year, month, day = v[0], v[1], v[2]
	} else if month > 12 || strings.Contains(text, "/") && day <= 12 && strings.HasSuffix(strings.ReplaceAll(locale, "_", "-"), "-US") {
		month, day = day, month
	}
	if year < 100 {
		year += 2000
	}
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if d.Day() != day || int(d.Month()) != month {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day)
}
