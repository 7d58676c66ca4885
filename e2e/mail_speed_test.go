package e2e

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/capture/imap/dovecottest"
)

// waitNewest waits for a case with the subject among the newest ones.
func waitNewest(c *client, subject string) {
	c.t.Helper()
	eventually(c.t, "a case about "+subject, func() bool {
		for _, k := range cases(c, url.Values{"status": {"any"}, "sort": {"newest"}}) {
			if k.Subject == subject {
				return true
			}
		}
		return false
	})
}

// TestMailSpeed reads a mailbox of a thousand mails from dovecot, and then sees
// how soon a new mail is there. The figures stand in docs/performance.md.
func TestMailSpeed(t *testing.T) {
	beside(t)
	d := dovecottest.Start(t)
	const mails = 1000
	list := make([]string, mails)
	for n := range list {
		list[n] = message(fmt.Sprintf("Customer %d <c%d@postvak.example>", n%300, n%300), "support@halden.example", fmt.Sprintf("Question %d", n),
			fmt.Sprintf("s%d@postvak.example", n), "When does my new plan start? I changed it on Monday and heard nothing since.")
	}
	d.Deliver("support@halden.example", list...)
	s, c := serving(t, settingsScopes)
	in := api.InboxChange{Name: "Support", Kind: "mail", Address: "support@halden.example", Secrets: map[string]string{"imap_password": dovecottest.Password}}
	in.Settings.IMAP.Host, in.Settings.IMAP.Port, in.Settings.IMAP.Security = "127.0.0.1", atoi(t, portOf(d.IMAP)), "none"
	in.Settings.Backfill.All = true
	began := time.Now()
	ask[api.InboxView](c, "POST", "/v1/inboxes", in)
	eventually(t, "all mails are cases", func() bool {
		return ask[api.Counts](c, "GET", "/v1/cases/counts", nil).Queues["all"].Todo == mails
	})
	took := time.Since(began)
	rate := mails / took.Seconds()
	t.Logf("%d mails in %.1f s: %.0f a second", mails, took.Seconds(), rate)

	var slowest time.Duration
	for n := range 10 {
		subject := fmt.Sprintf("Live %d", n)
		d.Deliver("support@halden.example", message("jan@postvak.example", "support@halden.example", subject, fmt.Sprintf("l%d@postvak.example", n), "Hello"))
		at := time.Now()
		waitNewest(c, subject)
		slowest = max(slowest, time.Since(at))
	}
	t.Logf("a new mail is shown within %d ms (the slowest of 10)", slowest.Milliseconds())
	s.stop()
	whole := look(t, s.place)
	whole.whole(t, "after a thousand mails")
	if got := len(whole.contacts); got != mails+10 {
		t.Errorf("%d contacts of %d mails", got, mails+10)
	}
}

// TestMailIsKilled kills the server while it reads a mailbox, again and again:
// nothing is lost and nothing comes twice.
func TestMailIsKilled(t *testing.T) {
	beside(t)
	d := dovecottest.Start(t)
	s, c := serving(t, settingsScopes)
	in := api.InboxChange{Name: "Support", Kind: "mail", Address: "support@halden.example", Secrets: map[string]string{"imap_password": dovecottest.Password}}
	in.Settings.IMAP.Host, in.Settings.IMAP.Port, in.Settings.IMAP.Security = "127.0.0.1", atoi(t, portOf(d.IMAP)), "none"
	in.Settings.Backfill.All = true
	ask[api.InboxView](c, "POST", "/v1/inboxes", in)
	sent := 0
	for round := range 8 {
		var list []string
		for range 60 {
			// Every third one has no Message-ID.
			text := message("jan@postvak.example", "support@halden.example", fmt.Sprintf("Mail %d", sent), fmt.Sprintf("k%d@postvak.example", sent), fmt.Sprintf("Number %d", sent))
			if sent%3 == 0 {
				text = fmt.Sprintf("From: jan@postvak.example\nSubject: Mail %d\n\nNumber %d\n", sent, sent)
			}
			list = append(list, text)
			sent++
		}
		d.Deliver("support@halden.example", list...)
		<-time.After(time.Duration(round*40) * time.Millisecond) // a moment in the middle of the work
		s.kill()
		s = boot(t, s.place, "serve")
	}
	c = s.client(c.key)
	waitNewest(c, fmt.Sprintf("Mail %d", sent-1))
	s.stop()
	whole := look(t, s.place)
	whole.whole(t, "after kills in the middle of mail")
	if len(whole.contacts) != sent {
		t.Errorf("%d contacts of %d mails", len(whole.contacts), sent)
	}
}
