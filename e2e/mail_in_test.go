package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
)

// support makes the inbox support@halden.example, whose mailbox is in the world.
func support(t testing.TB, c *client, w *mailWorld, change func(*api.InboxChange)) api.InboxView {
	t.Helper()
	in := api.InboxChange{Name: "Support", Kind: "mail", Address: "support@halden.example",
		Secrets: map[string]string{"imap_password": "secret"}}
	in.Settings.IMAP.Host, in.Settings.IMAP.Port, in.Settings.IMAP.Security = "127.0.0.1", atoi(t, portOf(w.imap)), "none"
	in.Settings.SMTP.Host, in.Settings.SMTP.Port, in.Settings.SMTP.Security, in.Settings.SMTP.Auth = "127.0.0.1", atoi(t, portOf(w.smtp)), "none", "none"
	if change != nil {
		change(&in)
	}
	return ask[api.InboxView](c, "POST", "/v1/inboxes", in)
}

func atoi(t testing.TB, s string) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// cases lists all cases.
func cases(c *client, query url.Values) []api.Case {
	c.t.Helper()
	query.Set("limit", "200")
	return ask[api.Page[api.Case]](c, "GET", "/v1/cases?"+query.Encode(), nil).Items
}

// waitCase waits for a case with the subject.
func waitCase(c *client, subject string) api.Case {
	c.t.Helper()
	var found api.Case
	eventually(c.t, "a case about "+subject, func() bool {
		for _, k := range cases(c, url.Values{"status": {"any"}}) {
			if k.Subject == subject {
				found = k
			}
		}
		return !found.ID.IsZero()
	})
	return found
}

func message(from, to, subject, id, text string, header ...string) string {
	return fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\nMessage-ID: <%s>\nDate: %s\n%s\n%s\n", from, to, subject, id, time.Now().Format(time.RFC1123Z),
		strings.Join(append(header, ""), "\n"), text)
}

const settingsScopes = "read,write,reply,assign,verified,settings"

func TestMailComesInLive(t *testing.T) {
	w := newMailWorld(t)
	s, c := serving(t, settingsScopes)
	inbox := support(t, c, w, nil)
	if len(inbox.Secrets) != 1 || strings.Contains(string(c.do("GET", "/v1/inboxes", nil).body), "\"secret\"") {
		t.Error("a secret came back out")
	}

	w.send(t, "jan@postvak.example", "support@halden.example", message("Jan Meijer <jan@postvak.example>", "support@halden.example", "My bill", "1@postvak.example", "Why is it higher?"))
	k := waitCase(c, "My bill")
	if k.Status != "todo" || k.Reason != "first" || k.InboxID != inbox.ID || k.CustomerName != "Jan Meijer" || k.Preview != "Why is it higher?" {
		t.Errorf("%+v", k)
	}

	// Without a Message-ID, seen by somebody else already, automatic: all are taken.
	w.send(t, "old@elsewhere.example", "support@halden.example", "From: old@elsewhere.example\nSubject: No id\n\nHello\n")
	waitCase(c, "No id")
	w.send(t, "away@elsewhere.example", "support@halden.example", message("away@elsewhere.example", "support@halden.example", "Out of office", "2@x", "I am away.", "Auto-Submitted: auto-replied"))
	if k := waitCase(c, "Out of office"); k.Status != "ignored" || !k.Automatic {
		t.Errorf("an automatic mail is nobody's work: %+v", k)
	}

	// What came while nobody was there is read when somebody is again, once.
	s.stop()
	for n := range 20 {
		w.send(t, "jan@postvak.example", "support@halden.example", message("jan@postvak.example", "support@halden.example", fmt.Sprintf("While away %d", n), fmt.Sprintf("away-%d@postvak.example", n), "Hello"))
	}
	eventually(t, "the mails lie in the mailbox", func() bool { return len(w.box(t, "support@halden.example")) >= 23 })
	s = boot(t, s.place, "serve")
	c = s.client(c.key)
	for n := range 20 {
		waitCase(c, fmt.Sprintf("While away %d", n))
	}
	if got := cases(c, url.Values{"status": {"any"}}); len(got) != 23 {
		t.Errorf("%d cases of 23 mails", len(got))
		for _, k := range got {
			t.Logf("%s %s, %d messages: %q of %s", k.ID, k.Status, k.Messages, k.Subject, k.CustomerName)
		}
		for _, m := range w.box(t, "support@halden.example") {
			t.Logf("in the mailbox:\n%s", m)
		}
	}
	h := ask[api.InboxHealth](c, "GET", "/v1/inboxes/"+inbox.ID.String()+"/health", nil)
	if len(h.Parts) < 1 || h.Parts[0].Part != "imap" || h.Parts[0].State != "ok" || h.Parts[0].LastSuccess.IsZero() {
		t.Errorf("%+v", h)
	}
	s.stop()
	look(t, s.place).whole(t, "after live mail")
}

func TestARefusedSignInIsSaid(t *testing.T) {
	w := newMailWorld(t)
	_, c := serving(t, settingsScopes)
	inbox := support(t, c, w, func(in *api.InboxChange) { in.Secrets["imap_password"] = "wrong" })
	eventually(t, "it asks to be connected again", func() bool {
		h := ask[api.InboxHealth](c, "GET", "/v1/inboxes/"+inbox.ID.String()+"/health", nil)
		return h.State == "reconnect" && len(h.Parts) > 0 && strings.Contains(h.Parts[0].Error, "refuses the sign-in")
	})
	in := api.InboxChange{Name: "Support", Kind: "mail", Address: "support@halden.example", Settings: inbox.Settings, Version: inbox.Version + 1,
		Secrets: map[string]string{"imap_password": "secret"}}
	ask[api.InboxView](c, "PUT", "/v1/inboxes/"+inbox.ID.String(), in)
	w.send(t, "jan@postvak.example", "support@halden.example", message("jan@postvak.example", "support@halden.example", "Connected", "9@postvak.example", "Hello"))
	waitCase(c, "Connected")
}
