package demo

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// telling is one story as it happens to one person.
type telling struct {
	w     *world
	st    *story
	p     *person // whom the story is about
	who   *person // who speaks in the current step
	id    string  // part of every external id
	n     int     // steps told
	r     *rand.Rand
	t     time.Time
	agent agent
	slots map[string]string

	mails   []*letterRef // the current thread
	chatKey string
	chatAt  time.Time
	chatNo  int
	lastIn  time.Time // last contact by the customer
	mailIn  time.Time // last mail by the customer
}

// tellAs tells a story about p from start on, as far as it lies before now.
// The number makes its external ids and its facts its own.
func (w *world) tellAs(st *story, p *person, number int, start time.Time) {
	h := fnv.New64a()
	h.Write([]byte(p.key + "/" + st.name))
	r := rand.New(rand.NewPCG(seed+uint64(number), h.Sum64()))
	q := *p
	q.lang = st.lang // Jan is Dutch and writes English to the firm
	choice := agentsFor[st.lang]
	id := fmt.Sprintf("%s-%s-%d", st.name, p.key, number)
	if st.opts["who"] != "" {
		id = st.name // told once, so that the name is enough and never changes
	}
	tl := &telling{
		w: w, st: st, p: &q, r: r, t: start,
		id:    id,
		agent: agents[choice[r.IntN(len(choice))]],
		slots: newSlots(r, number, &q),
	}
	skipped := "" // the channel of a contact that didn't happen, so that nobody answers it
	for i, s := range st.steps {
		if s.end > 0 && r.Float64() < s.end {
			return
		}
		if s.channel == skipped && !s.flags["anyway"] {
			continue
		}
		skipped = ""
		if s.p < 1 && r.Float64() >= s.p {
			if s.who == '>' {
				skipped = s.channel
			}
			continue
		}
		if !tl.step(i, s) {
			return
		}
	}
}

// step tells one step; false ends the story, because it lies after now.
func (tl *telling) step(i int, s *step) bool {
	tl.who = tl.p
	if key := s.opts["as"]; key != "" {
		q := *tl.w.special[key]
		q.lang = tl.st.lang
		tl.who = &q
	}
	if key := s.opts["by"]; key != "" {
		for _, a := range agents {
			if a.id == "agent-"+key {
				tl.agent = a
			}
		}
	}
	switch {
	case s.fixed != nil:
		tl.t = tl.w.day(s.fixed[0], s.fixed[1], s.fixed[2]).Add(time.Duration(tl.r.IntN(50)) * time.Second)
	case i == 0 && s.flags["asis"]:
	case i == 0:
		tl.t = settle(tl.r, tl.t, openHours(s.who, s.channel))
	default:
		tl.t = tl.t.Add(between(tl.r, s.min, s.max) + time.Duration(1+tl.r.IntN(30))*time.Second)
		if !s.flags["asis"] && (s.channel != "chat" || tl.t.Sub(tl.chatAt) > 15*time.Minute) {
			tl.t = settle(tl.r, tl.t, openHours(s.who, s.channel))
		}
	}
	tl.t = tl.t.Truncate(time.Second)
	if tl.t.After(tl.w.now) {
		return false
	}
	tl.n++
	switch s.channel {
	case "mail":
		return tl.mail(s)
	case "web":
		return tl.web(s)
	}
	return tl.contact(s)
}

// finish adds the item and remembers what later steps refer to.
func (tl *telling) finish(s *step, e crm.Envelope, mayVerify bool) bool {
	if s.who == '>' {
		tl.lastIn = e.OccurredAt
	}
	return tl.w.add(jsonItem(e, mayVerify))
}

// subject picks a subject.
func (tl *telling) subject(s *step) string {
	if len(s.subjects) == 0 {
		return ""
	}
	return say(tl.r, s.subjects[tl.r.IntN(len(s.subjects))], tl.slot)
}

// words picks a phrasing, taking turns, and prefers words that nobody used.
func (tl *telling) words(s *step) string {
	if len(s.texts) == 0 {
		return ""
	}
	var text string
	for range 12 {
		turn, begun := tl.w.turn[s]
		if !begun {
			turn = tl.r.IntN(len(s.texts))
		}
		tl.w.turn[s] = turn + 1
		text = say(tl.r, s.texts[turn%len(s.texts)], tl.slot)
		if !tl.w.used[text] {
			break
		}
	}
	tl.w.used[text] = true
	return text
}

// own is words as the customer types them.
func (tl *telling) own(s *step) string {
	text := tl.words(s)
	if tl.who.typos && s.fixed == nil && tl.r.IntN(2) == 0 {
		text = misspell(tl.r, text)
	}
	return text
}

// slot gives the value of a name in a script; days are counted from the
// current step.
func (tl *telling) slot(name string) (string, bool) {
	if v, ok := tl.slots[name]; ok {
		return v, true
	}
	lang := tl.p.lang
	switch name {
	case "agent":
		return tl.agent.first(), true
	case "agentname":
		return tl.agent.name, true
	case "lastday":
		return dayName(lang, tl.lastIn, tl.t), true
	case "mailday":
		return dayName(lang, tl.mailIn, tl.t), true
	case "today":
		return date(lang, tl.t), true
	case "month":
		return months[lang][tl.t.In(zone).AddDate(0, -1, 0).Month()-1], true
	case "thismonth":
		return months[lang][tl.t.In(zone).Month()-1], true
	case "nextmonth":
		d := tl.t.In(zone)
		return date(lang, time.Date(d.Year(), d.Month()+1, 1, 12, 0, 0, 0, zone)), true
	case "otherfirst":
		return tl.who.first, true
	}
	// $fix30 is a date that many days after it is first spoken of, and stays.
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "fix")); err == nil && strings.HasPrefix(name, "fix") {
		tl.slots[name] = date(lang, tl.t.AddDate(0, 0, n))
		return tl.slots[name], true
	}
	// $in3 and $ago5 are dates that many days away; $day2 is a weekday.
	for prefix, sign := range map[string]int{"in": 1, "ago": -1} {
		if n, err := strconv.Atoi(strings.TrimPrefix(name, prefix)); err == nil && strings.HasPrefix(name, prefix) {
			return date(lang, tl.t.AddDate(0, 0, sign*n)), true
		}
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(name, "day")); err == nil && strings.HasPrefix(name, "day") {
		d := tl.t.In(zone).AddDate(0, 0, n)
		if d.Weekday() == time.Sunday {
			d = d.AddDate(0, 0, 1)
		}
		return weekdays[lang][d.Weekday()], true
	}
	return "", false
}
