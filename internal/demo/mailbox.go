package demo

import (
	"bytes"
	"fmt"
	"html"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// letterRef is a mail that a later one can answer.
type letterRef struct {
	id, from, subject, text string
	refs                    []string
	at                      time.Time
}

// mail tells a step by mail. It answers the mail before it in the story unless
// the step has the flag "new". The options that it reads: html (a confirmation
// with an HTML part), bare (the text is the whole mail), noquote, cc=, to=
// (another person of the scripts), back=N (answers the mail N before the last).
func (tl *telling) mail(s *step) bool {
	p, a := tl.who, tl.agent
	var prev *letterRef
	if len(tl.mails) > 0 && !s.flags["new"] {
		back, _ := strconv.Atoi(s.opts["back"])
		prev = tl.mails[len(tl.mails)-1-back]
	}
	subject := tl.subject(s)
	if prev != nil && subject == "" {
		subject = replySubject(prev.subject)
	}
	if key := s.opts["to"]; key != "" {
		q := *tl.w.special[key]
		q.lang = tl.st.lang
		p = &q
	}
	customer := crm.Participant{Kind: crm.Email, Value: p.email, Name: p.name()}
	support := crm.Participant{Kind: crm.Email, Value: SupportAddress, Name: Firm}
	e := crm.Envelope{Source: "mail:support", Channel: crm.Mail, Kind: crm.KindMessage, OccurredAt: tl.t.UTC(), Subject: subject}
	domain := Domain
	switch s.who {
	case '>':
		e.Direction = crm.In
		customer.Role, support.Role = crm.From, crm.To
		// The receiving server found the sender's domain aligned. Whether that
		// counts is for the pipeline: the demo's mailbox may not verify.
		customer.Verified, customer.Method = true, "dmarc"
		e.Participants = []crm.Participant{customer, support}
		domain = p.email[strings.IndexByte(p.email, '@')+1:]
		e.Text = tl.own(s)
		if !s.flags["bare"] {
			hello := greeting(tl.r, p, tl.t)
			if hello == "" || p.lang != "de" && p.tone != casual {
				e.Text = capital(e.Text)
			}
			e.Text = strings.Trim(hello+"\n\n"+e.Text+"\n\n"+farewell(tl.r, p), "\n")
		}
	default:
		e.Direction = crm.Out
		customer.Role, support.Role = crm.To, crm.From
		e.Participants = []crm.Participant{support, customer}
		e.Text = tl.words(s)
		if s.who == '*' {
			e.Automatic = true
			e.Participants[0].Value = ServiceAddress
		} else {
			e.Participants = append(e.Participants, crm.Participant{Role: crm.Agent, Kind: crm.UserID, Value: a.id, Name: a.name})
			if !s.flags["bare"] {
				e.Text = letter(tl.r, p, a, e.Text)
			}
		}
	}
	if key := s.opts["cc"]; key != "" {
		q := tl.w.special[key]
		e.Participants = append(e.Participants, crm.Participant{Role: crm.Cc, Kind: crm.Email, Value: q.email, Name: q.name()})
	}
	ref := &letterRef{id: fmt.Sprintf("%s.%d@%s", tl.id, tl.n, domain), from: e.Participants[0].Value, subject: subject, text: e.Text, at: tl.t}
	e.ExternalID, e.Thread.MessageID = ref.id, ref.id
	if prev != nil {
		ref.refs = append(append([]string{}, prev.refs...), prev.id)
		e.Thread.InReplyTo, e.Thread.References = prev.id, ref.refs
		if !s.flags["noquote"] && s.who != '*' && (s.who != '>' || !p.noQuote) {
			e.Quoted = quote(tl.st.lang, prev)
			ref.text += "\n\n" + e.Quoted
		}
	}
	if s.flags["html"] {
		e.HTML = page(subject, e.Text)
	}
	tl.mails = append(tl.mails, ref)
	if s.who == '>' {
		tl.lastIn, tl.mailIn = tl.t, tl.t
	}
	return tl.w.add(crm.Item{Envelope: e, Raw: rfc5322(e), RawType: "message/rfc822"})
}

// replySubject is the subject of an answer: RFC 5322 3.6.5 has one "Re: ".
func replySubject(s string) string {
	if strings.HasPrefix(s, "Re: ") {
		return s
	}
	return "Re: " + s
}

// quote is the history that mail programs put below an answer. It keeps two
// levels, as people who tidy up do.
func quote(lang string, m *letterRef) string {
	at := m.at.In(zone)
	var b strings.Builder
	switch lang {
	case "de":
		fmt.Fprintf(&b, "Am %s um %s schrieb %s:\n", at.Format("02.01.2006"), at.Format("15:04"), m.from)
	case "nl":
		fmt.Fprintf(&b, "Op %s om %s schreef %s:\n", at.Format("02-01-2006"), at.Format("15:04"), m.from)
	default:
		fmt.Fprintf(&b, "On %s, %s wrote:\n", at.Format("Mon, 2 Jan 2006 at 15:04"), m.from)
	}
	for _, line := range strings.Split(m.text, "\n") {
		if strings.HasPrefix(line, ">>") {
			break
		}
		if strings.HasPrefix(line, ">") || line == "" {
			b.WriteString(">" + line + "\n")
		} else {
			b.WriteString("> " + line + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// page is the HTML part of the firm's automatic mails.
func page(title, text string) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html><body style="margin:0;background:#f4f6f8;font-family:Helvetica,Arial,sans-serif">` +
		`<table role="presentation" width="100%"><tr><td align="center"><table role="presentation" width="560" style="background:#ffffff;margin:24px;padding:24px">` +
		`<tr><td style="color:#0b6b6f;font-size:20px;font-weight:bold">` + Firm + `</td></tr><tr><td><h1 style="font-size:18px">` +
		html.EscapeString(title) + `</h1>`)
	for _, para := range strings.Split(text, "\n\n") {
		b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(para), "\n", "<br>") + "</p>")
	}
	b.WriteString(`</td></tr><tr><td style="color:#667;font-size:12px">` + Firm + `, Quayside 1, Halden</td></tr></table></td></tr></table></body></html>`)
	return b.String()
}

// rfc5322 writes the mail that the envelope was made from.
func rfc5322(e crm.Envelope) []byte {
	var b bytes.Buffer
	head := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	var to, cc []string
	for _, p := range e.Participants {
		if p.Kind != crm.Email {
			continue
		}
		a := (&mail.Address{Name: p.Name, Address: p.Value}).String()
		switch p.Role {
		case crm.From:
			head("From", a)
			if e.Direction == crm.In {
				head("Authentication-Results", "mx."+Domain+";\r\n dmarc=pass header.from="+p.Value[strings.IndexByte(p.Value, '@')+1:])
			}
		case crm.To:
			to = append(to, a)
		case crm.Cc:
			cc = append(cc, a)
		}
	}
	head("To", strings.Join(to, ", "))
	if len(cc) > 0 {
		head("Cc", strings.Join(cc, ", "))
	}
	if e.Automatic {
		head("Reply-To", "<"+SupportAddress+">")
		head("Auto-Submitted", "auto-generated") // RFC 3834 5
	}
	head("Subject", mime.QEncoding.Encode("utf-8", e.Subject))
	head("Date", e.OccurredAt.In(zone).Format(time.RFC1123Z))
	head("Message-ID", "<"+e.Thread.MessageID+">")
	if e.Thread.InReplyTo != "" {
		head("In-Reply-To", "<"+e.Thread.InReplyTo+">")
		head("References", "<"+strings.Join(e.Thread.References, ">\r\n <")+">")
	}
	head("MIME-Version", "1.0")
	text := e.Text
	if e.Quoted != "" {
		text += "\n\n" + e.Quoted
	}
	if e.HTML == "" {
		part(&b, "text/plain", text)
		return b.Bytes()
	}
	const boundary = "=_halden_alternative"
	head("Content-Type", `multipart/alternative; boundary="`+boundary+`"`)
	b.WriteString("\r\n--" + boundary + "\r\n")
	part(&b, "text/plain", text)
	b.WriteString("\r\n--" + boundary + "\r\n")
	part(&b, "text/html", e.HTML)
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return b.Bytes()
}

func part(b *bytes.Buffer, mediaType, text string) {
	b.WriteString("Content-Type: " + mediaType + "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(b)
	// Writes to a buffer don't fail.
	_, _ = w.Write([]byte(strings.ReplaceAll(text+"\n", "\n", "\r\n")))
	_ = w.Close()
}
