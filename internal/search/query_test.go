package search_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/search"
	"github.com/rapport-crm/rapport/internal/store"
)

var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

func TestParse(t *testing.T) {
	t.Parallel()
	phrase := func(field int, not, prefix bool, words ...string) store.Clause {
		return store.Clause{Field: field, Not: not, Any: []store.Phrase{{Words: words, Prefix: prefix}}}
	}
	for text, want := range map[string][]store.Clause{
		"":                              nil,
		"Invoice March":                 {phrase(store.AnyText, false, false, "invoice"), phrase(store.AnyText, false, false, "march")},
		`"exact words" -not`:            {phrase(store.AnyText, false, false, "exact", "words"), phrase(store.AnyText, true, false, "not")},
		"inv*":                          {phrase(store.AnyText, false, true, "inv")},
		"from:jan.de.vries@example.com": {phrase(store.InSender, false, false, "jan", "de", "vries", "example", "com")},
		`-from:"Jan de Vries"`:          {phrase(store.InSender, true, false, "jan", "de", "vries")},
		"subject:Rücksendung to:support": {phrase(store.InSubject, false, false, "rucksendung"),
			phrase(store.InRecipient, false, false, "support")},
		"has:attachment channel:in_person": {phrase(store.InFacts, false, false, "_att"), phrase(store.InFacts, false, false, "_ch_in_person")},
		"請求書":                              {phrase(store.AnyText, false, false, "請求", "求書")},
		"請":                                {phrase(store.AnyText, false, true, "請")},
		"colour:red":                       {phrase(store.AnyText, false, false, "colour", "red")},
		`"open end`:                        {phrase(store.AnyText, false, false, "open", "end")},
	} {
		if got := search.Parse(text, noon).Clauses; !slices.EqualFunc(got, want, func(a, b store.Clause) bool {
			return a.Field == b.Field && a.Not == b.Not && slices.EqualFunc(a.Any, b.Any, func(x, y store.Phrase) bool {
				return x.Prefix == y.Prefix && slices.Equal(x.Words, y.Words)
			})
		}) {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

func TestParseTimes(t *testing.T) {
	t.Parallel()
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, time.UTC) }
	for text, want := range map[string][2]time.Time{
		"after:2026-02-03":                   {day(2, 3), {}},
		"before:2026-02-03":                  {{}, day(2, 3)},
		"on:yesterday":                       {day(3, 4), day(3, 5)},
		"on:2026-02":                         {day(2, 1), day(3, 1)},
		"after:2026-01-01 before:2026-02-01": {day(1, 1), day(2, 1)},
	} {
		if q := search.Parse(text, noon); q.From != want[0] || q.Before != want[1] {
			t.Errorf("%q is from %v to %v", text, q.From, q.Before)
		}
	}
}

// What is not understood is said, and never an error.
func TestParseNotes(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		"is:purple":              "is:purple",
		"before:soon":            "is no day",
		"has:wings":              "has:attachment",
		"tag:":                   "Nothing stands after",
		"colour:red":             "nothing to search by",
		"!!!":                    "no letter or digit",
		strings.Repeat("a ", 50): "first 20 parts",
	} {
		if q := search.Parse(text, noon); !strings.Contains(strings.Join(q.Notes, " "), words) {
			t.Errorf("%q: notes are %q", text, q.Notes)
		}
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("before it much was said ", 20)
	for _, c := range []struct{ text, query, want string }{
		{"The invoice of March", "invoice", "The [invoice] of March"},
		{"Die Rücksendung, bitte", "rucksendung", "Die [Rücksendung], bitte"},
		{"😀 an invoice", "inv*", "😀 an [invoice]"},
		{"今月の請求書について", "請求書", "今月の[請求書]について"},
		{"one two three", `"two three"`, "one [two three]"},
		{"nothing here", "other", "nothing here"},
	} {
		text, ranges := search.Snippet(c.text, search.Parse(c.query, noon).Highlights)
		if got := marked(text, ranges); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.query, c.text, got, c.want)
		}
	}
	text, ranges := search.Snippet(long+"the needle "+long, search.Parse("needle", noon).Highlights)
	if len(ranges) != 1 || utf8.RuneCountInString(text) > 200 || !strings.Contains(text, "needle") {
		t.Errorf("%q %v", text, ranges)
	}
}

// marked puts brackets around ranges that count UTF-16 units.
func marked(s string, ranges []search.Range) string {
	var b strings.Builder
	at := 0
	for _, r := range s {
		for _, x := range ranges {
			if x.From == at {
				b.WriteByte('[')
			}
			if x.To == at {
				b.WriteByte(']')
			}
		}
		b.WriteRune(r)
		if at++; r > 0xffff {
			at++
		}
	}
	for _, x := range ranges {
		if x.To == at {
			b.WriteByte(']')
		}
	}
	return b.String()
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`from:"a b" -x* is:open`, "\"\x00\xff", "-:", "--a", "before:9999-99-99", "“„«", "是:open", "a:b:c", "İ*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := search.Parse(text, noon)
		for _, c := range q.Clauses {
			if len(c.Any) == 0 {
				t.Fatalf("%q: an empty clause", text)
			}
			for _, p := range c.Any {
				if len(p.Words) == 0 {
					t.Fatalf("%q: an empty phrase", text)
				}
				for _, w := range p.Words {
					if w == "" || strings.ContainsAny(w, "'\"\\ *:()&|!<>\x00") || !utf8.ValidString(w) {
						t.Fatalf("%q: the word %q", text, w)
					}
				}
			}
		}
		s, ranges := search.Snippet(text, q.Highlights)
		for _, r := range ranges {
			if r.From < 0 || r.To <= r.From || r.To > 2*len(s) {
				t.Fatalf("%q: the range %v of %q", text, r, s)
			}
		}
	})
}
