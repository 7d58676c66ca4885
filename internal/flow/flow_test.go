package flow_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// bench is what a test of the flow needs.
type bench struct {
	*testing.T
	db  *store.DB
	e   *flow.Engine
	now time.Time
}

func setup(t *testing.T, db *store.DB) *bench {
	t.Helper()
	return setupWith(t, db, flow.Options{})
}

func setupWith(t *testing.T, db *store.DB, o flow.Options) *bench {
	t.Helper()
	reader, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, db: db, now: monday.Add(7 * 24 * time.Hour)}
	o.Clock, o.Reader, o.Region = func() time.Time { return b.now }, reader, "NL"
	o.Desk = newDesk(t, db, o.Clock)
	b.e, err = flow.New(db, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.e.Close)
	return b
}

// newDesk is a desk without inboxes.
func newDesk(t testing.TB, db *store.DB, clock crm.Clock) *desk.Service {
	t.Helper()
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return desk.New(db, clock, inboxes.New(db, clock, keys))
}

func (b *bench) submit(items ...crm.Item) []flow.Result {
	b.Helper()
	for i := range items {
		if items[i].Raw == nil {
			items[i].Raw, items[i].RawType = []byte("{}"), "application/json"
		}
	}
	res, err := b.e.Submit(context.Background(), items)
	if err != nil {
		b.Fatal(err)
	}
	return res
}

func p(role crm.Role, kind crm.IdentifierKind, value, name string, verified bool) crm.Participant {
	return crm.Participant{Role: role, Kind: kind, Value: value, Name: name, Verified: verified}
}

func order(id string, at time.Time) crm.Item {
	return crm.Item{MayVerify: true, Envelope: crm.Envelope{Source: "shop", ExternalID: id, Channel: crm.Web, Kind: crm.KindOrder, Direction: crm.In,
		OccurredAt: at, Text: "Added Text Plan M (€ 7.50 a month), order HM-20481",
		Participants: []crm.Participant{p(crm.From, crm.UserID, "u-1", "Jan Meijer", true), p(crm.From, crm.Email, "Jan@Postvak.example", "Jan Meijer", true),
			p(crm.From, crm.PhoneNumber, "06 1234 5678", "Jan Meijer", true)}}}
}

func mail(id string, at time.Time, from, subject, text, replyTo string) crm.Item {
	return crm.Item{Envelope: crm.Envelope{Source: "mail:support", ExternalID: id, Channel: crm.Mail, Direction: crm.In, OccurredAt: at, Subject: subject, Text: text,
		Participants: []crm.Participant{p(crm.From, crm.Email, from, "", false)}, Thread: crm.Thread{MessageID: id, InReplyTo: replyTo}}}
}

func TestJanIsOneCustomerWithOneJourney(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		confirm := crm.Item{Envelope: crm.Envelope{Source: "mail:support", ExternalID: "c@hm", Channel: crm.Mail, Direction: crm.Out, Automatic: true,
			OccurredAt: monday.Add(time.Minute), Subject: "Your order HM-20481 is confirmed", Text: "Thank you for your order HM-20481: Text Plan M.",
			Participants: []crm.Participant{p(crm.To, crm.Email, "jan@postvak.example", "", false)}, Thread: crm.Thread{MessageID: "c@hm"}}}
		reply := mail("r@jan", monday.Add(21*time.Minute), "jan@postvak.example", "Re: Your order HM-20481 is confirmed", "Thanks! When does it start?", "c@hm")
		call := crm.Item{Envelope: crm.Envelope{Source: "phone", ExternalID: "call-1", Channel: crm.Phone, Kind: crm.KindCall, Direction: crm.In,
			OccurredAt: monday.Add(3 * 24 * time.Hour), Text: "Caller asks when her text plan starts. She mailed on Monday and nobody answered.",
			Participants: []crm.Participant{p(crm.From, crm.PhoneNumber, "+31612345678", "", false)}}}
		stranger := mail("s@x", monday.Add(4*24*time.Hour), "someone@else.example", "Re: Your order", "Please send me the details.", "c@hm")

		res := b.submit(order("o-1", monday), confirm, reply, call, stranger)
		for i, r := range res[:4] {
			if r.Status != flow.StatusNew || r.CustomerID != res[0].CustomerID || r.JourneyID != res[0].JourneyID || r.JourneyID.IsZero() {
				t.Errorf("contact %d: %+v, want the customer and journey of the order", i, r)
			}
		}
		if res[2].ConversationID != res[1].ConversationID {
			t.Error("the reply must be in the conversation of the mail that it answers")
		}
		if res[4].CustomerID == res[0].CustomerID || res[4].ConversationID == res[1].ConversationID || res[4].JourneyID == res[0].JourneyID {
			t.Errorf("a stranger who knows a Message-ID must not join: %+v", res[4])
		}
		again := b.submit(reply, reply)
		for _, r := range again {
			if r.Status != flow.StatusRepeated || r.ID != res[2].ID || r.JourneyID != res[2].JourneyID || r.ConversationID != res[2].ConversationID ||
				r.CustomerID != res[2].CustomerID || r.Reading == nil {
				t.Errorf("a repeat must answer with the first result: %+v", r)
			}
		}
	})
}

func TestABadItemFailsAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		bad := mail("b", monday, "a@b.example", "", "x", "")
		bad.Envelope.Channel = "pigeon"
		kept := bad
		kept.Keep = true
		kept.Envelope.ExternalID = "kept"
		broken := crm.Item{Problem: "It has no header.", Raw: []byte{0xff, 0x00}, RawType: "message/rfc822", Envelope: crm.Envelope{Source: "mail:x"}}
		res := b.submit(mail("a", monday, "a@b.example", "", "Hello", ""), bad, kept, broken, mail("c", monday, "", "", "No sender", ""))
		want := []flow.Status{flow.StatusNew, flow.StatusRefused, flow.StatusQuarantined, flow.StatusQuarantined, flow.StatusNew}
		for i, r := range res {
			if r.Status != want[i] {
				t.Errorf("item %d: %s (%v), want %s", i, r.Status, r.Problem, want[i])
			}
		}
		if res[1].Problem == nil || res[1].Problem.Pointer != "/channel" {
			t.Errorf("the refusal must say where: %v", res[1].Problem)
		}
	})
}

func TestAFullQueueAnswersBusy(t *testing.T) {
	t.Parallel()
	reader, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	e, err := flow.New(storetest.SQLite(t), flow.Options{Reader: reader, QueueItems: 10})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	const senders = 40
	errs := make(chan error, senders)
	for s := range senders {
		go func() {
			var items []crm.Item
			for i := range 8 {
				items = append(items, mail(fmt.Sprintf("%d-%d", s, i), monday, "a@b.example", "", "Hello there", ""))
			}
			_, err := e.Submit(context.Background(), items)
			errs <- err
		}()
	}
	taken, busy := 0, 0
	for range senders {
		switch err := <-errs; {
		case err == nil:
			taken++
		case crm.CodeOf(err) == crm.Busy:
			busy++
		default:
			t.Error(err)
		}
	}
	if taken == 0 || busy == 0 {
		t.Errorf("%d taken, %d busy: want some of each", taken, busy)
	}
}
