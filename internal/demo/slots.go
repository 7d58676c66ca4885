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
