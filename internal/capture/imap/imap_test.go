package imap

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/rapport-crm/rapport/internal/capture/imap/dovecottest"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// bench is a supervisor over a database, with what it took.
type bench struct {
	*testing.T
	boxes *inboxes.Service
	o     Options

	mu    sync.Mutex
	got   []Mail
	fail  error
	token string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, boxes: inboxes.New(storetest.SQLite(t), time.Now, keys)}
	b.o = Options{Inboxes: b.boxes, Quiet: 2 * time.Second, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Take: func(_ context.Context, _ *inboxes.Inbox, mails []Mail) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.fail == nil {
				b.got = append(b.got, mails...)
			}
			return b.fail
		},
		Token: func(context.Context, *inboxes.Inbox) (string, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			return b.token, nil
		}}
	return b
}

// inbox makes an inbox whose mailbox is at an address.
func (b *bench) inbox(name, address string, change func(*inboxes.Inbox)) *inboxes.Inbox {
	b.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		b.Fatal(err)
	}
	in := inboxes.Inbox{Name: name, Kind: inboxes.Mail, Address: name + "@halden.example"}
	in.Settings.IMAP = inboxes.Server{Host: host, Security: "none"}
	in.Settings.IMAP.Port, _ = strconv.Atoi(port)
	if change != nil {
		change(&in)
	}
	i, err := b.boxes.Create(b.Context(), in, inboxes.Secrets{IMAPPassword: dovecottest.Password}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return i
}

// run runs the supervisor until the returned function is called.
func (b *bench) run() (s *Supervisor, stop func()) {
	s = New(b.o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	var once sync.Once
	stop = func() { once.Do(func() { cancel(); <-done }) }
	b.Cleanup(stop)
	return s, stop
}

func (b *bench) subjects() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, m := range b.got {
		_, after, _ := strings.Cut(string(m.Raw), "Subject: ")
		subject, _, _ := strings.Cut(after, "\r\n")
		out = append(out, subject)
	}
	return out
}

// waits waits until something holds.
func (b *bench) waits(what string, ok func() bool) {
	b.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(40 * time.Second); !ok(); <-tick.C {
		if time.Now().After(end) {
			b.Fatalf("waited in vain: %s; taken: %v", what, b.subjects())
		}
	}
}

func (b *bench) has(subjects ...string) {
	b.Helper()
	b.waits(strings.Join(subjects, ", "), func() bool {
		got := b.subjects()
		return !slices.ContainsFunc(subjects, func(s string) bool { return !slices.Contains(got, s) })
	})
}

func (b *bench) health(i *inboxes.Inbox) inboxes.Health {
	b.Helper()
	h, err := b.boxes.Part(context.Background(), i.ID, Part)
	if err != nil {
		b.Fatal(err)
	}
	return h
}

func letter(subject string) string {
	return "From: jan@postvak.example\nTo: support@halden.example\nSubject: " + subject + "\n\nHello, " + subject + "\n"
}

func TestMailOfEveryAge(t *testing.T) {
	t.Parallel()
	d, b := dovecottest.Start(t), newBench(t)
	d.Deliver("support@halden.example", letter("before 1"), letter("before 2"))
	// An inbox takes what comes from now on; what lies there is taken on request.
	b.boxes = inboxesLater(t, b)
	i := b.inbox("support", d.IMAP, nil)
	s, stop := b.run()
	b.waits("it reads", func() bool { return !b.health(i).LastSuccess.IsZero() })
	d.Deliver("support@halden.example", letter("live 1"))
	b.has("live 1")
	if got := b.subjects(); len(got) != 1 {
		t.Errorf("taken: %v", got)
	}
	if err := s.Backfill(t.Context(), i.ID, time.Time{}); err != nil {
		t.Fatal(err)
	}
	b.has("before 1", "before 2")
	b.mu.Lock()
	for _, m := range b.got {
		if strings.Contains(string(m.Raw), "before") != m.Silent && !strings.Contains(string(m.Raw), "live") {
			t.Errorf("silent %v: %.80q", m.Silent, m.Raw)
		}
	}
	b.mu.Unlock()
	b.waits("the backfill is done", func() bool {
		h, err := b.boxes.Part(t.Context(), i.ID, BackfillPart)
		var l backlog
		return err == nil && json.Unmarshal([]byte(h.Position), &l) == nil && l.Done && l.Taken == 3
	})
	stop()
	d.Deliver("support@halden.example", letter("while away"))
	b.run()
	b.has("while away")
	if n := strings.Count(strings.Join(b.subjects(), "\n"), "while away"); n != 1 {
		t.Errorf("taken %d times", n)
	}
}

// inboxesLater is the service with a clock that is ahead: what was delivered is
// older than an inbox that is made now.
func inboxesLater(t *testing.T, b *bench) *inboxes.Service {
	t.Helper()
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return time.Now().Add(2 * time.Second) }
	boxes := inboxes.New(storetest.SQLite(t), clock, keys)
	b.o.Inboxes, b.o.Clock = boxes, clock
	return boxes
}

// Fault 8 and more: dovecot is killed, stopped, and comes back.
func TestTheServerGoesAndComesBack(t *testing.T) {
	t.Parallel()
	d, b := dovecottest.Start(t), newBench(t)
	i := b.inbox("support", d.IMAP, nil)
	s, _ := b.run()
	d.Deliver("support@halden.example", letter("one"))
	b.has("one")

	d.Kill()
	b.waits("the failure is told", func() bool { return b.health(i).Failures > 0 && b.health(i).Error != "" })
	d.Restart()
	d.Deliver("support@halden.example", letter("two"))
	b.has("two")

	d.Pause()
	s.Look(i.ID)
	b.waits("silence is noticed", func() bool { return b.health(i).Failures > 0 })
	d.Continue()
	d.Deliver("support@halden.example", letter("three"))
	b.has("one", "two", "three")
	b.waits("it is well again", func() bool { return b.health(i).Failures == 0 })
	got := b.subjects()
	slices.Sort(got)
	if len(slices.Compact(slices.Clone(got))) != 3 || len(got) > 4 {
		t.Errorf("taken: %v", got)
	}
}

// What could not be stored is taken again.
func TestTheStoreIsAway(t *testing.T) {
	t.Parallel()
	d, b := dovecottest.Start(t), newBench(t)
	i := b.inbox("support", d.IMAP, nil)
	b.fail = crm.Errorf(crm.Unavailable, "The store can't be written now.")
	b.run()
	d.Deliver("support@halden.example", letter("one"))
	b.waits("the failure is told", func() bool { return b.health(i).Error == "The store can't be written now." })
	b.mu.Lock()
	b.fail = nil
	b.mu.Unlock()
	b.has("one")
}

func TestTokens(t *testing.T) {
	t.Parallel()
	d, b := dovecottest.Start(t), newBench(t)
	d.Accept("good", "support@halden.example")
	b.token = "good"
	i := b.inbox("support", d.IMAP, func(in *inboxes.Inbox) { in.Settings.IMAP.Auth = "oauth" })
	b.run()
	d.Deliver("support@halden.example", letter("one"))
	b.has("one")

	// OAUTHBEARER, and its refusal, are told from a broken protocol.
	for _, token := range []string{"good", "bad"} {
		m := &mailbox{quiet: 5 * time.Second}
		c, err := net.Dial("tcp", d.IMAP)
		if err != nil {
			t.Fatal(err)
		}
		m.conn = &patient{Conn: c}
		m.begin(nil)
		err = m.c.Authenticate(bearer("support@halden.example", token, i.Settings.IMAP))
		if (err == nil) != (token == "good") || err != nil && !refused(err) {
			t.Errorf("%s: %v", token, err)
		}
		m.close()
	}

	d.Revoke("good")
	d.Kill()
	d.Restart()
	b.waits("it asks to be connected again", func() bool {
		now, err := b.boxes.Get(t.Context(), i.ID)
		return err == nil && now.State == inboxes.Reconnect && strings.Contains(b.health(i).Error, "refuses the sign-in")
	})
}

// Only one process reads a mailbox, and another one takes over.
func TestOneReader(t *testing.T) {
	t.Parallel()
	d, b := dovecottest.Start(t), newBench(t)
	i := b.inbox("support", d.IMAP, nil)
	_, stop := b.run()
	d.Deliver("support@halden.example", letter("one"))
	b.has("one")
	if ok, err := b.boxes.Lease(t.Context(), i.ID, Part, "another", time.Now().Add(time.Minute)); ok || err != nil {
		t.Errorf("two read at once: %v %v", ok, err)
	}
	_, _ = b.run()
	d.Deliver("support@halden.example", letter("two"))
	b.has("two")
	stop()
	d.Deliver("support@halden.example", letter("three"))
	b.has("three")
	if got := b.subjects(); len(got) != 3 {
		t.Errorf("taken: %v", got)
	}
}

// A mailbox that its server renumbered is read anew; a mail that was passed over
// is found by the comparison.
func TestComparing(t *testing.T) {
	t.Parallel()
	d, b := dovecottest.Start(t), newBench(t)
	i := b.inbox("support", d.IMAP, nil)
	_, stop := b.run()
	d.Deliver("support@halden.example", letter("one"), letter("two"), letter("three"))
	b.has("one", "two", "three")
	b.waits("the place is noted", func() bool { return strings.Contains(b.health(i).Position, "[[1,3]]") })
	stop()
	var p position
	if err := json.Unmarshal([]byte(b.health(i).Position), &p); err != nil {
		t.Fatal(err)
	}
	if p.Last != 3 || len(p.Seen) != 1 || p.Seen[0] != [2]imapUID{1, 3} {
		t.Errorf("%+v", p)
	}
	b.got = nil
	p.Seen, p.Checked = ranges{{1, 1}, {3, 3}}, 0
	s := New(b.o)
	if err := s.store(t.Context(), i, p, time.Time{}); err != nil {
		t.Fatal(err)
	}
	_, stop = b.run()
	b.has("two")
	b.waits("it is noted", func() bool { return strings.Contains(b.health(i).Position, "[[1,3]]") })
	stop()
	if got := b.subjects(); len(got) != 1 || b.health(i).Gap != 0 {
		t.Errorf("taken: %v, gap %d", got, b.health(i).Gap)
	}
	b.got = nil
	p.Validity++
	if err := s.store(t.Context(), i, p, time.Time{}); err != nil {
		t.Fatal(err)
	}
	b.run()
	b.has("one", "two", "three")
}

func TestRanges(t *testing.T) {
	t.Parallel()
	r := ranges{}.with([]imapUID{5, 6, 9})
	r = r.with([]imapUID{1, 7, 8, 8, 20})
	if got := fmt.Sprint(r); got != "[[1 1] [5 9] [20 20]]" {
		t.Error(got)
	}
	for uid, want := range map[imapUID]bool{1: true, 2: false, 5: true, 7: true, 9: true, 10: false, 20: true, 21: false} {
		if r.has(uid) != want {
			t.Errorf("%d", uid)
		}
	}
	var many ranges
	for n := range imapUID(1000) {
		many = many.with([]imapUID{2*n + 1})
	}
	base, short := many.short(0)
	if len(short) != maxRanges || base >= short[0][0] || base < short[0][0]-2 {
		t.Errorf("%d ranges above %d, the first is %v", len(short), base, short[0])
	}
}

// proxy passes bytes on, slowly towards us when asked to.
func proxy(t *testing.T, to string, slow bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("tcp", to)
			if err != nil {
				c.Close()
				continue
			}
			go func() { _, _ = io.Copy(up, c); up.Close() }()
			go func() {
				defer c.Close()
				defer up.Close()
				one := make([]byte, 1)
				tick := time.NewTicker(time.Second)
				defer tick.Stop()
				for {
					if !slow {
						_, _ = io.Copy(c, up)
						return
					}
					n, err := up.Read(one)
					if err != nil {
						return
					}
					<-tick.C
					if _, err := c.Write(one[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// Fault 8: a server that sends one byte a second holds up nobody else.
func TestASlowServer(t *testing.T) {
	t.Parallel()
	d, b := dovecottest.Start(t), newBench(t)
	b.o.Quiet = 1500 * time.Millisecond
	slow, well := b.inbox("slow", proxy(t, d.IMAP, true), nil), b.inbox("support", d.IMAP, nil)
	b.run()
	d.Deliver("support@halden.example", letter("one"))
	b.has("one")
	b.waits("the slow one is told of", func() bool { return b.health(slow).Failures > 0 })
	if h := b.health(well); h.Failures != 0 || h.LastSuccess.IsZero() {
		t.Errorf("%+v", h)
	}
}

type imapUID = imap.UID
