package email

import "strings"

// decodeWords reads the encoded words of RFC 2047 in an unfolded header value,
// more tolerantly than the text: inside quotes, with spaces in them, split in
// the middle of a character. Other bytes are guessed as a whole.
func decodeWords(v string) string {
	if !strings.Contains(v, "=?") {
		return guess([]byte(v))
	}
	var out strings.Builder
	var run []byte // decoded bytes of adjacent words in one charset
	charset := ""
	flush := func() {
		if run != nil {
			out.WriteString(decodeCharset(charset, run))
			run = nil
		}
	}
	// No word can end after the last "?=": knowing that keeps the search linear.
	whole := len(v)
	last := strings.LastIndex(v, "?=")
	for v != "" {
		i := strings.Index(v, "=?")
		if i < 0 || whole-len(v)+i > last {
			break
		}
		label, data, rest, ok := encodedWord(v[i:])
		if !ok {
			flush()
			out.WriteString(guess([]byte(v[:i+2])))
			v = v[i+2:]
			continue
		}
		// White space between two encoded words is not shown (RFC 2047 6.2).
		if gap := v[:i]; run == nil || strings.TrimSpace(gap) != "" {
			flush()
			out.WriteString(guess([]byte(gap)))
		}
		if run != nil && !strings.EqualFold(charset, label) {
			flush()
		}
		charset = label
		run = append(run, data...)
		if run == nil {
			run = []byte{}
		}
		v = rest
	}
	flush()
	out.WriteString(guess([]byte(v)))
	return out.String()
}

// encodedWord reads one word at the start of v, which begins with "=?".
func encodedWord(v string) (charset string, data []byte, rest string, ok bool) {
	v = v[2:]
	q := strings.IndexByte(v[:min(len(v), 60)], '?')
	if q < 0 || len(v) < q+4 || v[q+2] != '?' {
		return "", nil, "", false
	}
	charset, enc, text := v[:q], v[q+1], v[q+3:]
	if !strings.ContainsRune("BbQq", rune(enc)) {
		return "", nil, "", false
	}
	end := strings.Index(text, "?=")
	if end < 0 {
		return "", nil, "", false
	}
	rest, text = text[end+2:], text[:end]
	switch enc {
	case 'B', 'b':
		data, _ = decodeBase64([]byte(text), nil, len(text))
	case 'Q', 'q':
		for i := 0; i < len(text); i++ {
			c := text[i]
			switch {
			case c == '_':
				c = ' '
			case c == '=' && i+2 < len(text):
				if hi, lo := hexValue(text[i+1]), hexValue(text[i+2]); hi < 16 && lo < 16 {
					c = hi<<4 | lo
					i += 2
				}
			}
			data = append(data, c)
		}
	}
	return charset, data, rest, true
}
