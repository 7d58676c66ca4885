package email

import (
	"bytes"
	"strings"
)

// field is one header field; start and end are its place in the message, with
// its continuation lines and line ends.
type field struct {
	name        string // lower case
	value       []byte // as written, folded
	start, text int    // text is where the value begins
	end         int
}

// header is the fields of one header block in their order.
type header []field

// get is the first value of name, unfolded.
func (h header) get(name string) string {
	for i := range h {
		if h[i].name == name {
			return unfold(h[i].value)
		}
	}
	return ""
}

func (h header) has(name string) bool {
	for i := range h {
		if h[i].name == name {
			return true
		}
	}
	return false
}

func (h header) all(name string) []string {
	var out []string
	for i := range h {
		if h[i].name == name {
			out = append(out, unfold(h[i].value))
		}
	}
	return out
}

// unfold removes the line ends of a folded value (RFC 5322 2.2.3).
func unfold(v []byte) string {
	v = bytes.Trim(v, " \t\r\n")
	if bytes.IndexByte(v, '\n') < 0 && bytes.IndexByte(v, '\r') < 0 {
		return string(v)
	}
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		c := v[i]
		if c == '\n' || c == '\r' {
			// A continuation that lost its indent still needs a space.
			if i+1 < len(v) && !isBlank(v[i+1]) && v[i+1] != '\n' && v[i+1] != '\r' {
				out = append(out, ' ')
			}
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// known are field names that prove a line to be header where it could also be
// prose.
var known = map[string]bool{
	"from": true, "to": true, "cc": true, "bcc": true, "subject": true, "date": true, "message-id": true, "mime-version": true, "received": true,
	"content-type": true, "content-transfer-encoding": true, "content-disposition": true, "content-id": true, "reply-to": true, "return-path": true,
	"delivered-to": true, "in-reply-to": true, "references": true, "sender": true, "dkim-signature": true, "authentication-results": true,
}

// fieldName splits a line into a field name and the offset of its value. The
// name is printable ASCII without a colon (RFC 5322 2.2); blanks before the
// colon are forgiven.
func fieldName(line []byte) (name string, value int, ok bool) {
	i := bytes.IndexByte(line[:min(len(line), 200)], ':')
	if i <= 0 {
		return "", 0, false
	}
	n := bytes.TrimRight(line[:i], " \t")
	for _, c := range n {
		if c <= ' ' || c >= 0x7f {
			return "", 0, false
		}
	}
	if len(n) == 0 {
		return "", 0, false
	}
	return strings.ToLower(string(n)), i + 1, true
}

// readHeader reads the header block at raw[pos:] and returns where the body
// starts. stop tells a boundary line, at which a block without an empty line
// ends. cutOff says that a limit left fields out.
func readHeader(raw []byte, pos int, stop func(line []byte) bool) (h header, body int, cutOff bool) {
	begin := pos
	for pos < len(raw) {
		end := len(raw)
		if i := bytes.IndexByte(raw[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		line := bytes.TrimRight(raw[pos:end], "\r\n")
		if len(line) == 0 {
			return h, end, cutOff
		}
		if stop(line) {
			return h, pos, cutOff
		}
		if pos-begin > maxHeaderBytes || len(h) >= maxHeaderFields {
			return h, skipHeader(raw, pos), true
		}
		// A value that runs over the limit is cut there, inside its line.
		last := min(end, begin+maxHeaderBytes)
		cutOff = cutOff || last < end
		switch name, value, ok := fieldName(line); {
		case isBlank(line[0]) && len(h) > 0:
			if len(bytes.TrimSpace(line)) == 0 && blankEndsHeader(raw[end:]) {
				return h, end, cutOff
			}
			f := &h[len(h)-1]
			f.value, f.end = raw[f.text:max(last, f.text)], end
		case ok:
			text := pos + value
			h = append(h, field{name: name, value: raw[text:max(last, text)], start: pos, text: text, end: end})
		case !headerAhead(raw[end:]):
			return h, pos, cutOff // the empty line is missing: this is the body
		}
		pos = end
	}
	return h, pos, cutOff
}

// blankEndsHeader decides whether a line of only blanks was meant as the empty
// line: it was, unless a folded line or more header follows.
func blankEndsHeader(rest []byte) bool {
	if len(rest) > 0 && isBlank(rest[0]) {
		line, _, _ := bytes.Cut(rest[:min(len(rest), 2000)], []byte("\n"))
		return len(bytes.TrimSpace(line)) == 0
	}
	return !headerAhead(rest)
}

// headerAhead looks whether one of the next few lines is certainly a header
// field, so that the damaged line before it is skipped and not taken as body.
func headerAhead(rest []byte) bool {
	for range 4 {
		end := bytes.IndexByte(rest[:min(len(rest), 2000)], '\n')
		if end < 0 {
			return false
		}
		line := bytes.TrimRight(rest[:end], "\r")
		if len(line) == 0 {
			return false
		}
		if name, _, ok := fieldName(line); ok && (known[name] || strings.HasPrefix(name, "x-")) {
			return true
		}
		rest = rest[end+1:]
	}
	return false
}

// skipHeader finds the empty line after a block that is too long.
func skipHeader(raw []byte, pos int) int {
	lf := bytes.Index(raw[pos:], []byte("\n\n"))
	crlf := bytes.Index(raw[pos:], []byte("\n\r\n"))
	switch {
	case lf >= 0 && (crlf < 0 || lf < crlf):
		return pos + lf + 2
	case crlf >= 0:
		return pos + crlf + 3
	}
	return len(raw)
}
