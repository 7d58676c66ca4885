package demo

import (
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Colleague is a person of the firm who works at the desk.
type Colleague struct {
	Key, Name, Role string
	Functions       []string
	Teams           []string // names; the first one that Lead says is led
	Lead            bool
}

// Email is the colleague's address.
func (c Colleague) Email() string { return c.Key + "@" + Domain }

// You is the key of whoever opened the demo.
const You = "you"

// The teams.
const (
	CareTeam  = "Customer care"
	SalesTeam = "Sales"
)

// Colleagues are the three who have an account; others answered in the stories
// and have left their names in them.
var Colleagues = []Colleague{
	{Key: "priya", Name: "Priya Nair", Role: "lead", Functions: []string{"care"}, Teams: []string{CareTeam, SalesTeam}, Lead: true},
	{Key: "tom", Name: "Tom Becker", Role: "agent", Functions: []string{"care"}, Teams: []string{CareTeam}},
	{Key: "lotte", Name: "Lotte Visser", Role: "agent", Functions: []string{"sales", "care"}, Teams: []string{SalesTeam, CareTeam}},
}

// Box is an address or widget that customers of the firm write to.
type Box struct {
	Key, Name, Address, Team string
	Chat                     bool
}

// Boxes are the firm's inboxes.
var Boxes = []Box{
	{Key: "support", Name: "Support mail", Address: SupportAddress, Team: CareTeam},
	{Key: "sales", Name: "Sales mail", Address: "sales@" + Domain, Team: SalesTeam},
	{Key: "chat", Name: "Web chat", Address: "chat@" + Domain, Team: CareTeam, Chat: true},
}

// selling are the stories that sell something, by the beginning of their names:
// their mail goes to the sales address.
var selling = []string{"change-plan", "upgrade-phone", "family-add", "new-customer-question", "handset-question", "contract-end", "business-year"}

// BoxOf is the key of the inbox that a contact came through; "" for channels that
// have none.
func BoxOf(e *crm.Envelope) string {
	switch e.Source {
	case "chat":
		return "chat"
	case "mail:support":
		if slices.ContainsFunc(selling, func(s string) bool { return strings.HasPrefix(e.ExternalID, s) }) {
			return "sales"
		}
		return "support"
	}
	return ""
}

// Tags are the firm's tags and their colours.
var Tags = [][2]string{{"billing", "blue"}, {"network", "red"}, {"vip", "amber"}, {"follow-up", "green"}, {"delivery", "purple"}}

// Found is a conversation as the stories left it.
type Found struct {
	ID      crm.ID
	Status  string // todo, waiting, done
	Intent  string
	Channel crm.Channel
	Selling bool // it came through the sales address
	LastAt  time.Time
}

// Act is what a colleague did with conversations at a moment. Empty fields
// change nothing.
type Act struct {
	At       time.Time
	By       string // key of a colleague, or You
	IDs      []crm.ID
	Status   string
	Reason   string
	Assignee string // key
	Until    time.Time
	Priority string // high, urgent
	Tag      string
	Note     string
	Mentions []string // keys
	Draft    string
}

// live is how far back conversations are work still. What is older was closed by
// somebody, a day or two after the last word.
const live = 5 * 24 * time.Hour

// tagOf names the tag of an intent by a word in it.
var tagOf = [][2]string{{"invoice", "billing"}, {"bill", "billing"}, {"payment", "billing"}, {"refund", "billing"}, {"charge", "billing"}, {"outage", "network"},
	{"network", "network"}, {"internet", "network"}, {"connection", "network"}, {"slow", "network"}, {"deliver", "delivery"}, {"order", "delivery"}}

// notes are what colleagues tell each other beside a conversation.
var notes = []struct {
	by, text string
	mentions []string
}{
	{"priya", "Spoke to billing: the credit is approved, it shows on the next invoice. Please tell the customer, I am out from four.", []string{You}},
	{"tom", "Second contact about the same thing this week. Can you have a look at what the first answer missed?", []string{"priya", You}},
	{"lotte", "Wants a business offer for twelve lines. I have promised a call for Thursday morning.", nil},
	{"priya", "Network team says the mast is repaired. Ask for the postcode before closing this.", []string{"tom"}},
	{"tom", "I have the parcel number: it is at the depot and goes out again tomorrow.", []string{You}},
	{"lotte", "Careful: address on file and address in the mail differ. Verify before sending anything there.", nil},
}

// Work is what the colleagues did, in order of time. It depends on the
// conversations and on now's hour only.
func Work(now time.Time, found []Found) []Act {
	found = slices.Clone(found)
	slices.SortFunc(found, func(a, b Found) int {
		if c := b.LastAt.Compare(a.LastAt); c != 0 {
			return c
		}
		return a.ID.Compare(b.ID)
	})
	var acts []Act
	var open []Found
	closing := map[time.Time]map[string][]crm.ID{}
	for _, f := range found {
		if f.Status == "done" {
			continue
		}
		if now.Sub(f.LastAt) < live {
			open = append(open, f)
			continue
		}
		day := f.LastAt.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1+int(f.ID[6]%2)).Add(15*time.Hour + 20*time.Minute)
		if closing[day] == nil {
			closing[day] = map[string][]crm.ID{}
		}
		by := handler(f)
		closing[day][by] = append(closing[day][by], f.ID)
	}
	for day, people := range closing {
		for by, ids := range people {
			acts = append(acts, Act{At: day, By: by, IDs: ids, Status: "done", Assignee: by})
		}
	}
	acts = append(acts, fresh(now, open)...)
	slices.SortStableFunc(acts, func(a, b Act) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.By, b.By)
	})
	return acts
}

// handler is who works on a conversation.
func handler(f Found) string {
	if f.Selling {
		return "lotte"
	}
	return []string{"priya", "tom", "tom", You, "lotte"}[int(f.ID[7])%5]
}

// fresh is what happened to the conversations of the last days, the newest first.
func fresh(now time.Time, open []Found) []Act {
	var acts []Act
	snoozed, written, kept := 0, 0, 0
	for n, f := range open {
		ids, by := []crm.ID{f.ID}, handler(f)
		at := later(f.LastAt.Add(20*time.Minute), now)
		if n%3 != 0 { // the others wait for somebody to take them
			acts = append(acts, Act{At: at, By: by, IDs: ids, Assignee: by})
		}
		for _, t := range tagOf {
			if strings.Contains(f.Intent, t[0]) {
				acts = append(acts, Act{At: at, By: by, IDs: ids, Tag: t[1]})
				break
			}
		}
		after := later(at.Add(10*time.Minute), now)
		switch {
		case strings.Contains(f.Intent, "cancel") || strings.Contains(f.Intent, "complaint"):
			acts = append(acts, Act{At: after, By: "priya", IDs: ids, Priority: "high"})
		case f.Status == "waiting" && n%4 == 1:
			acts = append(acts, Act{At: after, By: by, IDs: ids, Status: "done"})
		case f.Status == "waiting" && n%4 == 3 && snoozed < 6:
			snoozed++
			acts = append(acts, Act{At: after, By: by, IDs: ids, Until: now.Truncate(time.Hour).Add(time.Duration(3+21*snoozed) * time.Hour)})
		case f.Channel == crm.Review && n%2 == 0, f.Channel == crm.Community:
			acts = append(acts, Act{At: after, By: "tom", IDs: ids, Status: "ignored"})
		case f.Status == "todo" && n%9 == 4:
			acts = append(acts, Act{At: after, By: by, IDs: ids, Reason: "investigating"})
		case f.Status == "todo" && n%17 == 8:
			acts = append(acts, Act{At: after, By: by, IDs: ids, Reason: "loop", Tag: "follow-up"})
		}
		if f.Status == "todo" && f.Channel == crm.Mail && n%3 != 0 && written < len(notes) {
			w := notes[written]
			written++
			acts = append(acts, Act{At: later(after.Add(5*time.Minute), now), By: w.by, IDs: ids, Note: w.text, Mentions: w.mentions})
		} else if f.Status == "todo" && f.Channel == crm.Mail && kept < 2 {
			kept++
			acts = append(acts, Act{At: later(after.Add(7*time.Minute), now), By: "tom", IDs: ids,
				Draft: "<p>Hello,</p><p>thank you for writing. I have checked your contract and"})
		}
	}
	return acts
}

// later is at, but never after now.
func later(at, now time.Time) time.Time {
	if at.After(now) {
		return now
	}
	return at
}
