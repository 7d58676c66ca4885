package app

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// postbox is a mail server that keeps what it gets.
type postbox struct {
	mu    sync.Mutex
	mails []string
	from  []string
	cut   bool // break the connection after the last byte instead of answering
}

func (p *postbox) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &posting{p}, nil }

type posting struct{ p *postbox }

func (s *posting) Mail(from string, _ *gosmtp.MailOptions) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.from = append(s.p.from, from)
	return nil
}
func (*posting) Rcpt(string, *gosmtp.RcptOptions) error { return nil }
func (*posting) Reset()                                 {}
func (*posting) Logout() error                          { return nil }
func (*posting) AuthMechanisms() []string               { return []string{sasl.Plain} }
func (*posting) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, _ string) error { return nil }), nil
}
func (s *posting) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.mails = append(s.p.mails, string(text))
	if s.p.cut {
		return errors.New("the server falls over")
	}
	return nil
}

// TestDigest mails what waits, once: not before it is time, not in quiet hours, not
// what was seen, not to whoever may not see it, and never a thing twice, also when
// the server breaks after the last byte.
func TestDigest(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	clock.Store(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC).UnixMicro())
	later := func(d time.Duration) { clock.Add(d.Microseconds()) }
	r := &runtime{Env: Env{Stdout: io.Discard, Stderr: io.Discard, Clock: func() time.Time { return time.UnixMicro(clock.Load()).UTC() }}}
	c := demoConfig(t.TempDir())
	c.BaseURL = "https://desk.halden.example"
	ctx := access.With(t.Context(), access.Operator())
	k, err := r.openCore(ctx, c, r.logger(c))
	if err != nil {
		t.Fatal(err)
	}
	box := &postbox{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := gosmtp.NewServer(box)
	server.Domain, server.AllowInsecureAuth = "mail.halden.example", true
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	port := l.Addr().(*net.TCPAddr).Port
	support, err := k.inboxes.Create(ctx, inboxes.Inbox{Name: "Support", Kind: inboxes.Mail, Address: "support@halden.example",
		Settings: inboxes.Settings{SMTP: inboxes.Server{Host: "127.0.0.1", Port: port, Security: "none"}}}, inboxes.Secrets{SMTPPassword: "secret"}, nil)
	must(err)
	hidden, err := k.inboxes.Create(ctx, inboxes.Inbox{Name: "HR", Kind: inboxes.Mail, Address: "hr@halden.example", Restricted: true}, inboxes.Secrets{}, nil)
	must(err)
	k.access.Changed()
	anna, err := k.access.CreateUser(ctx, access.NewUser{Email: "anna@halden.example", Name: "Anna", Role: access.Agent, Password: "correct horse battery staple"})
	must(err)
	choose := func(change func(*access.Notifications)) {
		t.Helper()
		_, err := k.access.SetPersonal(ctx, anna.ID, func(p *access.Personal) { p.TimeZone = "Europe/Amsterdam"; p.Language = "en"; change(&p.Notifications) })
		must(err)
	}
	n := 0
	concern := func(inbox *inboxes.Inbox, subject string) crm.ID {
		t.Helper()
		n++
		id, err := k.submitOne(ctx, crm.Item{Raw: []byte("{}"), RawType: "application/json", Envelope: crm.Envelope{Source: inbox.Source, ExternalID: subject, Channel: crm.Mail,
			Kind: crm.KindMessage, Direction: crm.In, OccurredAt: r.Clock(), Subject: subject, Text: "Hello, why is that?",
			Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "jan" + subject[:1] + "@postvak.example", Name: "Jan\r\nMeijer"}}}})
		must(err)
		x, err := k.db.Read().CasesOfBucket(ctx, id.RowBucket())
		must(err)
		for _, one := range x {
			row, err := k.desk.Get(ctx, one.ConversationID)
			must(err)
			if row.Subject == subject {
				_, err = k.desk.Change(ctx, desk.Change{IDs: []crm.ID{row.ConversationID}, Set: desk.Set{AssigneeID: &anna.ID}, By: "Olga"})
				must(err)
				return row.ConversationID
			}
		}
		t.Fatal("no case")
		return crm.ID{}
	}
	mailed := func() []string {
		t.Helper()
		must(k.digests.look(ctx))
		for {
			done, err := k.jobs.RunDue(ctx)
			must(err)
			if done == 0 {
				break
			}
		}
		box.mu.Lock()
		defer box.mu.Unlock()
		out := box.mails
		box.mails = nil
		return out
	}

	concern(support, "A bill")
	later(2 * time.Hour)
	if m := mailed(); len(m) != 0 {
		t.Errorf("mail is off, and she gets %q", m)
	}
	choose(func(n *access.Notifications) { n.Mail = "away" })
	concern(support, "B parcel")
	concern(hidden, "C secret")
	later(2 * time.Minute)
	m := mailed()
	if len(m) != 1 || strings.Count(m[0], "assigned to you") < 2 || !strings.Contains(m[0], "A bill") || !strings.Contains(m[0], "B parcel") || strings.Contains(m[0], "C secret") ||
		!strings.Contains(m[0], "Auto-Submitted: auto-generated") || !strings.Contains(m[0], "List-Unsubscribe: <https://desk.halden.example/settings/notifications>") ||
		!strings.Contains(m[0], "To: <anna@halden.example>") || !strings.Contains(m[0], "2 conversations wait for you") || !strings.Contains(m[0], "Jan Meijer: A bill") || box.from[0] != "" {
		t.Errorf("one mail of all that she may see: from %q, %q", box.from, m)
	}
	later(time.Hour)
	if m := mailed(); len(m) != 0 {
		t.Errorf("mailed again: %q", m)
	}
	// What she has seen is not mailed.
	d := concern(support, "D seen")
	must(k.desk.ReadNotification(ctx, d, anna.ID, true))
	later(time.Hour)
	if m := mailed(); len(m) != 0 {
		t.Errorf("what she has seen: %q", m)
	}
	// Quiet hours, over midnight, in her time zone (two hours before UTC).
	choose(func(n *access.Notifications) { n.Quiet = access.QuietHours{From: "18:00", To: "07:30"} })
	clock.Store(time.Date(2026, 5, 4, 16, 30, 0, 0, time.UTC).UnixMicro())
	concern(support, "E quiet")
	later(5 * time.Minute)
	if m := mailed(); len(m) != 0 {
		t.Errorf("in quiet hours: %q", m)
	}
	clock.Store(time.Date(2026, 5, 5, 5, 31, 0, 0, time.UTC).UnixMicro())
	if m := mailed(); len(m) != 1 || !strings.Contains(m[0], "E quiet") {
		t.Errorf("after quiet hours: %q", m)
	}
	// The server took it and broke: it may have arrived, so it is not sent again.
	box.cut = true
	concern(support, "F broken")
	later(5 * time.Minute)
	if m := mailed(); len(m) != 1 {
		t.Errorf("%d tries", len(m))
	}
	box.cut = false
	later(time.Hour)
	if m := mailed(); len(m) != 0 {
		t.Errorf("sent twice: %q", m)
	}
	// A kind that she wants no mail of.
	choose(func(n *access.Notifications) { n.Kinds = map[string]access.Ways{"assigned": {Console: true}} })
	concern(support, "G unwanted")
	later(time.Hour)
	if m := mailed(); len(m) != 0 {
		t.Errorf("unwanted: %q", m)
	}
}

func TestDigestDue(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time {
		v, err := time.Parse("2006-01-02 15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, x := range []struct {
		mode, first, used, now string
		want                   bool
	}{
		{"away", "2026-05-04 12:00", "2026-05-04 11:00", "2026-05-04 12:02", true},
		{"away", "2026-05-04 12:00", "2026-05-04 12:00", "2026-05-04 12:02", false}, // she is there
		{"away", "2026-05-04 12:02", "2026-05-04 11:00", "2026-05-04 12:02", false}, // more may come
		{"hourly", "2026-05-04 12:10", "2026-05-04 12:10", "2026-05-04 12:59", false},
		{"hourly", "2026-05-04 12:10", "2026-05-04 12:10", "2026-05-04 13:00", true},
		{"daily", "2026-05-04 12:10", "2026-05-04 12:10", "2026-05-05 05:59", false}, // 07:59 in Amsterdam
		{"daily", "2026-05-04 12:10", "2026-05-04 12:10", "2026-05-05 06:00", true},
		{"daily", "2026-05-05 06:10", "2026-05-04 12:10", "2026-05-05 20:00", false},
		{"off", "2026-05-01 12:10", "2026-05-01 12:10", "2026-05-05 20:00", false},
	} {
		p := &access.Personal{TimeZone: "Europe/Amsterdam", Notifications: access.Notifications{Mail: x.mode}}
		if got := digestDue(p, at(x.first), at(x.used), at(x.now)); got != x.want {
			t.Errorf("%+v: %v", x, got)
		}
	}
	// Who chose no time zone has the browser's.
	daily := &access.Personal{BrowserZone: "Europe/Amsterdam", Notifications: access.Notifications{Mail: "daily"}}
	if waits := at("2026-05-04 12:10"); digestDue(daily, waits, waits, at("2026-05-05 05:59")) || !digestDue(daily, waits, waits, at("2026-05-05 06:00")) {
		t.Error("the morning is not the browser's")
	}
	for _, text := range digestTexts {
		if len(text.kinds) != len(desk.Notices) {
			t.Errorf("%q lacks a kind", text.one)
		}
	}
}
