package journey

import (
	"fmt"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// why says in a sentence what tied a contact to a journey by its score: the
// strongest thing first, never a number.
func (l linker) why(c *Contact, f *facts, r *record, pointed bool) string {
	gap := span(apart(r, c.At))
	since := ", " + gap + " after " + whatBefore(r)
	if c.byPerson() {
		if r.stateAt(c.At).state == crm.WaitingForUs {
			return "Answers what they have been waiting for since " + date(r.Data.WaitingSince)
		}
		return "Follows up " + channelPhrase(c.Channel) + since
	}
	switch {
	case pointed && f.effort > 0:
		return "Says that they tried before" + since
	case f.intent != "" && r.means(f.intent):
		return "Asks about the same thing (" + intentWords(f.intent) + ") " + channelPhrase(c.Channel) + since
	case f.intent != "" && l.near(r, f.intent):
		return "Asks about something close to it (" + intentWords(f.intent) + ") " + channelPhrase(c.Channel) + since
	case sharesProduct(r, f):
		return "Is about the same product" + since
	case common(f.terms, r.Data.Terms) > 1:
		return "Uses the same words" + since
	case inConversation(r, c):
		return "Comes in the same conversation" + since
	}
	return "Comes " + gap + " after " + whatBefore(r)
}

// whatBefore names the last thing that happened in the journey.
func whatBefore(r *record) string {
	d := &r.Data
	switch {
	case d.LastIn.IsZero() && d.LastOut.IsZero():
		return "the last contact"
	case d.LastOut.After(d.LastIn):
		return "our answer"
	case d.Expects || len(d.Unanswered) > 0:
		return "their unanswered " + channelNoun(d.LastChannel)
	}
	return "their " + channelNoun(d.LastChannel)
}

// intentWords turns the name of an intent into words. Labels belong to the
// taxonomy, which this package does not know.
func intentWords(intent string) string { return strings.ReplaceAll(intent, "_", " ") }

// entityName turns kind=value into words.
func entityName(key string) string {
	kind, value, _ := strings.Cut(key, "=")
	return kind + " " + value
}

// span is a length of time for people.
func span(d time.Duration) string {
	count := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch {
	case d < time.Minute:
		return "moments"
	case d < 2*time.Hour:
		return count(int(d/time.Minute), "minute")
	case d < 2*day:
		return count(int(d/time.Hour), "hour")
	}
	return count(int((d+day/2)/day), "day")
}

func channelNoun(c crm.Channel) string {
	switch c {
	case crm.Mail, crm.Chat:
		return string(c)
	case crm.Phone:
		return "call"
	case crm.Text:
		return "text message"
	case crm.Messenger:
		return "message"
	case crm.Social, crm.Community:
		return "post"
	case crm.InPerson:
		return "visit"
	case crm.Web:
		return "contact on the web site"
	case crm.Review:
		return "review"
	}
	return "contact"
}

func channelPhrase(c crm.Channel) string {
	switch c {
	case crm.InPerson:
		return "in person"
	case crm.Web:
		return "on the web site"
	case crm.Chat, crm.Community, crm.Social, crm.Review:
		return "in a " + channelNoun(c)
	case crm.Messenger:
		return "by messenger"
	case crm.Text:
		return "by text message"
	case crm.API:
		return "through another system"
	}
	return "by " + string(c)
}
