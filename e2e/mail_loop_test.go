package e2e

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/files"
)

// A real server brings the message back: it is about what we sent, it is no case
// of its own, and its address gets nothing more until a person says so.
func TestABounceIsAboutItsMessage(t *testing.T) {
	w := newMailWorld(t)
	_, c := serving(t, settingsScopes)
	support(t, c, w, nil)
	w.send(t, "jan@postvak.example", "support@halden.example", message("jan@postvak.example", "support@halden.example", "My bill", "q1@postvak.example", "Please answer my other address."))
	k := waitCase(c, "My bill")
	undo := 0
	in := api.ReplyInput{IfSeq: caseOf(c, k.ID).Seq, HTML: "<p>Here it is.</p>", UndoSeconds: &undo, To: []string{"gone@" + refusingDomain}}
	sent := ask[api.Queued](c, "POST", "/v1/cases/"+k.ID.String()+"/reply", in)
	var out api.Outgoing
	eventually(t, "the message bounced", func() bool {
		out = ask[api.Outgoing](c, "GET", "/v1/outgoing/"+sent.Outbox.ID.String(), nil)
		return out.State == "bounced"
	})
	if !strings.Contains(out.Error, "no such mailbox") && !strings.Contains(out.Error, "User unknown") {
		t.Errorf("it says %q", out.Error)
	}
	if all := cases(c, url.Values{"status": {"any"}}); len(all) != 1 || all[0].Messages != 3 {
		t.Errorf("the report must lie in the conversation: %+v", all)
	}
	list := ask[api.Page[api.SuppressedAddress]](c, "GET", "/v1/suppressions", nil)
	if len(list.Items) != 1 || list.Items[0].Address != "gone@"+refusingDomain {
		t.Fatalf("suppressions: %+v", list.Items)
	}
	in.IfSeq = caseOf(c, k.ID).Seq
	c.wantProblem(c.do("POST", "/v1/cases/"+k.ID.String()+"/reply", in), http.StatusUnprocessableEntity, crm.Invalid)
	if a := c.do("DELETE", "/v1/suppressions/gone@"+refusingDomain+"?kind=all", nil); a.status >= 300 {
		t.Fatal(a.status, string(a.body))
	}
	in.HTML = "<p>Once more.</p>"
	if a := c.do("POST", "/v1/cases/"+k.ID.String()+"/reply", in); a.status != http.StatusOK {
		t.Errorf("after the address was cleared: %d %s", a.status, a.body)
	}

	// A report that anybody can write changes nothing.
	w.send(t, "eve@elsewhere.example", "support@halden.example", "From: MAILER-DAEMON@elsewhere.example\nTo: support@halden.example\nSubject: Undelivered\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"+
		"Final-Recipient: rfc822; jan@postvak.example\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <c.aaaaaaaaaaaaaaaaaaaaaaaaaa.0123456789abcdef@halden.example>\n\n--b--\n")
	waitCase(c, "Undelivered")
	if list := ask[api.Page[api.SuppressedAddress]](c, "GET", "/v1/suppressions", nil); len(list.Items) != 0 {
		for _, x := range list.Items {
			if x.Address == "jan@postvak.example" {
				t.Error("a forged report stopped mail to Jan")
			}
		}
	}
}

// Two firms that both answer automatically fall silent.
func TestTwoAutomaticAnswersFallSilent(t *testing.T) {
	w := newMailWorld(t)
	auto := func(address, name string) func(*api.InboxChange) {
		return func(in *api.InboxChange) {
			in.Address, in.Name = address, name
			in.Settings.AutoAnswer.On, in.Settings.AutoAnswer.Text = true, "We have your message ("+name+")."
		}
	}
	_, a := serving(t, settingsScopes)
	support(t, a, w, auto("support@halden.example", "Halden"))
	_, b := serving(t, settingsScopes)
	support(t, b, w, auto("help@elsewhere.example", "Elsewhere"))

	// A person hears it at once, and once a day.
	for _, id := range []string{"1", "2"} {
		w.send(t, "jan@postvak.example", "support@halden.example", message("jan@postvak.example", "support@halden.example", "Question "+id, id+"@postvak.example", "Hello?"))
	}
	heard := w.arrives(t, "jan@postvak.example", "We have your message (Halden)")
	h := header(t, heard)
	if h.Get("Auto-Submitted") != "auto-replied" || h.Get("X-Auto-Response-Suppress") != "All" || h.Get("X-Rapport-Loop") == "" || h.Get("Return-Path") != "<>" ||
		!strings.HasPrefix(h.Get("In-Reply-To"), "<") || !strings.HasPrefix(h.Get("Subject"), "Auto: ") {
		t.Errorf("%v", h)
	}

	// Each firm writes to the other one as a person would.
	w.send(t, "help@elsewhere.example", "support@halden.example", message("help@elsewhere.example", "support@halden.example", "From one to the other", "3@elsewhere.example", "Hello?"))
	w.send(t, "support@halden.example", "help@elsewhere.example", message("support@halden.example", "help@elsewhere.example", "And back", "4@halden.example", "Hello?"))
	w.arrives(t, "help@elsewhere.example", "We have your message (Halden)")
	w.arrives(t, "support@halden.example", "We have your message (Elsewhere)")
	waitCase(a, "Auto: And back")
	waitCase(b, "Auto: From one to the other")
	// Whatever they still had to say is there once a later mail was taken by both.
	for i, at := range []*client{a, b} {
		to := []string{"support@halden.example", "help@elsewhere.example"}[i]
		w.send(t, "mia@postvak.example", to, message("mia@postvak.example", to, "The end", "end@postvak.example", "Bye"))
		waitCase(at, "The end")
	}
	for _, box := range []string{"support@halden.example", "help@elsewhere.example"} {
		n := 0
		for _, m := range w.box(t, box) {
			if strings.Contains(m, "Auto-Submitted: auto-replied") {
				n++
			}
		}
		if n > 2 {
			t.Errorf("%s got %d automatic answers", box, n)
		}
	}
	n := 0
	for _, m := range w.box(t, "jan@postvak.example") {
		if strings.Contains(m, "We have your message") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("Jan heard it %d times", n)
	}
}

// An inbox writes to itself: the mail leaves, comes back, and is no case.
func TestAnInboxTestsItself(t *testing.T) {
	w := newMailWorld(t)
	_, c := serving(t, settingsScopes)
	inbox := support(t, c, w, nil)
	at := "/v1/inboxes/" + inbox.ID.String() + "/test"
	run := ask[api.TestRun](c, "POST", at, nil)
	eventually(t, "the test mail came back", func() bool {
		run = ask[api.TestRun](c, "GET", at+"/"+run.Run.String(), nil)
		return run.State == "ok"
	})
	var names []string
	for _, s := range run.Steps {
		names = append(names, s.Name)
		if !s.OK {
			t.Errorf("%+v", s)
		}
	}
	if strings.Join(names, ", ") != "connect, sign in, send, arrive" || len(cases(c, url.Values{"status": {"any"}})) != 0 {
		t.Errorf("%v", names)
	}
	broken := support(t, c, w, func(in *api.InboxChange) { in.Address, in.Settings.SMTP.Port = "help@elsewhere.example", 1 })
	run = ask[api.TestRun](c, "POST", "/v1/inboxes/"+broken.ID.String()+"/test", nil)
	if run.State != "failed" || len(run.Steps) != 1 || run.Steps[0].OK || !strings.Contains(run.Steps[0].Detail, "can't be reached") {
		t.Errorf("%+v", run)
	}
}

// Files go out with an answer and come back in with a mail, whole.
func TestFilesThereAndBack(t *testing.T) {
	w := newMailWorld(t)
	_, c := serving(t, settingsScopes)
	support(t, c, w, nil)
	w.send(t, "jan@postvak.example", "support@halden.example", "From: jan@postvak.example\nTo: support@halden.example\nSubject: A picture\nMessage-ID: <p1@postvak.example>\nMIME-Version: 1.0\n"+
		"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>See <img src=\"cid:pic\"> and <img src=\"https://tracker.example/p.gif\" width=1 height=1></p>\n\n--b\n"+
		"Content-Type: image/png\nContent-ID: <pic>\nContent-Disposition: inline; filename=\"../../\u202Egnp.exe\"\nContent-Transfer-Encoding: base64\n\n"+onePixel+"\n--b\n"+
		"Content-Type: text/plain\nContent-Disposition: attachment; filename=bill.txt\n\nbytes of the bill\n--b--\n")
	k := waitCase(c, "A picture")
	page := ask[api.Page[api.Message]](c, "GET", "/v1/cases/"+k.ID.String()+"/messages", nil)
	m := page.Items[len(page.Items)-1]
	if len(m.Attachments) != 2 {
		t.Fatalf("%+v", m.Attachments)
	}
	at := ask[api.FileAddress](c, "GET", "/v1/interactions/"+m.ID.String()+"/attachments/1?json=true", nil)
	a := c.do("GET", at.URL, nil)
	if a.status != http.StatusOK || string(a.body) != "bytes of the bill" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %q %v", a.status, a.body, a.header)
	}
	html := string(c.do("GET", "/v1/interactions/"+m.ID.String()+"/html", nil).body)
	if strings.Contains(html, "tracker") || !strings.Contains(html, `src="/f/`) {
		t.Errorf("the page of the mail: %s", html)
	}
	html = string(c.do("GET", "/v1/interactions/"+m.ID.String()+"/html?images=true", nil).body)
	if strings.Contains(html, "https://tracker") || strings.Contains(html, "/v1/img") {
		t.Errorf("a counting pixel is never shown: %s", html)
	}

	f := c.upload(t, "naïve \u202Efdp.exe", []byte("the contract"))
	undo := 0
	in := api.ReplyInput{IfSeq: caseOf(c, k.ID).Seq, HTML: "<p>Here it is.</p>", UndoSeconds: &undo, Attachments: []crm.ID{f.ID}}
	ask[api.Queued](c, "POST", "/v1/cases/"+k.ID.String()+"/reply", in)
	raw := w.arrives(t, "jan@postvak.example", "Here it is")
	if !strings.Contains(raw, "dGhlIGNvbnRyYWN0") || strings.Contains(raw, "\u202E") {
		t.Errorf("it arrived as %s", raw)
	}
	// A suggestion of who should see it: a colleague outside.
	ask[api.Queued](c, "POST", "/v1/cases/"+k.ID.String()+"/forward", api.ForwardInput{To: []string{"lawyer@elsewhere.example"}, HTML: "<p>Please look.</p>", Include: []crm.ID{m.ID}})
	if got := w.arrives(t, "lawyer@elsewhere.example", "Fwd: A picture"); !strings.Contains(got, "message-1.eml") {
		t.Errorf("forwarded as %s", got)
	}
}

const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="

// upload sends a file as a browser does.
func (c *client) upload(t testing.TB, name string, body []byte) files.File {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(body); err != nil {
		t.Fatal(err)
	}
	w.Close()
	r, err := http.NewRequest("POST", c.base+"/v1/files", &b)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+c.key)
	a, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	var f files.File
	if err := json.NewDecoder(a.Body).Decode(&f); err != nil || a.StatusCode != http.StatusOK || f.ID.IsZero() {
		t.Fatalf("upload: %d, %v, %+v", a.StatusCode, err, f)
	}
	return f
}
