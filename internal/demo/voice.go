package demo

import (
	"math/rand/v2"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// greeting is how a customer opens a mail; "" for those who come to the point.
func greeting(r *rand.Rand, p *person, at time.Time) string {
	hour := at.In(zone).Hour()
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	switch p.lang {
	case "de":
		switch p.tone {
		case formal:
			return pick("Sehr geehrte Damen und Herren,", "Sehr geehrtes Halden-Team,")
		case casual:
			return pick("Hallo,", "Hi zusammen,", "Moin,")
		case terse:
			return pick("", "Hallo,")
		}
		return pick("Guten Tag,", "Hallo Halden-Team,", "Guten Tag zusammen,")
	case "nl":
		switch p.tone {
		case formal:
			return pick("Geachte heer, mevrouw,", "Beste klantenservice,")
		case casual:
			return pick("Hoi,", "Hallo daar,", "Hey,")
		case terse:
			return pick("", "Hallo,")
		}
		return pick("Goedendag,", "Hallo,", "Beste Halden,")
	}
	switch p.tone {
	case formal:
		return pick("Dear Halden Mobile,", "Dear customer care team,", "Dear Sir or Madam,")
	case casual:
		return pick("Hi,", "Hi there,", "Hey,", "Hello!")
	case terse:
		return pick("", "", "Hi,")
	}
	if hour < 12 && r.IntN(2) == 0 {
		return "Good morning,"
	}
	if hour >= 18 && r.IntN(2) == 0 {
		return "Good evening,"
	}
	return pick("Hello,", "Hi Halden team,", "Hello,")
}

// farewell is how a customer closes a mail.
func farewell(r *rand.Rand, p *person) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	var s string
	switch p.lang {
	case "de":
		switch p.tone {
		case formal:
			s = "Mit freundlichen Grüßen\n" + p.name()
		case casual:
			s = pick("LG ", "Viele Grüße, ", "Danke euch, ") + p.first
		case terse:
			s = p.last
		default:
			s = pick("Viele Grüße\n", "Freundliche Grüße\n", "Besten Dank und Gruß\n") + p.name()
		}
	case "nl":
		switch p.tone {
		case formal:
			s = "Met vriendelijke groet,\n" + p.name()
		case casual:
			s = pick("Groetjes, ", "Alvast bedankt! ", "Gr. ") + p.first
		case terse:
			s = pick("Gr. ", "") + p.last
		default:
			s = pick("Vriendelijke groet,\n", "Groeten,\n", "Bij voorbaat dank,\n") + p.name()
		}
	default:
		switch p.tone {
		case formal:
			s = pick("Yours sincerely,\n", "Kind regards,\n") + p.name()
		case casual:
			s = pick("Cheers, ", "Thanks! ", "Thanks, ") + p.first
		case terse:
			s = pick(p.first, p.name(), p.first[:1]+". "+p.last)
		default:
			s = pick("Kind regards,\n", "Many thanks,\n", "Best wishes,\n", "Thank you,\n") + p.name()
		}
	}
	if p.company != "" {
		s += "\n" + p.company
	}
	if p.mobileSig {
		s += "\n\n" + map[string]string{"en": "Sent from my phone", "de": "Von unterwegs gesendet", "nl": "Verzonden vanaf mijn telefoon"}[p.lang]
	}
	return s
}

// capital starts a sentence with a capital letter, which follows a comma in a
// salutation in English and Dutch, and nothing in every language.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// letter is an agent's mail around its body.
func letter(r *rand.Rand, p *person, a agent, body string) string {
	switch p.lang {
	case "de":
		return "Guten Tag " + p.name() + ",\n\n" + body + "\n\nFreundliche Grüße\n" + a.name + "\n" + Firm + " Kundenservice"
	case "nl":
		return "Beste " + p.name() + ",\n\n" + capital(body) + "\n\nMet vriendelijke groet,\n" + a.name + "\n" + Firm + " klantenservice"
	}
	open := []string{"Hi ", "Hello ", "Dear "}[r.IntN(3)]
	return open + p.first + ",\n\n" + capital(body) + "\n\nKind regards,\n" + a.name + "\n" + Firm + " customer care"
}

// misspell makes one or two slips of the kind that thumbs make. Words with
// digits, capitals or signs are left alone, so that numbers and names stay.
func misspell(r *rand.Rand, text string) string {
	words := strings.Split(text, " ")
	for range 1 + r.IntN(2) {
		i := r.IntN(len(words))
		w := words[i]
		if len(w) < 5 || strings.ContainsFunc(w, func(c rune) bool { return c < 'a' || c > 'z' }) {
			continue
		}
		k := 1 + r.IntN(len(w)-2)
		switch r.IntN(3) {
		case 0:
			w = w[:k] + w[k+1:]
		case 1:
			w = w[:k] + w[k+1:k+2] + w[k:k+1] + w[k+2:]
		default:
			w = w[:k] + w[k:k+1] + w[k:]
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}
