package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// start is when the people of the tests begin to write: so lately that what they
// ask is still open.
var start = time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, -10)

// crowd makes contacts of people who write, call, chat and order, so that their
// profiles are found apart and joined later, threads go on, and several of a
// batch concern one customer. The same crowd says the same again.
type crowd struct {
	name   string // of the source, and in every identifier
	people int
	r      *rand.Rand
	n      int            // contacts so far
	first  int            // number of the first, so that two crowds of one name differ
	last   map[int]string // the newest mail of a person
}

func newCrowd(name string, people int, seed uint64) *crowd {
	return &crowd{name: name, people: people, r: rand.New(rand.NewPCG(seed, 7)), last: map[int]string{}}
}

var asks = []string{
	"When does my new plan start? I ordered it last week and heard nothing.",
	"My invoice shows EUR 12.50 too much. Can you correct it?",
	"The internet is down again, this is the third time I write about it.",
	"Please send me the return label for order A-10%03d.",
	"How can I change my address? We move on 1 May.",
	"Thank you, that solved it.",
	"I want to cancel my contract if nobody answers.",
}

// next is one more contact.
func (c *crowd) next() crm.Envelope {
	who, n := c.r.IntN(c.people), c.n
	c.n++
	id := fmt.Sprintf("%s-%d", c.name, c.first+n)
	user := crm.Participant{Role: crm.From, Kind: crm.UserID, Value: fmt.Sprintf("%s-u%d", c.name, who), Verified: true, Method: "account"}
	mail := crm.Participant{Role: crm.From, Kind: crm.Email, Value: fmt.Sprintf("p%d@%s.example", who, c.name), Name: fmt.Sprintf("Person Number%d", who)}
	phone := crm.Participant{Role: crm.From, Kind: crm.PhoneNumber, Value: c.phone(who)}
	text := asks[c.r.IntN(len(asks))]
	if strings.Contains(text, "%") {
		text = fmt.Sprintf(text, who)
	}
	e := crm.Envelope{Source: c.name, ExternalID: id, Direction: crm.In, OccurredAt: start.Add(time.Duration(n) * 41 * time.Second), Text: text}
	switch kind := c.r.IntN(10); {
	case kind < 3: // a mail, often a reply
		e.Channel, e.Kind, e.Subject, e.Participants = crm.Mail, crm.KindMessage, "A question", []crm.Participant{mail}
		e.Thread = crm.Thread{MessageID: id + "@" + c.name + ".example", InReplyTo: c.last[who]}
		c.last[who] = e.Thread.MessageID
	case kind < 4: // the answer
		mail.Role = crm.To
		e.Channel, e.Kind, e.Direction, e.Subject, e.Participants = crm.Mail, crm.KindMessage, crm.Out, "Re: A question", []crm.Participant{mail}
		e.Text = "Your plan starts on Monday."
		e.Thread = crm.Thread{MessageID: id + "@firm.example", InReplyTo: c.last[who]}
	case kind < 6: // a call, which knows the number only
		e.Channel, e.Kind, e.Participants = crm.Phone, crm.KindCall, []crm.Participant{phone}
	case kind < 7: // a chat in the account
		e.Channel, e.Kind, e.Participants = crm.Chat, crm.KindMessage, []crm.Participant{user}
	case kind < 9: // an order, which proves that account, mail and phone are one
		mail.Verified, phone.Verified = true, c.r.IntN(2) == 0
		e.Channel, e.Kind, e.Participants = crm.Web, crm.KindOrder, []crm.Participant{user, mail, phone}
		e.Text = fmt.Sprintf("Order A-10%03d: Text Plan M, EUR 7.50 a month", who)
	default: // a page seen on a device
		e.Channel, e.Kind, e.Text = crm.Web, crm.KindEvent, "Viewed Prices"
		e.Participants = []crm.Participant{{Role: crm.From, Kind: crm.AnonymousID, Value: fmt.Sprintf("%s-device-%d", c.name, who)}}
	}
	return e
}

// phone is a number from the disused Dutch pager range; crowds don't share any.
func (c *crowd) phone(who int) string {
	sum := 0
	for _, b := range []byte(c.name) {
		sum = (sum*31 + int(b)) % 900
	}
	return fmt.Sprintf("+3166%03d%04d", sum, who)
}

func (c *crowd) take(n int) []crm.Envelope {
	list := make([]crm.Envelope, n)
	for i := range list {
		list[i] = c.next()
	}
	return list
}

// ndjson writes a file of n contacts; one in fifty comes twice.
func (c *crowd) ndjson(t testing.TB, n int) string {
	t.Helper()
	var b strings.Builder
	var before []byte
	for _, e := range c.take(n) {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
		if c.r.IntN(50) == 0 && before != nil {
			b.Write(append(before, '\n'))
		}
		before = line
	}
	return written(t, "contacts.ndjson", b.String())
}

// mbox writes a mailbox of n mails in threads.
func (c *crowd) mbox(t testing.TB, n int) string {
	t.Helper()
	var b strings.Builder
	for i := range n {
		b.WriteString(c.mail(i, start.Add(time.Duration(i)*41*time.Second)))
	}
	return written(t, "box.mbox", b.String())
}

// mail is one entry of a mailbox.
func (c *crowd) mail(i int, at time.Time) string {
	who := c.r.IntN(c.people)
	from := fmt.Sprintf("p%d@%s.example", who, c.name)
	id := fmt.Sprintf("<m%d@%s.example>", i, c.name)
	refs := ""
	if last := c.last[who]; last != "" {
		refs = "In-Reply-To: " + last + "\nReferences: " + last + "\n"
	}
	c.last[who] = id
	return fmt.Sprintf("From %s %s\nFrom: Person Number%d <%s>\nTo: help@firm.example\nSubject: A question\nDate: %s\nMessage-ID: %s\n%s"+
		"Content-Type: text/plain; charset=utf-8\n\n%s\n\n> Quoted line of before\n\n",
		from, at.Format(time.ANSIC), who, from, at.Format(time.RFC1123Z), id, refs, strings.ReplaceAll(asks[c.r.IntN(len(asks))], "%03d", "555"))
}

func written(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
