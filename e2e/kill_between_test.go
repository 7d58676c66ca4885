package e2e

import (
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/capture/imap/dovecottest"
)

// breakable builds the program once with its failpoints.
var breakable = sync.OnceValues(func() (string, error) {
	path := filepath.Join(filepath.Dir(program), "rapport-failpoint")
	build := exec.Command("go", "build", "-tags", "failpoint", "-o", path, "./cmd/rapport")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program with failpoints: %w\n%s", err, out)
	}
	return path, nil
})

// dying is a firm whose program dies between two steps, again and again.
type dying struct {
	t       *testing.T
	w       *mailWorld
	place   place
	key     string
	support string
	flags   []string
}

func newDying(t *testing.T, w *mailWorld, p place, flags ...string) *dying {
	path, err := breakable()
	if err != nil {
		t.Fatal(err)
	}
	p.program = path
	return &dying{t: t, w: w, place: p, key: p.key(t, "test", settingsScopes), support: "dying-" + filepath.Base(t.Name()) + "@halden.example",
		flags: append([]string{"serve", "--region", "NL"}, flags...)}
}

// boots starts the program so that it dies at a place; an empty one is none.
func (d *dying) boots(at string) (*server, *client) {
	d.t.Helper()
	d.lapse()
	p := d.place
	p.env = []string{"RAPPORT_FAILPOINT=" + at}
	s := boot(d.t, p, d.flags...)
	return s, s.client(d.key)
}

// dies waits until the program is gone.
func (d *dying) dies(s *server, at string) {
	d.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		d.t.Fatalf("it does not come to %q", at)
	}
	if s.err == nil {
		d.t.Fatalf("it ended well instead of dying at %q", at)
	}
}

// lapse ends the leases of a program that is dead: a minute passes.
func (d *dying) lapse() {
	d.t.Helper()
	db, err := openPlace(d.place)
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"UPDATE jobs SET run_at = run_at - %d WHERE state = 'waiting'", "UPDATE inbox_health SET lease_until = lease_until - %d"} {
		if _, err := db.Exec(fmt.Sprintf(table, time.Minute.Microseconds())); err != nil {
			d.t.Fatal(err)
		}
	}
}

// openPlace opens the database beside the program.
func openPlace(p place) (*sql.DB, error) {
	if p.db != "" {
		return sql.Open("pgx", p.db)
	}
	return sql.Open("sqlite", "file:"+filepath.Join(p.dir, "rapport.db")+"?_pragma=busy_timeout(20000)&_txlock=immediate")
}

// TestKilledWhileReceiving kills the program between every two steps of taking
// a mail, from a mailbox and by its own mail server. Each mail is a case, once.
func TestKilledWhileReceiving(t *testing.T) {
	w := newMailWorld(t)
	eachEngine(t, func(t *testing.T, fresh func() place) {
		listen := dovecottest.FreeAddress(t)
		d := newDying(t, w, fresh(), "--mail-listen", listen)
		s, c := d.boots("")
		support(t, c, w, func(in *api.InboxChange) { in.Address, in.Settings.Listener = d.support, true })
		s.stop()
		mail := func(at string) string {
			id := strings.ReplaceAll(at, " ", "-")
			return message("jan@postvak.example", d.support, "Killed at "+at, id+"@postvak.example", "Did you get this?")
		}
		places := []string{"imap fetched", "flow written", "imap taken", "imap placed", "imap marked"}
		for _, at := range places {
			w.send(t, "jan@postvak.example", d.support, mail(at))
			w.arrives(t, d.support, "Killed at "+at)
			s, _ := d.boots(at)
			d.dies(s, at)
		}
		// By SMTP, the sender keeps what was not acknowledged, and sends it again.
		for _, at := range []string{"smtpd read", "smtpd taken"} {
			s, _ := d.boots(at)
			text := []byte(strings.ReplaceAll(mail(at), "\n", "\r\n")) // the same bytes each time
			hand := func() error {
				reachable(t, listen) // it opens after the console
				return smtp.SendMail(listen, nil, "jan@postvak.example", []string{d.support}, text)
			}
			if err := hand(); err == nil {
				t.Errorf("a mail was acknowledged by a program that died at %q", at)
			}
			d.dies(s, at)
			s, _ = d.boots("")
			if err := hand(); err != nil {
				t.Errorf("the second try after %q: %v", at, err)
			}
			s.stop()
			places = append(places, at)
		}
		s, c = d.boots("")
		w.send(t, "jan@postvak.example", d.support, mail("the end"))
		waitCase(c, "Killed at the end")
		for _, at := range places {
			n := 0
			for _, k := range cases(c, url.Values{"status": {"any"}}) {
				if k.Subject == "Killed at "+at {
					n += int(k.Messages)
				}
			}
			if n != 1 {
				t.Errorf("the mail at which it died at %q is there %d times", at, n)
			}
		}
		s.stop()
		look(t, s.place).whole(t, "after deaths while receiving")
	})
}

// TestKilledWhileSending kills the program between every two steps of sending.
// No answer is sent twice or lost, none is said to be sent that wasn't, and of one
// that may have left, a person is told that nobody knows.
func TestKilledWhileSending(t *testing.T) {
	w := newMailWorld(t)
	eachEngine(t, func(t *testing.T, fresh func() place) {
		d := newDying(t, w, fresh())
		relay := newRelay(t, w)
		s, c := d.boots("")
		support(t, c, w, func(in *api.InboxChange) {
			in.Address, in.Settings.SMTP.Port = d.support, atoi(t, portOf(relay.address))
		})
		s.stop()
		for n, step := range []struct {
			at, state string
			arrives   int
		}{
			{"act claimed", "sent", 1},
			{"act submitted", "sent", 1},
			{"smtp addressed", "sent", 1},
			// From here on the other side may have it, and only it knows.
			{"smtp committed", "unknown", 0},
			{"smtp written", "unknown", 0},
			{"the relay has it", "unknown", 1},
			{"smtp answered", "unknown", 1},
			{"act sent", "sent", 1},
		} {
			from := fmt.Sprintf("%d-%s", n, d.support[:strings.Index(d.support, "@")]) + "@postvak.example"
			s, c := d.boots(step.at)
			w.send(t, from, d.support, message(from, d.support, "Question at "+step.at, fmt.Sprintf("q%d@postvak.example", n), "Why?"))
			k := waitCase(c, "Question at "+step.at)
			if step.at == "the relay has it" {
				relay.dies(s)
			}
			undo := 0
			reply := api.ReplyInput{IfSeq: caseOf(c, k.ID).Seq, HTML: "<p>Answer at " + step.at + "</p>", UndoSeconds: &undo, IdempotencyKey: "answer"}
			path := "/v1/cases/" + k.ID.String() + "/reply"
			_, _ = c.try(http.MethodPost, path, reply) // the program may be gone before it answers
			d.dies(s, step.at)
			relay.dies(nil)

			s, c = d.boots("")
			// Who got no answer asks again, which is no second message.
			id := ask[api.Queued](c, http.MethodPost, path, reply).Outbox.ID
			var state string
			eventually(t, "the answer has an end after "+step.at, func() bool {
				state = ask[api.Outgoing](c, http.MethodGet, "/v1/outgoing/"+id.String(), nil).State
				return state == "sent" || state == "unknown" || state == "failed"
			})
			if state != step.state {
				t.Errorf("died at %q: it is %s, want %s", step.at, state, step.state)
			}
			if step.arrives > 0 {
				w.arrives(t, from, "Answer at "+step.at)
			}
			s.stop()
			if got := len(w.box(t, from)); got != step.arrives {
				t.Errorf("died at %q: it arrived %d times, want %d", step.at, got, step.arrives)
			}
		}
		// Nothing goes out again later.
		before := relay.mails()
		s, _ = d.boots("")
		s.stop()
		if n := relay.mails(); n != before {
			t.Errorf("%d mails went out after the end", n-before)
		}
		look(t, s.place).whole(t, "after deaths while sending")
	})
}

// relay is a mail server that hands on to the world, and can make the program
// die when it has a mail and has not said so.
type relay struct {
	t       *testing.T
	world   *mailWorld
	address string

	mu     sync.Mutex
	victim *server
	n      int
}

func newRelay(t *testing.T, w *mailWorld) *relay {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{t: t, world: w, address: l.Addr().String()}
	s := gosmtp.NewServer(r)
	s.Domain = "relay.example"
	ended := make(chan struct{})
	go func() { _ = s.Serve(l); close(ended) }() // it ends when it is closed
	t.Cleanup(func() { s.Close(); <-ended })
	return r
}

// dies makes the next mail the end of a program; nil: of none.
func (r *relay) dies(s *server) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.victim = s
}

func (r *relay) mails() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

func (r *relay) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &relaying{r: r}, nil }

type relaying struct {
	r    *relay
	from string
	to   []string
}

func (x *relaying) Mail(from string, _ *gosmtp.MailOptions) error { x.from = from; return nil }
func (x *relaying) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	x.to = append(x.to, to)
	return nil
}
func (x *relaying) Reset()        { x.from, x.to = "", nil }
func (x *relaying) Logout() error { return nil }
func (x *relaying) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err // the program died before the end of the mail
	}
	if err := smtp.SendMail(x.r.world.smtp, nil, x.from, x.to, raw); err != nil {
		return err
	}
	x.r.mu.Lock()
	victim := x.r.victim
	x.r.n++
	x.r.mu.Unlock()
	if victim != nil {
		victim.kill()
	}
	return nil
}
