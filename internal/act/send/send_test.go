package send

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/capture/email"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

func letterOf(c act.Content) *letter {
	return &letter{id: crm.ID{7}, date: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), messageID: "c.x.y@halden.example",
		from: mail.Address{Name: "Jürgen (Halden)", Address: "support@halden.example"}, replyTo: "support+c.a.b@halden.example", content: &c}
}

// Nothing that people type begins a header of its own, and no line is longer than
// servers take.
func TestWhatPeopleTypeStaysInItsPlace(t *testing.T) {
	t.Parallel()
	l := letterOf(act.Content{To: []string{"jan@postvak.example"}, Subject: "Hello\r\nBcc: eve@evil.example\r\n\r\nbody 東京", HTML: "<p>" + strings.Repeat("x", 5000) + "</p><img src=\"cid:0190163d-8694-739b-aea5-966c26f8ad91\">",
		InReplyTo: "a@b", References: []string{"a@b", "c@d"}, Headers: act.AutoHeaders("auto-replied", crm.ID{1})})
	l.headers = act.UnsubscribeHeaders("https://desk.halden.example/u/" + strings.Repeat("t", 90))
	l.files = []File{{Name: "../naïve\r\nX: y.pdf", ContentType: "application/pdf", Body: []byte("pdf")},
		{Name: "logo.png", ContentType: "image/png", ID: "0190163d-8694-739b-aea5-966c26f8ad91", Body: []byte("png")}}
	raw, err := l.compose()
	if err != nil {
		t.Fatal(err)
	}
	again, _ := l.compose()
	if !bytes.Equal(raw, again) {
		t.Error("the same message gives other bytes")
	}
	for line := range bytes.Lines(raw) {
		if len(bytes.TrimRight(line, "\r\n")) > 998 || !bytes.HasSuffix(line, []byte("\r\n")) {
			t.Errorf("a line of %d bytes: %.80q", len(line), line)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	h := m.Header
	if h.Get("Bcc") != "" || h.Get("X") != "" || h.Get("In-Reply-To") != "<a@b>" || strings.Join(strings.Fields(h.Get("References")), " ") != "<a@b> <c@d>" ||
		h.Get("Auto-Submitted") != "auto-replied" || h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(h.Get("List-Unsubscribe"), "<https://desk.halden.example/u/ttt") ||
		!strings.HasPrefix(h.Get("Content-Type"), "multipart/mixed") {
		t.Errorf("%v", h)
	}
	e, err := email.Parse(raw, email.Options{Source: "x", Now: l.date})
	if err != nil || len(e.Attachments) != 2 || e.Subject != "Hello Bcc: eve@evil.example body 東京" || len(e.Thread.References) != 2 {
		t.Fatalf("our own parser reads %+v, %v", e, err)
	}
	if a := e.Attachments; a[0].ContentID != "0190163d-8694-739b-aea5-966c26f8ad91" || a[0].Name != "logo.png" || a[0].Size != 3 || a[1].Name != "naïve X: y.pdf" || a[1].Size != 3 {
		t.Errorf("%+v", a)
	}
	if _, body, _, err := email.Attachment(raw, 1, 100); err != nil || string(body) != "pdf" {
		t.Errorf("%q, %v", body, err)
	}
	if !strings.Contains(e.HTML, "cid:0190163d") || !strings.Contains(e.Text, "xxxx") {
		t.Errorf("%.100q and %.100q", e.HTML, e.Text)
	}
}

// The author's own signature stands in place of the inbox's, under what people
// wrote and under nothing else.
func TestSignatureUnderAnswers(t *testing.T) {
	t.Parallel()
	inbox := &inboxes.Inbox{Settings: inboxes.Settings{SignatureHTML: "<p>Halden, {{agent.name}}</p>"}}
	for name, x := range map[string]struct{ kind, own, want string }{
		"one's own":            {act.Reply, "<p>Bea <b>Bos</b></p>", "<p>Bea <b>Bos</b></p>"},
		"the inbox's":          {act.Reply, "", "<p>Halden, Bea &amp; Co</p>"},
		"of a forwarded mail":  {act.Forward, "<p>{{agent.name}}</p>", "<p>Bea &amp; Co</p>"},
		"of an automatic mail": {act.Auto, "<p>Bea</p>", ""},
	} {
		got := signature(inbox, &act.Row{Kind: x.kind, Author: "Bea & Co"}, &act.Content{Signature: x.own})
		if x.want == "" && got != "" || x.want != "" && got != `<div class="signature"><br>-- <br>`+x.want+"</div>" {
			t.Errorf("%s: %q", name, got)
		}
	}
	l := letterOf(act.Content{To: []string{"jan@postvak.example"}, Subject: "Hello", HTML: "<p>Soon.</p>", Text: "Soon."})
	l.signature = signature(inbox, &act.Row{Kind: act.Reply}, &act.Content{Signature: "<p>Bea <b>Bos</b></p>"})
	raw, err := l.compose()
	if err != nil {
		t.Fatal(err)
	}
	e, err := email.Parse(raw, email.Options{Source: "x", Now: l.date})
	if err != nil || !strings.Contains(e.HTML, "<b>Bos</b>") || !strings.Contains(string(raw), "Soon.\r\n\r\n") || strings.Contains(string(raw), "Halden,") {
		t.Errorf("%v: %s", err, raw)
	}
}

// A signed mail verifies, and a header that somebody adds breaks the signature.
func TestSignaturesAreOversigned(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	raw, err := letterOf(act.Content{To: []string{"jan@postvak.example"}, Subject: "Hello", Text: "Hello"}).compose()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Sign(raw, "halden.example", "s1", key)
	if err != nil {
		t.Fatal(err)
	}
	verify := func(b []byte) bool {
		v, err := dkim.VerifyWithOptions(bytes.NewReader(b), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
			if name != "s1._domainkey.halden.example" {
				t.Errorf("asked for %s", name)
			}
			return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
		}})
		return err == nil && len(v) == 1 && v[0].Err == nil
	}
	if !verify(out) {
		t.Fatal("it does not verify")
	}
	for _, extra := range []string{"From: eve@evil.example\r\n", "Subject: Other\r\n", "Reply-To: eve@evil.example\r\n", "To: eve@evil.example\r\n"} {
		if verify(append([]byte(extra), out...)) {
			t.Errorf("a second %s was let through", strings.SplitN(extra, ":", 2)[0])
		}
	}
	if _, err := Sign(raw, "halden.example", "s1", "no key"); err == nil {
		t.Error("a key that is none")
	}
}
