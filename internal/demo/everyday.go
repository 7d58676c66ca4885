package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// tellSpecial tells the stories of the named people. A story names its person
// by who=; start times are fixed in the scripts, or days= counts them back.
func (w *world) tellSpecial() {
	n := 0
	for _, s := range w.book.stories {
		key := s.opts["who"]
		if key == "" {
			continue
		}
		var days int
		if _, err := fmt.Sscanf(s.opts["days"]+" ", "%d", &days); err != nil {
			days = Days - 2
		}
		n++
		w.tellAs(s, w.special[key], 900+n, w.day(days, 9+n%9, n%50))
	}
	w.browsing(w.special["heavy"], 600)
}

// tellEveryday gives every customer an account, some ordinary browsing and one
// to six stories. The stories of a person begin some days apart, so they often
// overlap: two problems at once are common enough in life.
func (w *world) tellEveryday() {
	deck := map[string][]*story{}
	for lang, list := range w.book.everyday {
		for _, s := range list {
			for range s.weight {
				deck[lang] = append(deck[lang], s)
			}
		}
	}
	for _, lang := range []string{"en", "de", "nl"} {
		r := rand.New(rand.NewPCG(seed, 3+uint64(len(deck[lang]))))
		cards := deck[lang]
		next := len(cards)
		if next == 0 {
			continue
		}
		number := map[string]int{"en": 1000, "de": 3000, "nl": 4000}[lang]
		for i, p := range w.people {
			if p.lang != lang {
				continue
			}
			count := 2 + i%2
			if r.IntN(3) == 0 {
				count += 1 + r.IntN(3)
			}
			ago := 20 + r.Float64()*(Days-23)
			if i%4 == 0 { // new customers, so that today's lists are alive
				ago = r.Float64() * 12
			}
			w.account(p, ago+1+2*r.Float64(), r)
			told := map[*story]bool{}
			for range count {
				var s *story
				for range 4 {
					if next == len(cards) {
						r.Shuffle(len(cards), func(a, b int) { cards[a], cards[b] = cards[b], cards[a] })
						next = 0
					}
					s = cards[next]
					next++
					if !told[s] {
						break
					}
				}
				if told[s] {
					continue
				}
				told[s] = true
				number++
				w.tellAs(s, p, number, w.now.Add(-time.Duration(ago*24*float64(time.Hour))))
				ago -= 3 + r.Float64()*21
				if ago < 0 {
					break
				}
			}
		}
	}
}

// account is the visit that ties a customer's identifiers together: most have
// one, because invoices are read on the site. People without an account are
// known by what they claim.
func (w *world) account(p *person, ago float64, r *rand.Rand) {
	if p.noAccount {
		return
	}
	start := w.now.Add(-time.Duration(min(ago, Days-.5) * 24 * float64(time.Hour)))
	visits := w.book.byName["visit/"+p.lang]
	w.tellAs(visits, p, 0, start)
	if r.IntN(9) == 0 {
		w.tellAs(visits, p, 1, start.Add(time.Duration(3+r.IntN(30))*24*time.Hour))
	}
}

// browsing gives a person about so many more web events, over all the days.
func (w *world) browsing(p *person, events int) {
	visits := w.book.byName["visit/en"]
	before := len(w.items)
	for i := 0; len(w.items)-before < events; i++ {
		if i > 10*events {
			return
		}
		w.tellAs(visits, p, 5000+i, w.day(Days-1-i%(Days-1), 7+(i*5)%15, (i*17)%60))
	}
}

// tellOutage is the day of the network fault: a warning, a burst of contacts
// on every channel by people of all languages, and an apology.
func (w *world) tellOutage() {
	r := rand.New(rand.NewPCG(seed, 7))
	kinds := []string{"outage-mail", "outage-chat", "outage-call", "outage-social", "outage-wa", "outage-sms", "outage-community", "outage-store"}
	for i := range 96 {
		p := w.people[(i*13)%len(w.people)]
		kind := kinds[(i*i+i/3)%len(kinds)]
		if w.book.byName[kind+"/"+p.lang] == nil {
			kind = "outage-call"
		}
		minute := 5 + int(between(r, 0, 420*time.Minute)/time.Minute)
		w.tellAs(w.book.byName[kind+"/"+p.lang], p, 7000+i, w.day(OutageDaysAgo, 13, minute))
	}
}

// tellVisitors adds people who never tell who they are, and some who sign in
// only on a later visit.
func (w *world) tellVisitors() {
	r := rand.New(rand.NewPCG(seed, 8))
	for i := range 45 {
		p := &person{key: fmt.Sprintf("v%03d", i), lang: "en", anonID: anonymousID(r), first: "Visitor", last: "Unknown", noAccount: true}
		start := w.day(1+(i*7)%(Days-2), 7+i%16, (i*11)%60)
		w.tellAs(w.book.byName["visitor/en"], p, i, start)
		if i%4 == 0 {
			w.tellAs(w.book.byName["visitor/en"], p, 100+i, start.Add(50*time.Hour))
		}
	}
	for i := range 60 {
		p := w.people[(i*7+3)%len(w.people)]
		if p.noAccount {
			continue
		}
		start := w.day(2+(i*5)%(Days-8), 8+i%14, (i*13)%60)
		w.tellAs(w.book.byName["visitor/en"], p, 200+i, start)
		w.tellAs(w.book.byName["visit/"+p.lang], p, 200+i, start.Add(time.Duration(20+i)*time.Hour))
	}
}
