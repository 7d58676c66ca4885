package search

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/store"
)

// The bounds of a query: what is beyond is said and left out.
const (
	maxQuery   = 1000
	maxClauses = 20
)

// Condition is an operator about the case of a message, such as is:open.
type Condition struct {
	Name, Value string
	Not         bool
}

// Query is what a person typed, understood.
type Query struct {
	Clauses    []store.Clause
	Cases      []Condition
	From       time.Time // the earliest moment, zero: none
	Before     time.Time // the first moment that is too late, zero: none
	Notes      []string  // sentences about what was not understood
	Highlights []store.Phrase
}

// Empty reports whether nothing narrows anything down.
func (q *Query) Empty() bool {
	return len(q.Clauses) == 0 && len(q.Cases) == 0 && q.From.IsZero() && q.Before.IsZero()
}

// Operators are the names that Parse knows, with an example each.
var Operators = []struct{ Name, Example, Help string }{
	{"from", "from:anna", "who wrote it: a name, an address or a part of one"},
	{"to", "to:support", "who got it"},
	{"subject", "subject:invoice", "words of the subject"},
	{"is", "is:open", "open, todo, done, waiting, snoozed, ignored, unread, mine, unassigned, urgent"},
	{"has", "has:attachment", "with a file"},
	{"tag", "tag:vip", "of a conversation with this tag"},
	{"assignee", "assignee:kim", "who has the conversation: a colleague, me or none"},
	{"inbox", "inbox:support", "that came through this inbox"},
	{"channel", "channel:mail", "mail, chat, phone, form, review, social"},
	{"customer", "customer:\"Jan de Vries\"", "of this customer"},
	{"intent", "intent:cancel", "what the customer wants"},
	{"language", "language:nl", "of the conversation"},
	{"after", "after:2026-01-31", "on that day or later"},
	{"before", "before:2026-02-01", "earlier than that day"},
	{"on", "on:yesterday", "on that day, in that month or year"},
}

// channelName is what a channel may be called; anything else is no channel.
var channelName = regexp.MustCompile(`^[a-z_]{1,20}$`)

var states = map[string]bool{"open": true, "todo": true, "done": true, "closed": true, "waiting": true, "snoozed": true, "ignored": true, "unread": true,
	"mine": true, "unassigned": true, "urgent": true}

// Parse understands what it can and says what it can't: it refuses nothing.
// Days are those of now's zone.
func Parse(text string, now time.Time) Query {
	var q Query
	text = strings.ToValidUTF8(text, " ")
	if len(text) > maxQuery {
		text = text[:maxQuery]
		q.note("Only the first %d characters were read.", maxQuery)
	}
	for _, t := range termsOf(text) {
		if len(q.Clauses)+len(q.Cases) >= maxClauses {
			q.note("Only the first %d parts were read.", maxClauses)
			break
		}
		q.take(t, now)
	}
	return q
}

func (q *Query) note(format string, args ...any) {
	n := fmt.Sprintf(format, args...)
	for _, old := range q.Notes {
		if old == n {
			return
		}
	}
	q.Notes = append(q.Notes, n)
}

// term is a part of a query: [-][name:]value[*], the value perhaps in quotes.
type term struct {
	not, quoted bool
	name, value string
}

// termsOf cuts a query at spaces outside of quotes. A quote that is not closed
// reaches to the end.
func termsOf(text string) []term {
	var out []term
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return out
		}
		var t term
		if rest, ok := strings.CutPrefix(text, "-"); ok && rest != "" && !startsWithSpace(rest) {
			t.not, text = true, rest
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }); i > 0 && text[i] == ':' {
			t.name, text = strings.ToLower(text[:i]), text[i+1:]
		}
		if open, size := utf8.DecodeRuneInString(text); open == '"' || open == '“' || open == '„' || open == '«' {
			text, t.quoted = text[size:], true
			end := strings.IndexAny(text, "\"”“»")
			if end < 0 {
				end = len(text)
			}
			t.value, text = text[:end], text[end:]
			_, size := utf8.DecodeRuneInString(text)
			text = text[size:]
		} else {
			end := strings.IndexFunc(text, unicode.IsSpace)
			if end < 0 {
				end = len(text)
			}
			t.value, text = text[:end], text[end:]
		}
		out = append(out, t)
	}
}

func startsWithSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}

func (q *Query) take(t term, now time.Time) {
	if t.name != "" && strings.TrimSpace(t.value) == "" {
		if known(t.name) {
			q.note("Nothing stands after “%s:”.", t.name)
			return
		}
		t.value, t.name = t.name, ""
	}
	switch t.name {
	case "":
		q.text(store.AnyText, t)
	case "subject":
		q.text(store.InSubject, t)
	case "from":
		q.text(store.InSender, t)
	case "to":
		q.text(store.InRecipient, t)
	case "has":
		switch strings.ToLower(t.value) {
		case "attachment", "attachments", "file", "files":
			q.fact("_att", t.not)
		default:
			q.note("“has:%s” is not known; there is has:attachment.", t.value)
		}
	case "channel":
		if v := strings.ToLower(t.value); channelName.MatchString(v) {
			q.fact("_ch_"+v, t.not)
		} else {
			q.note("“channel:%s” is not known.", t.value)
		}
	case "after", "before", "on":
		q.day(t, now)
	case "is":
		v := strings.ToLower(strings.TrimSpace(t.value))
		if !states[v] {
			q.note("“is:%s” is not known; try open, done, waiting, snoozed, unread, mine or unassigned.", t.value)
			return
		}
		q.Cases = append(q.Cases, Condition{"is", v, t.not})
	case "tag", "intent", "assignee", "customer", "language", "inbox":
		q.Cases = append(q.Cases, Condition{t.name, strings.TrimSpace(t.value), t.not})
	default:
		q.note("“%s:” is nothing to search by, so its words were searched for.", t.name)
		t.value = t.name + " " + t.value
		t.name = ""
		q.text(store.AnyText, t)
	}
}

func known(name string) bool {
	for _, o := range Operators {
		if o.Name == name {
			return true
		}
	}
	return false
}

// text takes words: those of one term follow each other.
func (q *Query) text(field int, t term) {
	star := !t.quoted && strings.HasSuffix(t.value, "*")
	w := words(t.value)
	if len(w) == 0 {
		if t.value != "" {
			q.note("“%s” has no letter or digit to search for.", t.value)
		}
		return
	}
	if len(w) > maxClauses {
		w = w[:maxClauses]
		q.note("Only the first %d words of a phrase were searched for.", maxClauses)
	}
	// One letter of a script without spaces begins a pair.
	last := []rune(w[len(w)-1])
	p := store.Phrase{Words: w, Prefix: star || len(last) == 1 && isDense(last[0])}
	q.Clauses = append(q.Clauses, store.Clause{Field: field, Any: []store.Phrase{p}, Not: t.not})
	if !t.not && (field == store.AnyText || field == store.InSubject) {
		q.Highlights = append(q.Highlights, p)
	}
}

func (q *Query) fact(mark string, not bool) {
	q.Clauses = append(q.Clauses, store.Clause{Field: store.InFacts, Any: []store.Phrase{{Words: []string{mark}}}, Not: not})
}

// Facts narrows the query to messages with one of the marks.
func (q *Query) Facts(marks []string, not bool) {
	c := store.Clause{Field: store.InFacts, Not: not}
	for _, m := range marks {
		c.Any = append(c.Any, store.Phrase{Words: []string{m}})
	}
	q.Clauses = append(q.Clauses, c)
}

// day takes after:, before: and on:.
func (q *Query) day(t term, now time.Time) {
	from, to, ok := span(strings.ToLower(strings.TrimSpace(t.value)), now)
	if !ok {
		q.note("“%s:%s” is no day; write it like %s.", t.name, t.value, now.Format(time.DateOnly))
		return
	}
	if t.not {
		q.note("“-%s:” was left out: use before: and after: for what is not in a time.", t.name)
		return
	}
	if t.name != "before" && from.After(q.From) {
		q.From = from
	}
	end := to
	if t.name == "before" {
		end = from
	}
	if t.name != "after" && (q.Before.IsZero() || end.Before(q.Before)) {
		q.Before = end
	}
}

// span is the time that a word stands for.
func span(v string, now time.Time) (from, to time.Time, ok bool) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch v {
	case "today":
		return today, today.AddDate(0, 0, 1), true
	case "yesterday":
		return today.AddDate(0, 0, -1), today, true
	}
	for _, f := range []struct {
		layout             string
		years, months, day int
	}{{time.DateOnly, 0, 0, 1}, {"2006/01/02", 0, 0, 1}, {"02.01.2006", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if at, err := time.ParseInLocation(f.layout, v, now.Location()); err == nil && at.Year() >= 1970 {
			return at, at.AddDate(f.years, f.months, f.day), true
		}
	}
	return from, to, false
}
