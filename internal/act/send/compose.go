package send

import (
	"fmt"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/k3a/html2text"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
)

// File is an attachment with its bytes.
type File struct {
	Name, ContentType string
	ID                string // of a picture that the HTML shows as cid:ID
	Body              []byte
}

// letter is everything that the bytes of a mail are made of.
type letter struct {
	id        crm.ID
	date      time.Time
	messageID string
	from      mail.Address
	replyTo   string
	content   *act.Content
	signature string // HTML
	files     []File
	headers   map[string]string // beside those of the content
}

// compose writes the mail.
func (l *letter) compose() ([]byte, error) {
	c := l.content
	m := message{id: l.messageID, date: l.date, from: l.from, replyTo: l.replyTo, subject: c.Subject, files: l.files, inReplyTo: c.InReplyTo, references: c.References}
	for _, set := range []struct {
		to   []string
		into *[]*mail.Address
	}{{c.To, &m.to}, {c.Cc, &m.cc}} {
		for _, text := range set.to {
			a, err := mail.ParseAddress(text)
			if err != nil {
				return nil, &act.Rejected{Reason: fmt.Sprintf("%q is no mail address.", text)}
			}
			*set.into = append(*set.into, a)
		}
	}
	for _, headers := range []map[string]string{l.headers, c.Headers} {
		for _, name := range slices.Sorted(maps.Keys(headers)) {
			m.headers = append(m.headers, [2]string{name, headers[name]})
		}
	}
	m.html, m.text = c.HTML+l.signature, c.Text
	if m.text == "" {
		m.text = html2text.HTML2TextWithOptions(m.html, html2text.WithUnixLineBreaks())
	} else if l.signature != "" {
		m.text += "\n\n" + html2text.HTML2TextWithOptions(l.signature, html2text.WithUnixLineBreaks())
	}
	return m.bytes(), nil
}

// fileName keeps a file's name to a name.
func fileName(s string) string {
	s = oneLine(s)
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	if s == "" || s == "." || s == ".." {
		return "file"
	}
	return s
}

// recipients are all envelope recipients, each once.
func recipients(c *act.Content) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range [][]string{c.To, c.Cc, c.Bcc} {
		for _, r := range list {
			a, err := mail.ParseAddress(r)
			if err != nil || seen[strings.ToLower(a.Address)] {
				continue
			}
			seen[strings.ToLower(a.Address)] = true
			out = append(out, a.Address)
		}
	}
	return out
}
