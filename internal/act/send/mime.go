package send

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// message is what the bytes of a mail are made of.
type message struct {
	id         string // Message-ID without brackets
	date       time.Time
	from       mail.Address
	replyTo    string // empty: none
	to, cc     []*mail.Address
	subject    string
	text, html string // one may be empty
	files      []File
	inReplyTo  string
	references []string
	headers    [][2]string
}

// maxReferences keeps the References field short of what servers cut off; the
// first and the newest are what mail programs thread by (RFC 5322 3.6.4).
const maxReferences = 40

// bytes writes the message. The same message gives the same bytes.
func (m *message) bytes() []byte {
	var h, b bytes.Buffer
	field(&h, "Date", m.date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	field(&h, "From", one(m.from))
	list(&h, "To", m.to)
	list(&h, "Cc", m.cc)
	if m.replyTo != "" {
		field(&h, "Reply-To", one(mail.Address{Address: m.replyTo}))
	}
	field(&h, "Subject", words(m.subject))
	field(&h, "Message-ID", "<"+token(m.id)+">")
	if m.inReplyTo != "" {
		field(&h, "In-Reply-To", "<"+token(m.inReplyTo)+">")
	}
	if refs := m.references; len(refs) > 0 {
		if len(refs) > maxReferences {
			refs = append([]string{refs[0]}, refs[len(refs)-maxReferences+1:]...)
		}
		ids := make([]string, len(refs))
		for i, r := range refs {
			ids[i] = "<" + token(r) + ">"
		}
		field(&h, "References", strings.Join(ids, " "))
	}
	for _, x := range m.headers {
		field(&h, x[0], x[1])
	}
	field(&h, "MIME-Version", "1.0")
	m.body(&b)
	h.Write(b.Bytes())
	return h.Bytes()
}

// body writes the content with its headers.
func (m *message) body(w *bytes.Buffer) {
	var inline, attached []File
	for _, f := range m.files {
		if f.ID != "" && strings.Contains(m.html, "cid:"+f.ID) {
			inline = append(inline, f)
		} else {
			attached = append(attached, f)
		}
	}
	boundary := func(kind string) string { // of the message, so that it is the same each time
		sum := sha256.Sum256([]byte(kind + m.id))
		return "=_" + kind + "_" + hex.EncodeToString(sum[:12])
	}
	html := func(w *bytes.Buffer) {
		if len(inline) == 0 {
			text(w, "text/html", m.html)
			return
		}
		multi(w, "related", boundary("rel"), func(part func(func(*bytes.Buffer))) {
			part(func(w *bytes.Buffer) { text(w, "text/html", m.html) })
			for _, f := range inline {
				part(func(w *bytes.Buffer) { file(w, f, "inline") })
			}
		})
	}
	faces := func(w *bytes.Buffer) {
		switch {
		case m.html == "":
			text(w, "text/plain", m.text)
		case m.text == "":
			html(w)
		default:
			multi(w, "alternative", boundary("alt"), func(part func(func(*bytes.Buffer))) {
				part(func(w *bytes.Buffer) { text(w, "text/plain", m.text) })
				part(html)
			})
		}
	}
	if len(attached) == 0 {
		faces(w)
		return
	}
	multi(w, "mixed", boundary("mix"), func(part func(func(*bytes.Buffer))) {
		part(faces)
		for _, f := range attached {
			part(func(w *bytes.Buffer) { file(w, f, "attachment") })
		}
	})
}

func multi(w *bytes.Buffer, kind, boundary string, parts func(part func(func(*bytes.Buffer)))) {
	fmt.Fprintf(w, "Content-Type: multipart/%s;\r\n boundary=\"%s\"\r\n\r\n", kind, boundary)
	parts(func(write func(*bytes.Buffer)) {
		fmt.Fprintf(w, "--%s\r\n", boundary)
		write(w)
		w.WriteString("\r\n")
	})
	fmt.Fprintf(w, "--%s--\r\n", boundary)
}

func text(w *bytes.Buffer, kind, s string) {
	fmt.Fprintf(w, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", kind)
	q := quotedprintable.NewWriter(w)
	s = strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"), "\r", "\n")
	_, _ = q.Write([]byte(strings.ReplaceAll(s, "\n", "\r\n"))) // a buffer takes everything
	_ = q.Close()
	w.WriteString("\r\n")
}

func file(w *bytes.Buffer, f File, how string) {
	kind, _, err := mime.ParseMediaType(f.ContentType)
	if err != nil || strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "message/") {
		kind = "application/octet-stream"
	}
	if f.ContentType == "message/rfc822" {
		// A mail inside a mail keeps its bytes only when nothing encodes it, so it
		// goes as a file, which every program opens.
		kind = "application/octet-stream"
	}
	name := fileName(f.Name)
	fmt.Fprintf(w, "Content-Type: %s\r\n", kind)
	fmt.Fprintf(w, "Content-Disposition: %s;%s\r\n", how, parameter("filename", name))
	if f.ID != "" {
		fmt.Fprintf(w, "Content-ID: <%s>\r\n", token(f.ID))
	}
	w.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
	const width = 57 // gives lines of 76
	for b := f.Body; len(b) > 0; b = b[min(width, len(b)):] {
		w.WriteString(base64.StdEncoding.EncodeToString(b[:min(width, len(b))]))
		w.WriteString("\r\n")
	}
}

// parameter writes a name that is no plain ASCII as RFC 2231 asks, in pieces, so
// that no line grows too long.
func parameter(key, value string) string {
	plain := len(value) <= 60
	for _, c := range value {
		plain = plain && c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '%'
	}
	if plain {
		return "\r\n " + key + `="` + value + `"`
	}
	var out strings.Builder
	n, line := 0, "utf-8''"
	flush := func(last bool) {
		fmt.Fprintf(&out, "\r\n %s*%d*=%s", key, n, line)
		if !last {
			out.WriteByte(';')
		}
		n, line = n+1, ""
	}
	for _, c := range []byte(value) {
		if len(line) > 55 {
			flush(false)
		}
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' {
			line += string(rune(c))
		} else {
			line += fmt.Sprintf("%%%02X", c)
		}
	}
	flush(true)
	return out.String()
}

// field writes a header field, folded at its spaces.
func field(w *bytes.Buffer, name, value string) {
	value = oneLine(value)
	w.WriteString(name + ":")
	n := len(name) + 1
	for word := range strings.FieldsSeq(value) {
		if n+1+len(word) > 76 && n > len(name)+1 {
			w.WriteString("\r\n")
			n = 0
		}
		w.WriteString(" " + word)
		n += 1 + len(word)
	}
	w.WriteString("\r\n")
}

func list(w *bytes.Buffer, name string, all []*mail.Address) {
	if len(all) == 0 {
		return
	}
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = one(*a)
	}
	field(w, name, strings.Join(out, ", "))
}

func one(a mail.Address) string {
	return (&mail.Address{Name: oneLine(a.Name), Address: token(a.Address)}).String()
}

// words encodes what is no ASCII as RFC 2047 asks.
func words(s string) string { return mime.QEncoding.Encode("utf-8", oneLine(s)) }

// oneLine is s without line breaks and other control characters: they would
// begin a header of somebody's choice.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' || r == '\t' {
			return ' '
		}
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// token is s without what would end an address or an id.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f || r == '<' || r == '>' {
			return -1
		}
		return r
	}, s)
}
