package email

import (
	"html"
	"path"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// content sorts the parts of a message into what is read and what is attached,
// as RFC 8621 4.1.4 does: the first part of its kind in an alternative, and
// every inline text of a mixed message, in order.
type content struct {
	text, html  []*part
	attachments []*part
	reports     []*part // message/delivery-status and its kin
}

func (c *content) sort(root *part) {
	c.add([]*part{root}, "mixed", false, true, true)
}

// add walks one level. toText and toHTML say which of the two readings the
// level still belongs to.
func (c *content) add(parts []*part, parent string, inAlternative, toText, toHTML bool) {
	textBefore, htmlBefore := len(c.text), len(c.html)
	for i, p := range parts {
		if isMultipart(p.kind) && len(p.kids) > 0 {
			sub := p.kind[len("multipart/"):]
			c.add(p.kids, sub, inAlternative || sub == "alternative", toText, toHTML)
			continue
		}
		kind := p.kind
		if isMultipart(kind) {
			kind = "text/plain" // a multipart without parts: its text, if any
		}
		isText := kind == "text/plain" || kind == "text/html"
		inline := isText && p.disposition.value != "attachment" && (i == 0 || parent != "related" && p.fileName() == "")
		if !inline {
			if kind == "message/delivery-status" || kind == "message/disposition-notification" || kind == "message/feedback-report" {
				c.reports = append(c.reports, p)
			}
			c.attachments = append(c.attachments, p)
			continue
		}
		switch {
		case parent == "alternative":
			if kind == "text/plain" && toText {
				c.text = append(c.text, p)
			} else if kind == "text/html" && toHTML {
				c.html = append(c.html, p)
			}
			continue
		case inAlternative && kind == "text/plain":
			toHTML = false
		case inAlternative:
			toText = false
		}
		if toText {
			c.text = append(c.text, p)
		}
		if toHTML {
			c.html = append(c.html, p)
		}
	}
	if parent == "alternative" {
		// Only one face was there: it serves both readings.
		if len(c.text) == textBefore && toText {
			c.text = append(c.text, c.html[htmlBefore:]...)
		} else if len(c.html) == htmlBefore && toHTML {
			c.html = append(c.html, c.text[textBefore:]...)
		}
	}
}

// decode gives the text of a part, at most limit bytes of it.
func (p *part) decode(limit int, over *bool) string {
	b, cutOff := decodeTransfer(p.encoding, p.body, limit)
	s := clean(decodeCharset(p.params["charset"], b))
	if cutOff || len(s) > limit {
		*over = true
	}
	return cut(s, limit)
}

// fileName is the name of a part from either of the two fields that carry it.
func (p *part) fileName() string {
	for _, v := range []string{p.disposition.params["filename"], p.params["name"], p.params["filename"]} {
		if v == "" {
			continue
		}
		v = oneLine(decodeWords(v), maxFileName*4)
		// Only the last element: a name never chooses a folder.
		v = path.Base(strings.ReplaceAll(v, `\`, "/"))
		if v = strings.Trim(v, "\"' "); v != "" && v != "." && v != ".." && v != "/" {
			return shortenName(v)
		}
	}
	return ""
}

// shortenName cuts a long name and keeps its extension.
func shortenName(name string) string {
	if len(name) <= maxFileName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	return cut(name, maxFileName-len(ext)) + ext
}

// attachment describes a part. A message without a name is named by its
// subject; everything else by its type.
func (p *part) attachment() crm.Attachment {
	a := crm.Attachment{
		Name:        p.fileName(),
		ContentType: oneLine(guess([]byte(p.kind)), 100),
		ContentID:   cleanID(p.header.get("content-id")),
		Size:        decodedSize(p.encoding, p.body),
	}
	if a.Name == "" && p.kind == "message/rfc822" {
		inner, _, _ := readHeader(p.body, 0, func([]byte) bool { return false })
		if s := oneLine(decodeWords(cut(inner.get("subject"), maxSubject)), 100); s != "" {
			a.Name = strings.NewReplacer("/", "-", `\`, "-").Replace(s) + ".eml"
		} else {
			a.Name = "message.eml"
		}
	}
	if a.Name == "" {
		a.Name = "attachment"
	}
	return a
}

// htmlOf joins the HTML reading; text parts between HTML ones are escaped. A
// message without HTML gives nothing.
func htmlOf(parts []*part, over *bool) string {
	any := false
	for _, p := range parts {
		any = any || p.kind == "text/html"
	}
	if !any {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		s := p.decode(maxHTML, over)
		if p.kind != "text/html" {
			s = "<pre>" + html.EscapeString(s) + "</pre>"
		}
		if b.Len()+len(s) > maxHTML {
			s = cut(s, maxHTML-b.Len())
			*over = true
		}
		b.WriteString(s)
		if *over {
			break
		}
	}
	return b.String()
}
