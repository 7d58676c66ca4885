package satisfaction_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/act/send"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// firm is a program without its network: real stages, a real desk and outbox, and
// the last step of sending left out.
type firm struct {
	*testing.T
	ctx     context.Context
	db      *store.DB
	now     time.Time
	keys    *inboxes.Keys
	boxes   *inboxes.Service
	inbox   *inboxes.Inbox
	desk    *desk.Service
	out     *act.Outbox
	engine  *flow.Engine
	jobs    *jobs.Runner
	surveys *satisfaction.Service
	letters []string // the mails that were sent, as they are on the wire
	base    string
}

// outgoing notes what leaves.
type outgoing struct {
	*send.Mail
	f *firm
}

func (o outgoing) Send(ctx context.Context, r *act.Row, c *act.Content, item *crm.Item, commit func() error) (string, error) {
	answer, err := o.Mail.Send(ctx, r, c, item, commit)
	if err == nil {
		o.f.letters = append(o.f.letters, string(item.Raw))
	}
	return answer, err
}

func whole(n int) *int { return &n }

func newFirm(t *testing.T, db *store.DB, survey inboxes.Survey) *firm {
	f := &firm{T: t, ctx: context.Background(), db: db, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), base: "https://desk.halden.example"}
	clock := func() time.Time { return f.now }
	var err error
	if f.keys, err = inboxes.ParseKeys(strings.Repeat("cd", 32)); err != nil {
		t.Fatal(err)
	}
	f.boxes = inboxes.New(db, clock, f.keys)
	in := inboxes.Inbox{Name: "Support", Brand: "Halden", Kind: inboxes.Mail, Address: "support@halden.example"}
	in.Settings.SMTP.Host, in.Settings.Satisfaction = "mx.halden.example", survey
	if f.inbox, err = f.boxes.Create(f.ctx, in, inboxes.Secrets{}, nil); err != nil {
		t.Fatal(err)
	}
	f.desk, f.out = desk.New(db, clock, f.boxes), act.New(db, clock)
	received := &act.Receiver{Outbox: f.out, Inboxes: f.boxes, Own: func(a string) bool { return strings.HasSuffix(a, "@halden.example") }}
	reader, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	if f.engine, err = flow.New(db, flow.Options{Clock: clock, Reader: reader, Desk: f.desk, Act: received}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.engine.Close)
	f.jobs = jobs.New(db, clock, slog.New(slog.DiscardHandler))
	received.Register(f.jobs, f.desk.Alert)
	unsubscribe := func(base, address string) string {
		return (&act.Unsubscribe{Base: base, Keys: f.keys.DeriveAll}).URL(address, act.Surveys)
	}
	customers := func(context.Context, crm.ID, string) (bool, error) { return true, nil } // nobody else writes here
	mailer := &send.Mail{Inboxes: f.boxes, Clock: clock, Pretend: true, Customer: customers, Unsubscribe: func(_ context.Context, address, _ string) (string, error) {
		return unsubscribe(f.base, address), nil
	}}
	sender := &act.Sender{Outbox: f.out, Transports: map[string]act.Transport{"mail": outgoing{mailer, f}}, Submit: func(ctx context.Context, item crm.Item) (crm.ID, error) {
		r, err := f.engine.Submit(ctx, []crm.Item{item})
		if err != nil {
			return crm.ID{}, err
		}
		return r[0].ID, nil
	}}
	f.jobs.Register(act.SendJob, jobs.Options{Attempts: 3}, sender.Handle)
	f.surveys = &satisfaction.Service{DB: db, Clock: clock, Inboxes: f.boxes, Log: slog.New(slog.DiscardHandler), Base: func(context.Context) (string, error) { return f.base, nil },
		Unsubscribe: unsubscribe, Answerable: received.MayAnswer, Mailer: func(context.Context, *inboxes.Inbox) (*inboxes.Inbox, error) { return f.inbox, nil }}
	f.surveys.Register(f.jobs)
	return f
}

func (f *firm) work() {
	f.Helper()
	if _, err := f.jobs.RunDue(f.ctx); err != nil {
		f.Fatal(err)
	}
}

// pass lets time go by, and does what is due then.
func (f *firm) pass(d time.Duration) {
	f.Helper()
	f.now = f.now.Add(d)
	f.work()
}

// mail takes a mail in; change may be nil.
func (f *firm) mail(id, from string, change func(*crm.Item)) flow.Result {
	f.Helper()
	f.now = f.now.Add(time.Second)
	item := crm.Item{Raw: []byte("From: " + from + "\r\n\r\nHello\r\n"), RawType: "message/rfc822", Envelope: crm.Envelope{Source: f.inbox.Source, ExternalID: id, Channel: crm.Mail,
		Kind: crm.KindMessage, Direction: crm.In, OccurredAt: f.now, Subject: "My bill", Text: "Hello, why is my bill higher than last month?", Thread: crm.Thread{MessageID: id},
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: from, Name: "Anna Berg"}}}}
	if change != nil {
		change(&item)
	}
	r, err := f.engine.Submit(f.ctx, []crm.Item{item})
	if err != nil || r[0].Problem != nil {
		f.Fatal(err, r)
	}
	f.work()
	return r[0]
}

// reply answers a conversation.
func (f *firm) reply(r flow.Result, to string) {
	f.Helper()
	err := f.db.InTx(f.ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(f.ctx, map[int64]int64{r.ConversationID.RowBucket(): 1})
		if err != nil {
			return err
		}
		_, _, err = act.Queue(f.ctx, tx, f.now, act.Message{ConversationID: r.ConversationID, ProfileID: r.ProfileID, InboxID: f.inbox.ID, Channel: crm.Mail, Kind: act.Reply,
			Author: "Mia", AuthorID: crm.ID{9}, MessageID: f.boxes.MessageIDs(f.inbox), Content: act.Content{To: []string{to}, Text: "It is the roaming."}}, next(r.ConversationID.RowBucket()))
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.now = f.now.Add(time.Second)
	f.work()
}

// set changes the status of a case.
func (f *firm) set(id crm.ID, status string) {
	f.Helper()
	out, err := f.desk.Change(f.ctx, desk.Change{IDs: []crm.ID{id}, Set: desk.Set{Status: &status}, By: "Mia"})
	if err != nil || len(out.Changed) != 1 {
		f.Fatal(err, out)
	}
}

// solve is a mail that was answered and whose case is done.
func (f *firm) solve(id, from string, change func(*crm.Item)) flow.Result {
	f.Helper()
	r := f.mail(id, from, change)
	f.reply(r, from)
	f.set(r.ConversationID, desk.Done)
	f.letters = nil
	return r
}

var links = regexp.MustCompile(`https://desk\.halden\.example(/s/[\w-]+)/(\d+)`)

// asked are the surveys that were mailed since the last solve.
func (f *firm) asked() []string {
	var out []string
	for _, l := range f.letters {
		if strings.Contains(l, "Auto-Submitted: auto-generated") {
			out = append(out, l)
		}
	}
	return out
}

// path is the address of the page that the only survey links to.
func (f *firm) path() string {
	f.Helper()
	all := f.asked()
	if len(all) != 1 {
		f.Fatalf("%d surveys were mailed, want one", len(all))
	}
	return f.linkOf(all[0])
}

func (f *firm) linkOf(letter string) string {
	f.Helper()
	m := links.FindStringSubmatch(strings.ReplaceAll(strings.ReplaceAll(letter, "=\r\n", ""), "=3D", "="))
	if m == nil {
		f.Fatalf("no link in %s", letter)
	}
	return m[1]
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (f *firm) do(method, path string, form url.Values) reply {
	f.Helper()
	var body *strings.Reader = strings.NewReader(form.Encode())
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	f.surveys.Handler().ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

func (f *firm) get(path string) reply { f.Helper(); return f.do("GET", path, nil) }

func (f *firm) answer(path string, score int, comment string) reply {
	f.Helper()
	return f.do("POST", path, url.Values{"score": {fmt.Sprint(score)}, "comment": {comment}})
}

func (f *firm) survey(conversation crm.ID) satisfaction.Row {
	f.Helper()
	row, ok, err := f.surveys.Newest(f.ctx, conversation)
	if err != nil || !ok {
		f.Fatalf("no survey: %v", err)
	}
	return row
}

// rated are the answers that stand in a conversation, the newest first.
func (f *firm) rated(conversation crm.ID) (out []satisfaction.Rated, authors []string) {
	f.Helper()
	last := crm.ID{}
	for i := range last {
		last[i] = 0xff
	}
	events, err := f.db.Read().CaseEvents(f.ctx, sqlgen.CaseEventsParams{Bucket: conversation.RowBucket(), ConversationID: conversation, Before: last, MaxRows: 100})
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range events {
		if e.Kind == "rated" {
			var d satisfaction.Rated
			if err := json.Unmarshal([]byte(e.Data), &d); err != nil {
				f.Fatal(err)
			}
			out, authors = append(out, d), append(authors, e.Author)
		}
	}
	return out, authors
}
