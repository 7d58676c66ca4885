package email

import "strings"

// messageIDs reads the ids of a Message-ID, In-Reply-To or References field,
// without angle brackets. Fields without brackets give their words with an @.
func messageIDs(v string, limit int) []string {
	var out []string
	add := func(id string) {
		id = cleanID(id)
		if id != "" && len(out) < limit {
			out = append(out, id)
		}
	}
	if !strings.Contains(v, "<") {
		for _, w := range strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '\n' }) {
			if strings.Contains(w, "@") {
				add(w)
			}
		}
		return out
	}
	for v != "" && len(out) < limit {
		i := strings.IndexByte(v, '<')
		if i < 0 {
			break
		}
		v = v[i+1:]
		end := strings.IndexAny(v, "<>")
		if end < 0 {
			end = len(v)
		}
		add(v[:end])
		v = v[end:]
	}
	return out
}

// cleanID removes what folding and copying add to an id.
func cleanID(id string) string {
	if len(id) > 2*maxMessageID {
		id = id[:2*maxMessageID]
	}
	id = clean(guess([]byte(id)))
	return cut(strings.Trim(strings.Join(strings.Fields(id), ""), "<>"), maxMessageID)
}

// keepEnds shortens a chain of references the way RFC 5322 clients do: the
// first names the thread, the last ones are the nearest parents.
func keepEnds(ids []string, limit int) []string {
	if len(ids) <= limit {
		return ids
	}
	return append(append([]string{}, ids[0]), ids[len(ids)-limit+1:]...)
}
