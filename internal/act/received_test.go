package act_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// bench is a program without its network.
type bench struct {
	*testing.T
	ctx      context.Context
	db       *store.DB
	now      time.Time
	boxes    *inboxes.Service
	inbox    *inboxes.Inbox
	out      *act.Outbox
	received *act.Receiver
	engine   *flow.Engine
	jobs     *jobs.Runner
	alerts   []string
	mails    []*act.Row // that were sent
	fail     error      // of the next sending

	preparing crm.ID // what is being sent
	contact   crm.ID // that it has become
	showAt    string // the moment at which its reader's program shows it
}

func setup(t *testing.T, db *store.DB) *bench {
	b := &bench{T: t, ctx: context.Background(), db: db, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	keys, err := inboxes.ParseKeys(strings.Repeat("cd", 32))
	if err != nil {
		t.Fatal(err)
	}
	b.boxes = inboxes.New(db, clock, keys)
	in := inboxes.Inbox{Name: "Support", Kind: inboxes.Mail, Address: "support@halden.example", State: inboxes.Active}
	in.Settings.SMTP.Host, in.Settings.AutoAnswer.On = "mx.halden.example", true
	if b.inbox, err = b.boxes.Create(b.ctx, in, inboxes.Secrets{}, nil); err != nil {
		t.Fatal(err)
	}
	b.out = act.New(db, clock)
	b.received = &act.Receiver{Outbox: b.out, Inboxes: b.boxes, Own: func(a string) bool { return strings.HasSuffix(a, "@halden.example") }}
	reader, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	if b.engine, err = flow.New(db, flow.Options{Clock: clock, Reader: reader, Desk: desk.New(db, clock, b.boxes), Act: b.received}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.engine.Close)
	b.jobs = jobs.New(db, clock, slog.New(slog.DiscardHandler))
	b.received.Register(b.jobs, func(_ context.Context, _ crm.ID, words string) error { b.alerts = append(b.alerts, words); return nil })
	sender := &act.Sender{Outbox: b.out, Transports: map[string]act.Transport{"mail": b}, Submit: func(ctx context.Context, item crm.Item) (crm.ID, error) {
		r, err := b.engine.Submit(ctx, []crm.Item{item})
		if err != nil {
			return crm.ID{}, err
		}
		b.contact = r[0].ID
		b.shown("submitted")
		return r[0].ID, nil
	}}
	b.jobs.Register(act.SendJob, jobs.Options{Attempts: 3}, sender.Handle)
	return b
}

// Prepare and Send stand for the mail server: they are the other end.
func (b *bench) Prepare(_ context.Context, r *act.Row, c *act.Content) (crm.Item, error) {
	b.preparing = r.ID
	return crm.Item{Raw: []byte("x"), RawType: "text/plain", Place: &crm.Place{Profile: r.ProfileID, Conversation: r.ConversationID},
		Envelope: crm.Envelope{Source: b.inbox.Source, ExternalID: r.MessageID, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.Out, Text: c.Text,
			OccurredAt: crm.FromMicros(r.SendAt), Automatic: r.Kind == act.Auto, Thread: crm.Thread{MessageID: r.MessageID}}}, nil
}

func (b *bench) Send(_ context.Context, r *act.Row, _ *act.Content, _ *crm.Item, commit func() error) (string, error) {
	if err := commit(); err != nil {
		return "", err
	}
	b.mails = append(b.mails, r)
	b.shown("committed")
	return "ok", b.fail
}

// shown is the reader's program that shows what is just being sent, at the moment
// of a test.
func (b *bench) shown(moment string) {
	b.Helper()
	if moment != b.showAt {
		return
	}
	if err := b.out.Seen(b.ctx, b.preparing, b.contact); err != nil {
		b.Error(err)
	}
	// Were the program killed now, nobody would come back to it.
	if row, err := b.out.Get(b.ctx, b.preparing); err != nil || row.State != act.Delivered || row.InteractionID != b.contact {
		b.Errorf("shown when it was %s: %s, contact %s, %v", moment, row.State, row.InteractionID, err)
	}
}

func (b *bench) work() {
	b.Helper()
	if _, err := b.jobs.RunDue(b.ctx); err != nil {
		b.Fatal(err)
	}
}

// mail takes a mail in and does what it calls for.
func (b *bench) mail(id, from string, change func(*crm.Item)) flow.Result {
	b.Helper()
	b.now = b.now.Add(time.Second)
	item := crm.Item{Raw: []byte("From: " + from + "\r\n\r\nHello\r\n"), RawType: "message/rfc822", Envelope: crm.Envelope{Source: b.inbox.Source, ExternalID: id, Channel: crm.Mail,
		Kind: crm.KindMessage, Direction: crm.In, OccurredAt: b.now, Subject: "Question " + id, Text: "Hello", Thread: crm.Thread{MessageID: id},
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: from}}}}
	if change != nil {
		change(&item)
	}
	r, err := b.engine.Submit(b.ctx, []crm.Item{item})
	if err != nil || r[0].Problem != nil {
		b.Fatal(err, r)
	}
	b.work()
	return r[0]
}

func (b *bench) queue(r flow.Result, to string) *act.Row {
	b.Helper()
	var row act.Row
	err := b.db.InTx(b.ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(b.ctx, map[int64]int64{r.ConversationID.RowBucket(): 1})
		if err != nil {
			return err
		}
		row, _, err = act.Queue(b.ctx, tx, b.now, act.Message{ConversationID: r.ConversationID, ProfileID: r.ProfileID, InboxID: b.inbox.ID, Channel: crm.Mail, Kind: act.Reply,
			MessageID: b.boxes.MessageIDs(b.inbox), Content: act.Content{To: []string{to}, Text: "An answer"}}, next(r.ConversationID.RowBucket()))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return &row
}

func (b *bench) state(id crm.ID) string {
	b.Helper()
	r, err := b.out.Get(b.ctx, id)
	if err != nil {
		b.Fatal(err)
	}
	return r.State
}

func TestWhoIsAnsweredAutomatically(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		trait := func(name, value string) func(*crm.Item) {
			return func(i *crm.Item) { i.Envelope.Traits = map[string]json.RawMessage{name: json.RawMessage(value)} }
		}
		for name, c := range map[string]struct {
			from   string
			change func(*crm.Item)
		}{
			"automatic":       {"robot@a.example", func(i *crm.Item) { i.Envelope.Automatic = true }},
			"no-reply":        {"No-Reply@a.example", nil},
			"a daemon":        {"mailer-daemon@a.example", nil},
			"a list's owner":  {"owner-list@a.example", nil},
			"ourselves":       {"sales@halden.example", nil},
			"a forged sender": {"jan@a.example", trait("mail.auth", `"fail"`)},
			"two senders":     {"jan@b.example", trait("mail.from_ambiguous", `true`)},
			"an archive":      {"jan@c.example", func(i *crm.Item) { i.Silent = true }},
			"spam":            {"jan@d.example", func(i *crm.Item) { i.Raw = []byte("X-Spam-Flag: YES\r\n\r\nx") }},
		} {
			if b.mail(name, c.from, c.change); len(b.mails) != 0 {
				t.Fatalf("%s was answered", name)
			}
		}
		b.mail("1@postvak.example", "jan@postvak.example", nil)
		b.mail("2@postvak.example", "Jan@postvak.example", nil)
		if len(b.mails) != 1 || b.mails[0].Kind != act.Auto {
			t.Fatalf("%d answers, want one a day", len(b.mails))
		}
		c, _ := act.ContentOf(b.mails[0])
		if c.Headers["Auto-Submitted"] != "auto-replied" || c.Headers["X-Rapport-Loop"] == "" || c.InReplyTo != "1@postvak.example" || len(c.References) != 1 {
			t.Errorf("%+v", c)
		}
		b.now = b.now.Add(25 * time.Hour)
		if b.mail("3@postvak.example", "jan@postvak.example", nil); len(b.mails) != 2 {
			t.Error("a day later it is answered again")
		}
	})
}

// A machine that hides that it is one is stopped by number.
func TestALoopIsMuted(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	b.mail("0", "robot@a.example", nil)
	for i := range 8 {
		b.mail(string(rune('1'+i)), "robot@a.example", func(x *crm.Item) { x.Envelope.Automatic, x.Envelope.Thread.InReplyTo = true, "0" })
	}
	if len(b.alerts) != 1 || !strings.Contains(b.alerts[0], "automatic answers are off") {
		t.Errorf("alerts: %v", b.alerts)
	}
}

func TestReportsSettleMessages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		q := b.mail("q", "jan@postvak.example", nil)
		b.mails = nil

		// The connection broke at the end: nobody knows, and nothing is sent again.
		b.fail = context.DeadlineExceeded
		lost := b.queue(q, "jan@postvak.example")
		b.work()
		b.now = b.now.Add(48 * time.Hour)
		if b.work(); b.state(lost.ID) != act.Unknown || len(b.mails) != 1 {
			t.Fatalf("it is %s after %d mails", b.state(lost.ID), len(b.mails))
		}
		// Who answers it has it.
		b.mail("r", "jan@postvak.example", func(i *crm.Item) { i.Envelope.Thread.InReplyTo = lost.MessageID })
		if b.state(lost.ID) != act.Sent {
			t.Errorf("after an answer it is %s", b.state(lost.ID))
		}

		b.fail = nil
		sent := b.queue(q, "jan@postvak.example")
		b.work()
		report := func(id, status string) func(*crm.Item) {
			return func(i *crm.Item) {
				i.Raw = []byte("Return-Path: <>\r\nFrom: MAILER-DAEMON@a.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n" +
					"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; jan@postvak.example\r\nAction: failed\r\nStatus: " + status + "\r\n\r\n--b\r\n\r\nMessage-ID: <" + id + ">\r\n")
				i.Envelope.Automatic = true
				if b.received.Attribute(b.ctx, i) != (id == sent.MessageID) {
					t.Errorf("attributing a report about %s", id)
				}
			}
		}
		forged := strings.Replace(sent.MessageID, ".", ".a", 1)
		b.mail("forged", "mailer-daemon@a.example", report(forged[:len(sent.MessageID)], "5.1.1"))
		if b.state(sent.ID) != act.Sent {
			t.Error("a forged report counted")
		}
		r := b.mail("later", "mailer-daemon@a.example", report(sent.MessageID, "4.4.1"))
		if b.state(sent.ID) != act.Sent || r.ConversationID != q.ConversationID {
			t.Errorf("after a temporary report it is %s, in %v", b.state(sent.ID), r.ConversationID)
		}
		r = b.mail("gone", "mailer-daemon@a.example", report(sent.MessageID, "5.1.1"))
		if b.state(sent.ID) != act.Bounced || r.ConversationID != q.ConversationID || r.CustomerID != q.CustomerID {
			t.Errorf("it is %s", b.state(sent.ID))
		}
		list, err := b.out.Suppressions(b.ctx, 10)
		if err != nil || len(list) != 1 || list[0].Address != "jan@postvak.example" || list[0].Kind != act.AllMail {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// Attack 17: five thousand mails in the name of somebody who wrote none bring that
// mailbox one answer, also under tags of its address, and others are served as
// before.
// A chat shows a message as soon as it is a contact: who looks at it just then has
// seen it, whatever the sender is about to note.
func TestSeenWhileItIsSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		q := b.mail("q", "jan@postvak.example", nil)
		for _, b.showAt = range []string{"submitted", "committed"} {
			b.mails = nil
			sent := b.queue(q, "jan@postvak.example")
			b.work()
			row, err := b.out.Get(b.ctx, sent.ID)
			if err != nil {
				t.Fatal(err)
			}
			if row.State != act.Delivered || row.InteractionID != b.contact || row.Attempts != 1 || len(b.mails) != 1 {
				t.Errorf("shown when it was %s: %s, contact %s, %d attempts, %d mails", b.showAt, row.State, row.InteractionID, row.Attempts, len(b.mails))
			}
		}
	})
}

func TestAMailBombGetsOneAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	bombs, batch := 5000, 500
	if testing.Short() {
		bombs = batch
	}
	for first := 0; first < bombs; first += batch {
		items := make([]crm.Item, batch)
		for i := range items {
			n := first + i
			from := "victim@elsewhere.example"
			if n%2 == 1 {
				from = fmt.Sprintf("Victim+%d@elsewhere.example", n)
			}
			items[i] = crm.Item{Raw: []byte("From: " + from + "\r\n\r\nHello\r\n"), RawType: "message/rfc822", Envelope: crm.Envelope{Source: b.inbox.Source,
				ExternalID: fmt.Sprintf("bomb-%d", n), Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: b.now, Subject: fmt.Sprintf("Request %d", n),
				Text: "Hello", Thread: crm.Thread{MessageID: fmt.Sprintf("bomb-%d", n)}, Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: from}}}}
		}
		results, err := b.engine.Submit(b.ctx, items)
		if err != nil || slices.ContainsFunc(results, func(r flow.Result) bool { return r.Problem != nil || r.ConversationID.IsZero() }) {
			t.Fatal(err, "a mail was lost")
		}
	}
	b.work()
	if len(b.mails) != 1 {
		t.Fatalf("%d automatic answers to somebody who wrote nothing, want one", len(b.mails))
	}
	b.mail("jan", "jan@postvak.example", nil)
	if len(b.mails) != 2 {
		t.Errorf("%d mails left: an ordinary customer is not served", len(b.mails))
	}
}
