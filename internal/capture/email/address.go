package email

import "strings"

// address is one mailbox; value is empty when only a name was given.
type address struct {
	name  string
	value string
}

// parseAddresses reads an address list (RFC 5322 3.4) with the freedom that
// real mail takes: missing brackets and quotes, semicolons as commas, names
// with commas, groups, encoded words anywhere. v is unfolded. It is linear.
func parseAddresses(v string, limit int) []address {
	var out []address
	var phrase, comment strings.Builder
	angle := ""
	hasAngle, quotesEnd, anglesEnd := false, false, false
	flush := func() {
		a := finishAddress(phrase.String(), angle, comment.String(), hasAngle)
		phrase.Reset()
		comment.Reset()
		angle, hasAngle = "", false
		if a == (address{}) {
			return
		}
		// "Doe, John <j@example.com>": the comma was part of the name.
		if n := len(out); n > 0 && out[n-1].value == "" && a.value != "" && a.name != "" {
			a.name = out[n-1].name + ", " + a.name
			out = out[:n-1]
		}
		out = append(out, a)
	}
	for i := 0; i < len(v) && len(out) < limit; i++ {
		switch c := v[i]; c {
		case '"':
			end := -1
			if !quotesEnd {
				end = quoteEnd(v[i+1:])
			}
			if end < 0 {
				quotesEnd = true
				continue
			}
			text := unquote(v[i : i+end+2])
			i += end + 1
			// In "john doe"@example.com the quotes belong to the address.
			if i+1 < len(v) && v[i+1] == '@' {
				text = `"` + text + `"`
			}
			phrase.WriteString(text)
		case '(':
			depth, j := 1, i+1
			for ; j < len(v) && depth > 0; j++ {
				switch v[j] {
				case '(':
					depth++
				case ')':
					depth--
				case '\\':
					j++
				}
			}
			if comment.Len() == 0 {
				comment.WriteString(strings.Trim(v[i+1:min(j, len(v))], "() "))
			}
			phrase.WriteByte(' ')
			i = j - 1
		case '<':
			end := -1
			if !anglesEnd {
				end = strings.IndexByte(v[i:], '>')
			}
			if end < 0 {
				anglesEnd = true
				if end = strings.IndexAny(v[i:], ",;"); end < 0 {
					end = len(v) - i
				}
			}
			if a := v[i+1 : i+max(end, 1)]; !hasAngle || strings.Contains(a, "@") && !strings.Contains(angle, "@") {
				angle, hasAngle = a, true
			}
			i += end
			if i < len(v) && v[i] != '>' {
				i--
			}
		case ',', ';':
			flush()
		case ':':
			// A group name ends here, except inside "mailto:".
			if p := phrase.String(); !strings.Contains(p, "@") && !strings.EqualFold(strings.TrimSpace(p), "mailto") {
				phrase.Reset()
			} else {
				phrase.WriteByte(c)
			}
		default:
			phrase.WriteByte(c)
		}
	}
	if len(out) < limit {
		flush()
	}
	return out
}

// quoteEnd is the place of the closing quote in v, or -1.
func quoteEnd(v string) int {
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func finishAddress(phrase, angle, comment string, hasAngle bool) address {
	phrase = strings.TrimSpace(phrase)
	if hasAngle {
		if value := cleanAddress(angle); value != "" {
			return address{name: displayName(phrase, comment), value: value}
		}
		if strings.TrimSpace(angle) != "" && phrase == "" {
			return address{name: displayName(angle, "")}
		}
	}
	if !strings.Contains(phrase, "@") {
		return address{name: displayName(phrase, comment)}
	}
	if strings.HasPrefix(phrase, `"`) {
		if value := cleanAddress(phrase); value != "" {
			return address{name: displayName("", comment), value: value}
		}
	}
	// No brackets: the word with the @ is the address, the others the name.
	if value := cleanAddress(phrase); value != "" && !strings.ContainsAny(phrase, " \t") {
		return address{name: displayName("", comment), value: value}
	}
	words := strings.Fields(phrase)
	for i, w := range words {
		if value := cleanAddress(w); value != "" {
			rest := append(append([]string{}, words[:i]...), words[i+1:]...)
			return address{name: displayName(strings.Join(rest, " "), comment), value: value}
		}
	}
	if value := cleanAddress(strings.Join(words, "")); value != "" {
		return address{name: displayName("", comment), value: value}
	}
	return address{name: displayName(phrase, comment)}
}

// displayName decodes a name; a comment serves where no name is.
func displayName(phrase, comment string) string {
	if phrase == "" {
		phrase = comment
	}
	return strings.Trim(oneLine(decodeWords(phrase), maxName), `"' `)
}

// cleanAddress is the mailbox address in s, or "" when there is none. It only
// removes what can't belong to it; normalising is the identify stage's.
func cleanAddress(s string) string {
	s = strings.TrimSpace(clean(guess([]byte(cut(s, 2000)))))
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s, _, _ = strings.Cut(s[7:], "?")
	}
	if !strings.HasPrefix(s, `"`) {
		s = removeComments(s)
	}
	// The route of RFC 5322 4.4: @one,@two:user@example.com.
	if strings.HasPrefix(s, "@") {
		if _, after, ok := strings.Cut(s, ":"); ok {
			s = after
		}
	}
	if s = strings.Trim(s, "<>',;: \t"); !strings.HasPrefix(s, `"`) || !strings.Contains(s, `"@`) {
		s = strings.Trim(s, "<>'\",;: \t")
		s = strings.Join(strings.Fields(s), "")
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > maxAddress || strings.ContainsAny(s[at:], "<>()\"\\, \n") {
		return ""
	}
	return s
}
