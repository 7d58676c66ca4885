package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
)

// seed makes every telling of the demo the same. Changing it changes everybody.
const seed = 0x48616c64656e

// everyday is the number of customers beside the named ones.
const everyday = 450

// tone is how somebody writes.
type tone int

const (
	neutral tone = iota
	formal
	casual
	terse
	tones
)

// person is a customer as the demo knows them; the pipeline sees only what
// their channels show.
type person struct {
	key         string // name in the scripts, or c001 …
	first, last string
	lang        string
	email       string
	phone       string // E.164
	userID      string
	anonID      string
	nick        string // on the forum, the review site and social networks
	tone        tone
	typos       bool
	mobileSig   bool // signs "sent from my phone"
	noQuote     bool // deletes the history when replying
	noAccount   bool // never signed in: known by what they claim only
	company     string
}

func (p *person) name() string { return p.first + " " + p.last }

// everydayPeople draws the customers without a special story.
func everydayPeople() []*person {
	r := rand.New(rand.NewPCG(seed, 1))
	seen := map[string]bool{}
	people := make([]*person, 0, everyday)
	count := map[string]int{}
	for i := range everyday {
		lang := "en"
		switch x := i % 20; {
		case x == 3 || x == 9 || x == 16:
			lang = "de"
		case x == 5 || x == 12 || x == 18:
			lang = "nl"
		}
		p := &person{key: fmt.Sprintf("c%03d", i), lang: lang, userID: fmt.Sprintf("u-%d", 20400+i*3)}
		for {
			p.first = firstNames[lang][r.IntN(len(firstNames[lang]))]
			p.last = lastNames[lang][r.IntN(len(lastNames[lang]))]
			if !seen[p.name()] {
				seen[p.name()] = true
				break
			}
		}
		p.email = address(r, p, seen)
		p.phone = phoneFor(lang, count[lang])
		count[lang]++
		p.anonID = anonymousID(r)
		p.nick = ascii(p.first) + []string{"_", ".", ""}[r.IntN(3)] + fmt.Sprint(10+r.IntN(89))
		p.tone = tone(r.IntN(int(tones)))
		p.typos = r.Float64() < .3
		p.mobileSig = r.Float64() < .15
		p.noQuote = r.Float64() < .35
		p.noAccount = r.Float64() < .08
		people = append(people, p)
	}
	return people
}

func address(r *rand.Rand, p *person, seen map[string]bool) string {
	first, last := ascii(p.first), ascii(p.last)
	domains := mailDomains[p.lang]
	for {
		var local string
		switch r.IntN(5) {
		case 0:
			local = first[:1] + "." + last
		case 1:
			local = first + fmt.Sprint(60+r.IntN(39))
		case 2:
			local = last + "." + first
		default:
			local = first + "." + last
		}
		a := local + "@" + domains[r.IntN(len(domains))]
		if !seen[a] {
			seen[a] = true
			return a
		}
	}
}

// ascii is a name as it stands in a mail address.
func ascii(s string) string {
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ä", "ae", "Ö", "oe", "Ü", "ue").Replace(s)
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// phoneFor is the nth number of a range in which nobody can be reached.
func phoneFor(lang string, n int) string {
	switch {
	case lang == "de" && n < 100:
		return fmt.Sprintf("+491713920%03d", (n*37)%100)
	case lang == "de":
		return fmt.Sprintf("+4917604069%03d", (n*37)%100)
	case lang == "en" && n%3 == 0:
		return fmt.Sprintf("+44207946%04d", (n*7)%1000)
	}
	base := 201000
	if lang == "nl" {
		base = 261000
	}
	return fmt.Sprintf("+3166%07d", 2000000+base+n*61)
}

func anonymousID(r *rand.Rand) string {
	return fmt.Sprintf("anon-%08x-%04x", r.Uint32(), r.Uint32()&0xffff)
}
