package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// TestFirstDay is the story of a firm's first day as people live it, in two
// browsers and with real mail servers: from an empty folder by the first steps to
// mail and chat, an answer that follows a visitor who left, her reply, and her
// sight of all of it on another device a month later. What happens in it is in
// web/e2e/first-day.story.ts.
func TestFirstDay(t *testing.T) {
	browser := chromium(t)
	dir := modules(t, filepath.Join("..", "web"))
	w := newMailWorld(t)
	eachEngine(t, func(t *testing.T, fresh func() place) {
		p := fresh()
		s := boot(t, p, "serve", "--region", "NL")
		if !strings.HasPrefix(s.SignIn, s.URL+"/setup#t=") {
			t.Fatalf("an empty folder is set up by %q", s.SignIn)
		}
		post := httptest.NewServer(&postOffice{t, w, p})
		t.Cleanup(post.Close)
		node(t, dir, s, browser, "", "env", "POST_OFFICE="+post.URL, "ENGINE="+filepath.Base(t.Name()), "SHOTS="+os.Getenv("SHOTS"),
			"IMAP_PORT="+portOf(w.imap), "SMTP_PORT="+portOf(w.smtp),
			"npx", "playwright", "test", "--config", "playwright.story.config.ts", "--output", t.TempDir())
		s.stop()
		look(t, p).whole(t, "after the first day")
	})
}

// postOffice is what the people of the story have beside their browsers: a mail
// program each, and time.
type postOffice struct {
	t     *testing.T
	world *mailWorld
	place place
}

// letter is a mail as its reader sees it.
type letter struct {
	MessageID  string `json:"message_id"`
	From       string `json:"from"`
	ReplyTo    string `json:"reply_to"` // an address alone
	Subject    string `json:"subject"`
	References string `json:"references"`
	Raw        string `json:"raw"`
}

func (o *postOffice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var out any
	var err error
	switch r.URL.Path {
	case "/send":
		var m struct{ From, To, Message string }
		if err = json.NewDecoder(r.Body).Decode(&m); err == nil {
			o.world.send(o.t, m.From, m.To, m.Message)
		}
	case "/box":
		out, err = o.read(q.Get("address"), q.Get("words"))
	case "/later":
		var minutes int
		if minutes, err = strconv.Atoi(q.Get("minutes")); err == nil {
			err = later(o.place, time.Duration(minutes)*time.Minute)
		}
	default:
		err = fmt.Errorf("the post office does not know %s", r.URL.Path)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(out) // the story may have ended
}

// read gives the mails of an address that contain the words, by IMAP.
func (o *postOffice) read(address, words string) ([]letter, error) {
	out := []letter{}
	c, err := imapclient.DialInsecure(o.world.imap, nil)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.Login(address, "secret").Wait(); err != nil {
		return nil, err
	}
	box, err := c.Select("INBOX", nil).Wait()
	if err != nil || box.NumMessages == 0 {
		return out, err
	}
	section := &imap.FetchItemBodySection{Peek: true}
	all := imap.SeqSet{}
	all.AddRange(1, 0)
	rows, err := c.Fetch(all, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		raw := string(row.FindBodySection(section))
		// Words that a transfer encoding broke at the end of a line are whole again.
		if !strings.Contains(strings.ReplaceAll(raw, "=\r\n", ""), words) {
			continue
		}
		m, err := mail.ReadMessage(strings.NewReader(raw))
		if err != nil {
			return nil, err
		}
		l := letter{MessageID: m.Header.Get("Message-ID"), From: m.Header.Get("From"), Subject: m.Header.Get("Subject"), References: m.Header.Get("References"), Raw: raw}
		if to, err := mail.ParseAddress(m.Header.Get("Reply-To")); err == nil {
			l.ReplyTo = to.Address
		}
		out = append(out, l)
	}
	return out, nil
}

// later makes the program live through some time in which nothing happens: what
// waits is due earlier, and who was here was here longer ago. Nothing else in it
// has an age that the story could see.
func later(p place, by time.Duration) error {
	db, err := openPlace(p)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, table := range []string{"UPDATE jobs SET run_at = run_at - %d WHERE state = 'waiting' AND lease_owner = ''", "UPDATE visitors SET last_seen = last_seen - %d"} {
		if _, err := db.Exec(fmt.Sprintf(table, by.Microseconds())); err != nil {
			return err
		}
	}
	return nil
}
