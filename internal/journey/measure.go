package journey

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// forwardedWithin is below which a further contact on the same channel is part
// of the one before: a forwarded call, the next line of a chat.
const forwardedWithin = 15 * time.Minute

// repeatDays are the windows of repeat contact, in days; exactly N days later
// still counts.
var repeatDays = [3]int{7, 14, 30}

// Bounds of what a row keeps of a long journey.
const (
	maxEntities      = 48
	maxConversations = 48
	maxUnanswered    = 20
	maxTitle         = 100
	maxPath          = 12
)

// apply adds a contact to the journey. Contacts come in the order of time;
// replay of the same contacts gives the same journey.
func (r *record) apply(c *Contact) {
	d, f := &r.Data, c.read()
	if d.Count == 0 || c.At.Before(r.OpenedAt) {
		r.OpenedAt = c.At
	}
	if c.At.Before(r.LastAt) {
		r.late = true
	}
	r.LastAt = later(r.LastAt, c.At)
	d.Count++
	if !c.ConversationID.IsZero() && !slices.Contains(d.Conversations, c.ConversationID) {
		if len(d.Conversations) == maxConversations {
			d.Conversations = slices.Delete(d.Conversations, 0, 1) // the oldest is the least likely to go on
		}
		d.Conversations = append(d.Conversations, c.ConversationID)
	}
	for _, e := range f.entities {
		if len(d.Entities) < maxEntities && !slices.Contains(d.Entities, e) {
			d.Entities = append(d.Entities, e)
		}
	}
	r.intend(c, f)
	if d.Title == "" {
		d.Title = title(c)
	}
	if c.Reading != nil && c.Reading.Leaving != nil && c.Direction == crm.In {
		r.Leaving = true
	}
	switch {
	case c.byCustomer():
		r.hear(c, f)
	case c.byPerson():
		r.answer(c, f)
	case c.Direction == crm.Out && c.Automatic && d.Ordered:
		d.Confirmed = true
	}
	d.Parts, r.Effort = effort(d)
}

// intend weighs the contact's intent into the journey's. What the firm says
// is no intent of the customer.
func (r *record) intend(c *Contact, f *facts) {
	d := &r.Data
	if !c.Automatic {
		d.Terms = union(d.Terms, f.terms)
	}
	if c.Automatic || c.Kind == crm.KindNote || c.Kind == crm.KindEvent {
		return
	}
	if f.guess != "" {
		if d.Guesses == nil {
			d.Guesses = map[string]float64{}
		}
		d.Guesses[f.guess] += f.guessed
	}
	if f.intent == "" {
		return
	}
	if d.Intents == nil {
		d.Intents = map[string]float64{}
	}
	d.Intents[f.intent] += f.weight
	if d.Intents[f.intent] > d.Intents[r.Intent] || r.Intent == "" ||
		d.Intents[f.intent] == d.Intents[r.Intent] && f.intent < r.Intent {
		r.Intent = f.intent
	}
}

// hear takes a contact that the customer made. A bare thanks is kept, but is no
// effort: after a first contact it counts neither as contact nor as switch.
func (r *record) hear(c *Contact, f *facts) {
	d := &r.Data
	issue := c.Kind != crm.KindOrder && !f.thanks
	counts := !f.thanks || d.Contacts == 0
	if counts && !r.folds(c) {
		d.Contacts++
		if len(d.Path) < maxPath {
			d.Path = append(d.Path, c.Channel)
		}
		if d.LastChannel != "" && d.LastChannel != c.Channel {
			d.Switches++
		}
		if issue && !d.LastIssue.IsZero() && !d.AskedThem {
			d.Repeat = within(d.Repeat, c.At.Sub(d.LastIssue))
		}
	}
	if issue {
		d.LastIssue = later(d.LastIssue, c.At)
	}
	d.Channels = withChannel(d.Channels, c.Channel)
	if d.FirstIn.IsZero() {
		d.FirstIn = c.At
	}
	d.LastIn = later(d.LastIn, c.At)
	if counts {
		d.LastChannel = c.Channel
	}
	d.Statements += f.effort
	d.Ordered = d.Ordered || c.Kind == crm.KindOrder
	if c.At.After(d.SetAt) {
		d.Manual = false // they came back: what a person set is about the past
	}
	if f.thanks {
		// Their own word that it is answered is better than any matching of
		// words; thanks before anybody answered says nothing.
		if !d.LastOut.IsZero() {
			r.dropAnswered(func(q crm.Question, _ pending) bool { return q.AskedAt.Before(d.LastOut) })
			d.Thanked, d.AskedThem = true, false
			r.stopWaiting(d.LastOut, false)
		}
		return
	}
	d.Thanked, d.AskedThem = false, false
	talked := c.Agent && c.spoken()
	if !talked || leftOpen(c) {
		r.ask(c)
	}
	if expectsAnswer(c, f) {
		d.Expects = true
	}
	if (d.Expects || len(d.Unanswered) > 0) && d.WaitingSince.IsZero() {
		d.WaitingSince = c.At
	}
	if talked {
		d.Spoken = later(d.Spoken, c.At)
	}
	if talked && saysAnswered(c) {
		r.dropAnswered(func(crm.Question, pending) bool { return true })
		r.stopWaiting(c.At, true)
		d.LastOut = later(d.LastOut, c.At)
	}
}

// folds reports whether a contact is part of the one before: a forwarded call,
// the next line of a chat. A talk goes on while either side speaks.
func (r *record) folds(c *Contact) bool {
	d := &r.Data
	if d.LastChannel != c.Channel || d.Contacts == 0 {
		return false
	}
	before := d.LastIn
	if c.Channel == crm.Chat || c.Channel == crm.Text || c.Channel == crm.Messenger {
		before = later(before, d.LastOut)
	}
	return c.At.Sub(before) < forwardedWithin
}

// answer takes what a person of the firm said.
func (r *record) answer(c *Contact, f *facts) {
	d := &r.Data
	d.Channels = withChannel(d.Channels, c.Channel)
	r.dropAnswered(func(q crm.Question, p pending) bool { return answers(c, f, q, p) })
	d.LastOut = later(d.LastOut, c.At)
	r.stopWaiting(c.At, true)
	d.Thanked, d.AskedThem = false, f.asks
	if c.At.After(d.SetAt) {
		d.Manual = false
	}
}

// stopWaiting ends the customer's wait unless a question is still open, which
// keeps it running since that question. responded: a person answered now.
func (r *record) stopWaiting(at time.Time, responded bool) {
	d := &r.Data
	d.Expects = false
	if d.WaitingSince.IsZero() {
		return
	}
	wait := max(int64(at.Sub(d.WaitingSince)/time.Second), 0)
	if responded && d.FirstResponse == 0 {
		d.FirstResponse = max(wait, 1)
	}
	if len(d.Unanswered) > 0 {
		return
	}
	d.Waited += wait
	d.LongestWait = max(d.LongestWait, wait)
	d.WaitingSince = time.Time{}
}

// expectsAnswer reports whether a contact of the customer asks us to do or say
// something. In a call or visit one of ours was there to answer; it expects more
// when the note says that it was left open.
func expectsAnswer(c *Contact, f *facts) bool {
	switch {
	case f.thanks || c.Kind == crm.KindOrder:
		return false
	case c.Kind == crm.KindReview || c.Kind == crm.KindPost:
		return f.asks
	case c.Agent && c.spoken():
		return leftOpen(c)
	}
	return true
}

// within sets the windows that a repeat after gap falls into. The gap is over
// zero: the same moment is the same contact.
func within(r crm.Repeat, gap time.Duration) crm.Repeat {
	if gap <= 0 {
		return r
	}
	r.Within7 = r.Within7 || gap <= time.Duration(repeatDays[0])*day
	r.Within14 = r.Within14 || gap <= time.Duration(repeatDays[1])*day
	r.Within30 = r.Within30 || gap <= time.Duration(repeatDays[2])*day
	return r
}

// smallestWindow is the column repeat_days: 7, 14, 30, or 0 for no repeat.
func smallestWindow(r crm.Repeat) int64 {
	for i, in := range [3]bool{r.Within7, r.Within14, r.Within30} {
		if in {
			return int64(repeatDays[i])
		}
	}
	return 0
}

func withChannel(list []crm.Channel, c crm.Channel) []crm.Channel {
	if slices.Contains(list, c) {
		return list
	}
	return append(list, c)
}

// title is the subject without its reply marks, else the first words.
func title(c *Contact) string {
	s := strings.TrimSpace(c.Subject)
	for {
		i := strings.IndexByte(s, ':')
		if i < 1 || i > 3 || !replyMark(strings.ToLower(s[:i])) {
			break
		}
		s = strings.TrimSpace(s[i+1:])
	}
	if s == "" {
		s = strings.TrimSpace(c.Text)
		if i := strings.IndexByte(s, '\n'); i > 0 {
			s = strings.TrimSpace(s[:i])
		}
	}
	return shorten(s, maxTitle)
}

func replyMark(s string) bool {
	return s == "re" || s == "aw" || s == "fw" || s == "fwd" || s == "wg" || s == "sv" || s == "antw" || s == "tr"
}

// shorten cuts at n bytes, at a word where there is one, and says so.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	s = s[:n]
	if i := strings.LastIndexByte(s, ' '); i > n/2 {
		s = s[:i]
	}
	return s + "…"
}
