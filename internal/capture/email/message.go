package email

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// message gathers what Parse finds about one message.
type message struct {
	h      header
	o      Options
	e      *crm.Envelope
	traits map[string]any
	bounce bool
}

// trace are the fields that servers and mail stores add on the way. The copy
// of a message that came by another route differs only in them.
var trace = map[string]bool{
	"received": true, "return-path": true, "delivered-to": true, "x-original-to": true, "x-received": true, "envelope-to": true, "x-envelope-to": true,
	"x-envelope-from": true, "authentication-results": true, "received-spf": true, "x-google-smtp-source": true, "x-gm-message-state": true,
	"status": true, "x-status": true, "x-keywords": true, "x-uid": true, "x-uidl": true, "x-mozilla-status": true, "x-mozilla-status2": true, "x-mozilla-keys": true,
	"x-gmail-labels": true, "x-gm-thrid": true, "x-gm-msgid": true, "content-length": true, "lines": true, "x-apparently-to": true, "delivery-date": true,
	"arc-seal": true, "arc-message-signature": true, "arc-authentication-results": true, "x-virus-scanned": true, "x-forwarded-to": true, "x-forwarded-for": true,
}

func isTrace(name string) bool {
	return trace[name] || strings.HasPrefix(name, "x-spam-") || strings.HasPrefix(name, "x-ms-exchange-")
}

// identity sets the dedupe key and the thread. The key is never the Message-ID
// alone: whoever sent it first could then suppress the real mail.
func (m *message) identity(raw []byte, pos int) {
	sum := sha256.New()
	w := bufio.NewWriterSize(lineHasher{sum}, 32<<10) // a hash takes everything: no write fails
	for _, f := range m.h {
		if isTrace(f.name) {
			_, _ = w.Write(raw[pos:f.start])
			pos = f.end
		}
	}
	_, _ = w.Write(bytes.TrimRight(raw[pos:], "\r\n"))
	_ = w.Flush()
	digest := hex.EncodeToString(sum.Sum(nil))
	t := &m.e.Thread
	if ids := messageIDs(m.h.get("message-id"), 1); len(ids) > 0 {
		t.MessageID = ids[0]
	} else {
		t.MessageID = cleanID(m.h.get("message-id"))
	}
	if ids := messageIDs(m.h.get("in-reply-to"), 1); len(ids) > 0 {
		t.InReplyTo = ids[0]
	}
	t.References = keepEnds(messageIDs(m.h.get("references"), 10*maxReferences), maxReferences)
	m.e.ExternalID = digest
	if t.MessageID != "" {
		m.e.ExternalID = cut(t.MessageID, maxExternalID-1-len(digest)) + ":" + digest
	}
}

// lineHasher drops carriage returns, so that a store that changed the line ends
// still gives the same sum.
type lineHasher struct{ sum hash.Hash }

func (l lineHasher) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\r')
		if i < 0 {
			i = len(p)
		}
		l.sum.Write(p[:i])
		p = p[min(i+1, len(p)):]
	}
	return n, nil
}

// people sets direction and participants.
func (m *message) people() {
	own := func(a string) bool { return m.o.Own != nil && m.o.Own(a) }
	var senders []address
	fields := m.h.all("from")
	for _, v := range fields {
		senders = append(senders, parseAddresses(v, 10)...)
	}
	role := crm.From
	for _, s := range senders {
		if s.value == "" {
			continue
		}
		if own(s.value) {
			m.e.Direction, role = crm.Out, crm.Agent
		}
		m.add(role, s)
		break
	}
	if len(fields) > 1 || len(senders) > 1 {
		m.traits["mail.from_ambiguous"] = true
	}
	if len(m.e.Participants) == 0 && len(senders) > 0 && senders[0].name != "" {
		m.traits["mail.from_text"] = senders[0].name
	}
	for _, f := range []struct {
		name string
		role crm.Role
	}{{"to", crm.To}, {"cc", crm.Cc}} {
		for _, v := range m.h.all(f.name) {
			for _, a := range parseAddresses(v, maxParticipants) {
				if a.value != "" && len(m.e.Participants) < maxParticipants {
					m.add(f.role, a)
				}
			}
		}
	}
	for _, name := range []string{"to", "cc", "delivered-to", "x-original-to", "envelope-to"} {
		for _, v := range m.h.all(name) {
			for _, a := range parseAddresses(v, 50) {
				if a.value != "" && own(a.value) && m.traits["mail.to_inbox"] == nil {
					m.traits["mail.to_inbox"] = strings.ToLower(a.value)
				}
			}
		}
	}
}

func (m *message) add(role crm.Role, a address) {
	m.e.Participants = append(m.e.Participants, crm.Participant{Role: role, Kind: crm.Email, Value: a.value, Name: a.name})
}

// senderText is the address of the sender, or what stands in its place.
func (m *message) senderText() string {
	if p := m.e.Participants; len(p) > 0 && (p[0].Role == crm.From || p[0].Role == crm.Agent) {
		return p[0].Value
	}
	text, _ := m.traits["mail.from_text"].(string)
	return text
}

// body sets text, HTML and attachments.
func (m *message) body(root *part, b *budget, limits map[string]bool) {
	var c content
	c.sort(root)
	var over, overHTML bool
	var visible, quoted []string
	size := 0
	for _, p := range c.text {
		if size >= maxText {
			over = true
			break
		}
		v, q := m.read(p, c.html, maxText-size, b, &over)
		size += len(v) + len(q)
		visible = appendText(visible, v)
		quoted = appendText(quoted, q)
	}
	// An empty text face beside a full HTML one is a habit of some programs.
	if !hasVisible(strings.Join(visible, "")) {
		for _, p := range c.html {
			if p.kind == "text/html" && size < maxText {
				v, q := m.read(p, nil, maxText-size, b, &over)
				size += len(v) + len(q)
				visible, quoted = appendText(visible, v), appendText(quoted, q)
			}
		}
	}
	for _, p := range c.reports {
		quoted = appendText(quoted, p.decode(64<<10, &over))
		m.report(p)
	}
	m.e.Text, m.e.Quoted = strings.Join(visible, "\n\n"), strings.Join(quoted, "\n\n")
	if !hasVisible(m.e.Text) {
		m.e.Text, m.e.Quoted = strings.TrimSpace(m.e.Text+"\n"+m.e.Quoted), ""
	}
	m.e.HTML = htmlOf(c.html, &overHTML)
	for _, p := range c.attachments {
		b.spend(len(p.body))
		m.e.Attachments = append(m.e.Attachments, p.attachment())
	}
	if over {
		limits["Its text is longer than 1 MB; the rest was left out."] = true
	}
	if overHTML {
		limits["Its HTML is longer than 2 MB; the rest was left out."] = true
	}
}

// read gives the text of one part, split into new and old. Where the text rules
// find nothing old, the marks in the HTML face of the same message decide.
func (m *message) read(p *part, faces []*part, limit int, b *budget, over *bool) (visible, quoted string) {
	if p.kind == "text/html" {
		marked, old := htmlText(p.decode(maxHTML, over), b)
		if visible = marked; !m.bounce {
			visible, quoted = stripReply(marked, b)
		}
		if !hasVisible(visible) {
			return strings.TrimSpace(old), ""
		}
		return cut(visible, limit), cut(strings.Join(appendText(appendText(nil, quoted), old), "\n\n"), limit)
	}
	text := p.decode(limit, over)
	if strings.EqualFold(p.params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(p.params["delsp"], "yes"))
	}
	if m.bounce {
		return strings.TrimSpace(text), "" // ">>> DATA" is no quote here
	}
	visible, quoted = stripReply(text, b)
	if quoted == "" && len(faces) == 1 && faces[0].kind == "text/html" {
		var ignored bool
		marked, old := htmlText(faces[0].decode(maxHTML, &ignored), b)
		if hasVisible(marked) && hasVisible(old) {
			v, q := stripReply(marked, b)
			return cut(v, limit), cut(strings.Join(appendText(appendText(nil, q), old), "\n\n"), limit)
		}
	}
	return visible, quoted
}

func appendText(list []string, s string) []string {
	if strings.TrimSpace(s) == "" {
		return list
	}
	return append(list, strings.Trim(s, "\n"))
}

// facts sets the automatic mark and the traits that later stages read.
func (m *message) facts(root *part) {
	replyTo := ""
	for _, a := range parseAddresses(m.h.get("reply-to"), 5) {
		if a.value != "" {
			replyTo = a.value
			break
		}
	}
	from := m.senderText()
	if replyTo != "" && !strings.EqualFold(replyTo, from) {
		m.traits["mail.reply_to"] = replyTo
	}
	m.e.Automatic = m.bounce || automatic(m.h, root.kind, from, replyTo)
	if m.bounce {
		m.traits["mail.bounce"] = true
	}
	if v := m.h.get("list-id"); v != "" {
		if i, j := strings.LastIndexByte(v, '<'), strings.LastIndexByte(v, '>'); i >= 0 && j > i {
			v = v[i+1 : j]
		}
		m.traits["mail.list_id"] = oneLine(decodeWords(v), maxName)
	}
	if v := m.h.get("content-language"); v != "" {
		m.e.Locale, _, _ = strings.Cut(oneLine(guess([]byte(v)), 35), ",")
	}
}

// report reads the recipient and the status of a delivery report (RFC 3464).
func (m *message) report(p *part) {
	if p.kind != "message/delivery-status" {
		return
	}
	var ignored bool
	for line := range strings.SplitSeq(p.decode(64<<10, &ignored), "\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = oneLine(value, maxAddress)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "status":
			m.once("mail.bounce_status", word(value))
		case "original-recipient", "final-recipient":
			if _, addr, ok := strings.Cut(value, ";"); ok {
				m.once("mail.bounce_recipient", cleanAddress(addr))
			}
		}
	}
}

func (m *message) once(key, value string) {
	if value != "" && m.traits[key] == nil {
		m.traits[key] = value
	}
}
