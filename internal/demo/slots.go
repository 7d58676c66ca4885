package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// say turns a script's text into words: choices first, then slots. A slot that
// nobody knows stays visible, and a test looks for that.
func say(r *rand.Rand, text string, slot func(name string) (string, bool)) string {
	var b strings.Builder
	choose(&b, r, text)
	text = b.String()
	if !strings.Contains(text, "$") {
		return text
	}
	b.Reset()
	for i := 0; i < len(text); {
		if text[i] != '$' {
			b.WriteByte(text[i])
			i++
			continue
		}
		end := i + 1
		for end < len(text) && (text[end] >= 'a' && text[end] <= 'z' || text[end] >= '0' && text[end] <= '9') {
			end++
		}
		if v, ok := slot(text[i+1 : end]); ok {
			b.WriteString(v)
		} else {
			b.WriteString(text[i:end])
		}
		i = end
	}
	return b.String()
}

// choose writes text with every {a|b|c} replaced by one of its parts. Braces
// nest.
func choose(b *strings.Builder, r *rand.Rand, text string) {
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			b.WriteString(text)
			return
		}
		b.WriteString(text[:open])
		depth, start := 0, open+1
		var parts []string
		i := open
	scan:
		for ; i < len(text); i++ {
			switch text[i] {
			case '{':
				depth++
			case '|':
				if depth == 1 {
					parts = append(parts, text[start:i])
					start = i + 1
				}
			case '}':
				depth--
				if depth == 0 {
					parts = append(parts, text[start:i])
					break scan
				}
			}
		}
		if depth != 0 {
			b.WriteString(text[open:])
			return
		}
		choose(b, r, parts[r.IntN(len(parts))])
		text = text[i+1:]
	}
}

var weekdays = map[string][7]string{
	"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	"de": {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
	"nl": {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
}

var months = map[string][12]string{
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	"de": {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
	"nl": {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
}

// date is t as people write a day: "3 March", "3. März", "3 maart".
func date(lang string, t time.Time) string {
	t = t.In(zone)
	if lang == "de" {
		return fmt.Sprintf("%d. %s", t.Day(), months[lang][t.Month()-1])
	}
	return fmt.Sprintf("%d %s", t.Day(), months[lang][t.Month()-1])
}

// dayName is how a person at now speaks of the day of t: by its weekday within
// the last six days, else by its date.
func dayName(lang string, t, now time.Time) string {
	if d := now.Sub(t); d >= 0 && d < 6*24*time.Hour {
		return weekdays[lang][t.In(zone).Weekday()]
	}
	return date(lang, t)
}

// money writes an amount in cents the way the language does.
func money(lang string, cents int) string {
	if lang == "en" {
		return fmt.Sprintf("€%d.%02d", cents/100, cents%100)
	}
	if lang == "de" {
		return fmt.Sprintf("%d,%02d €", cents/100, cents%100)
	}
	return fmt.Sprintf("€ %d,%02d", cents/100, cents%100)
}

var (
	plans   = []string{"Mobile S", "Mobile M", "Mobile L", "Family Bundle", "Mobile Student"}
	homes   = []string{"Home Internet 100", "Home Internet 500"}
	phones  = []string{"Lumo S2", "Aurel X4", "Tavi 9 Pro"}
	streets = []string{"Harbour Street", "Mill Lane", "Station Road", "Lindenweg", "Kerkstraat", "Canal Walk",
		"Orchard Row", "Brink", "Quayside", "Fern Avenue", "Market Square", "Dyke Road"}
	areas = []string{"Halden Noord", "the harbour district", "Westquay", "Halden old town", "Lindenhof", "Millbrook", "Oosterveld"}
)

// newSlots draws the facts of one story: numbers, amounts, products, places.
func newSlots(r *rand.Rand, n int, p *person) map[string]string {
	lang := p.lang
	base := 1290 + 50*r.IntN(120)
	extra := 310 + 10*r.IntN(480)
	rule := plans[r.IntN(len(plans))]
	next := plans[(r.IntN(len(plans)-1)+indexOf(plans, rule)+1)%len(plans)]
	return map[string]string{
		"order":   fmt.Sprintf("HM-%d", 30000+n*13+r.IntN(13)),
		"invoice": fmt.Sprintf("INV-%d", 510000+n*17+r.IntN(17)),
		"ticket":  fmt.Sprintf("T-%d", 40000+n*11+r.IntN(11)),
		"track":   fmt.Sprintf("HX%09dNL", 100000000+n*7919+r.IntN(7919)),
		"amount":  money(lang, base+extra), "usual": money(lang, base), "extra": money(lang, extra),
		"plan": rule, "plan2": next, "home": homes[r.IntN(len(homes))],
		"device": phones[r.IntN(len(phones))], "product": Products[r.IntN(3)],
		"street": streets[r.IntN(len(streets))], "nr": fmt.Sprint(1 + r.IntN(148)),
		"area": areas[r.IntN(len(areas))], "n": fmt.Sprint(2 + r.IntN(5)),
		"speed": fmt.Sprint(3 + r.IntN(24)), "pin": fmt.Sprintf("%04d", r.IntN(10000)),
		"first": p.first, "last": p.last, "name": p.name(), "phone": p.phone, "email": p.email,
		"firstname2": firstNames[lang][r.IntN(len(firstNames[lang]))],
	}
}

func indexOf(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return 0
}
