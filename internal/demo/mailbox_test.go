package demo

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"reflect"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Every mail parses with another parser to what its envelope says, ids are
// unique, and references name earlier mails.
func TestMailsAreReal(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, it := range items(t, noon) {
		e := it.Envelope
		if e.Channel != crm.Mail {
			if it.RawType != "application/json" {
				t.Fatalf("%s: raw is %s", e.ExternalID, it.RawType)
			}
			continue
		}
		m, err := mail.ReadMessage(bytes.NewReader(it.Raw))
		if err != nil || it.RawType != "message/rfc822" {
			t.Fatalf("%s: %s %v", e.ExternalID, it.RawType, err)
		}
		id := strings.Trim(m.Header.Get("Message-ID"), "<>")
		if id != e.Thread.MessageID || id != e.ExternalID || seen[id] {
			t.Errorf("%s: Message-ID %q", e.ExternalID, id)
		}
		seen[id] = true
		if got := strings.Trim(m.Header.Get("In-Reply-To"), "<>"); got != e.Thread.InReplyTo || got != "" && !seen[got] {
			t.Errorf("%s: In-Reply-To %q", e.ExternalID, got)
		}
		refs := strings.Fields(m.Header.Get("References"))
		if len(refs) != len(e.Thread.References) {
			t.Errorf("%s: %d references, %d in the envelope", e.ExternalID, len(refs), len(e.Thread.References))
		}
		for _, ref := range refs {
			if !seen[strings.Trim(ref, "<>")] {
				t.Errorf("%s refers to %s, which isn't earlier", e.ExternalID, ref)
			}
		}
		if at, err := m.Header.Date(); err != nil || !at.Equal(e.OccurredAt) {
			t.Errorf("%s: date %v %v", e.ExternalID, at, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != e.Subject {
			t.Errorf("%s: subject %q %v", e.ExternalID, subject, err)
		}
		for _, p := range e.Participants {
			if p.Kind != crm.Email {
				continue
			}
			list, err := m.Header.AddressList(string(p.Role))
			if err != nil || !contains(list, p) {
				t.Errorf("%s: %s %q isn't in the header: %v", e.ExternalID, p.Role, p.Value, err)
			}
		}
		text, html := parts(t, m)
		want := e.Text
		if e.Quoted != "" {
			want += "\n\n" + e.Quoted
		}
		if strings.TrimSpace(text) != strings.TrimSpace(want) || strings.TrimSpace(html) != e.HTML {
			t.Errorf("%s: body\n%s\nenvelope\n%s", e.ExternalID, text, want)
		}
		for _, line := range bytes.Split(it.Raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n") { // RFC 5322 2.1.1
				t.Errorf("%s has a line of %d bytes or a bare line end", e.ExternalID, len(line))
			}
		}
	}
	t.Log(len(seen), "mails")
}

func contains(list []*mail.Address, p crm.Participant) bool {
	for _, a := range list {
		if a.Address == p.Value && a.Name == p.Name {
			return true
		}
	}
	return false
}

// parts decodes the text and HTML of a mail.
func parts(t *testing.T, m *mail.Message) (text, html string) {
	t.Helper()
	read := func(r io.Reader) string {
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(b), "\r\n", "\n")
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		return read(quotedprintable.NewReader(m.Body)), ""
	}
	mr := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := mr.NextPart() // decodes quoted-printable itself
		if err == io.EOF {
			return text, html
		}
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html = read(p)
		} else {
			text = read(p)
		}
	}
}

// The JSON bytes of every other contact are its envelope.
func TestJSONIsTheEnvelope(t *testing.T) {
	t.Parallel()
	for i, it := range items(t, noon) {
		if it.RawType != "application/json" || i%7 != 0 {
			continue
		}
		var e crm.Envelope
		if err := json.Unmarshal(it.Raw, &e); err != nil || !reflect.DeepEqual(e, it.Envelope) {
			t.Fatalf("%s: %v\n%+v\n%+v", it.Envelope.ExternalID, err, e, it.Envelope)
		}
	}
}

// Only systems that check identities may verify them.
func TestWhoMayVerify(t *testing.T) {
	t.Parallel()
	for _, it := range items(t, noon) {
		e := it.Envelope
		switch e.Source {
		case "phone", "mail:support", "sms", "whatsapp", "social", "reviews":
			if it.MayVerify {
				t.Errorf("%s from %s may verify", e.ExternalID, e.Source)
			}
		}
		if !it.MayVerify && e.Channel != crm.Mail {
			for _, p := range e.Participants {
				if p.Verified {
					t.Errorf("%s: %s is called verified", e.ExternalID, p.Value)
				}
			}
		}
	}
}
