package email

import (
	"strconv"
	"strings"
)

// media is a parsed Content-Type or Content-Disposition.
type media struct {
	value  string // lower case, such as text/plain
	params map[string]string
}

// maxParams bounds the parameters of one field; mail has two or three.
const maxParams = 64

// parseMedia reads "value; name=text; …" with the continuations and charsets of
// RFC 2231 and the damage of real mail: missing quotes, stray semicolons, text
// in 8 bits or encoded words.
func parseMedia(v string) media {
	value, rest := untilSemicolon(v)
	m := media{value: strings.Trim(removeComments(value), " \t\"'")}
	if before, after, ok := strings.Cut(m.value, "/"); ok {
		m.value = strings.TrimRight(before, " \t") + "/" + strings.TrimLeft(after, " \t")
	}
	if i := strings.IndexAny(m.value, " \t"); i > 0 {
		// "text/plain charset=…" has lost its semicolon.
		rest = m.value[i+1:] + ";" + rest
		m.value = m.value[:i]
	}
	m.value = strings.ToLower(m.value)
	var parts map[string]map[int]string
	for n := 0; rest != "" && n < maxParams; n++ {
		var item string
		item, rest = untilSemicolon(rest)
		name, text, ok := strings.Cut(item, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || name == "" {
			continue
		}
		text = strings.TrimSpace(text)
		if i := lostSemicolon(text); i > 0 {
			rest = text[i:] + ";" + rest
			text = text[:i]
		}
		text = unquote(text)
		if m.params == nil {
			m.params = map[string]string{}
		}
		base, tail, star := strings.Cut(name, "*")
		if !star {
			if _, twice := m.params[name]; !twice {
				m.params[name] = text
			}
			continue
		}
		// RFC 2231: name*=charset'language'text, name*0=…, name*0*=….
		index, encoded := 0, tail == ""
		if t, ok := strings.CutSuffix(tail, "*"); ok {
			tail, encoded = t, true
		}
		if i, err := strconv.Atoi(tail); err == nil && i >= 0 && i < maxParams {
			index = i
		}
		if parts == nil {
			parts = map[string]map[int]string{}
		}
		if parts[base] == nil {
			parts[base] = map[int]string{}
		}
		if !encoded {
			text = percentEncode(text)
		}
		parts[base][index] = text
	}
	for base, pieces := range parts {
		m.params[base] = joinPieces(pieces)
	}
	return m
}

// lostSemicolon finds where a parameter begins inside the value of the one
// before it: after a blank, a word and "=". It is 0 when there is none.
func lostSemicolon(text string) int {
	at := 0
	if strings.HasPrefix(text, `"`) {
		end := quoteEnd(text[1:])
		if end < 0 {
			return 0
		}
		at = end + 2
	}
	i := strings.IndexAny(text[at:], " \t")
	if i < 0 {
		return 0
	}
	name, _, ok := strings.Cut(text[at+i:], "=")
	name = strings.TrimSpace(name)
	if !ok || name == "" || len(name) > 40 || strings.ContainsAny(name, " \t\"()<>@,?") {
		return 0
	}
	return at + i
}

// joinPieces puts the pieces of one parameter together, in order, and decodes
// them as a whole, because a character may be split between two pieces.
func joinPieces(pieces map[int]string) string {
	var all strings.Builder
	for i, left := 0, len(pieces); left > 0; i++ {
		if p, ok := pieces[i]; ok {
			all.WriteString(p)
			left--
		}
	}
	text, charset := all.String(), ""
	if parts := strings.SplitN(text, "'", 3); len(parts) == 3 {
		charset, text = parts[0], parts[2]
	}
	return decodeCharset(charset, percentDecode(text))
}

// percentEncode hides the characters that the decoding of a joined parameter
// would read, in a piece that was not encoded.
func percentEncode(s string) string {
	return strings.NewReplacer("%", "%25", "'", "%27").Replace(s)
}

func percentDecode(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			if hi, lo := hexValue(s[i+1]), hexValue(s[i+2]); hi < 16 && lo < 16 {
				c = hi<<4 | lo
				i += 2
			}
		}
		out = append(out, c)
	}
	return out
}

// untilSemicolon splits v at the first semicolon outside quotes. Quotes that
// never close are letters.
func untilSemicolon(v string) (item, rest string) {
	quoted := false
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			if quoted {
				i++
			}
		case '"':
			if !quoted && strings.IndexByte(v[i+1:], '"') < 0 {
				item, rest, _ = strings.Cut(v[i:], ";")
				return v[:i] + item, rest
			}
			quoted = !quoted
		case ';':
			if !quoted {
				return v[:i], v[i+1:]
			}
		}
	}
	return v, ""
}

// unquote removes the quotes and backslashes of a quoted string. Windows paths
// keep their backslashes before letters.
func unquote(s string) string {
	if len(s) == 0 || s[0] != '"' {
		return strings.TrimSpace(stripComment(s))
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		c := s[i]
		if c == '"' {
			break
		}
		if c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
			c = s[i]
		}
		b.WriteByte(c)
	}
	return b.String()
}

// stripComment removes what follows " (" in an unquoted value (RFC 5322 3.2.2).
func stripComment(s string) string {
	if strings.HasPrefix(s, "(") {
		if _, after, ok := strings.Cut(s, ")"); ok {
			return after
		}
	}
	before, _, _ := strings.Cut(s, " (")
	return before
}
