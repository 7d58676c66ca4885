package understand

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// marked is a sentence that somebody marked as one that carries a conversation.
type marked struct {
	point Point
	group string // of those that say the same, one is enough
	said  int
	span  crm.Span
}

type dialogueCase struct {
	name  string
	said  []Statement
	marks []marked
}

// readDialogueCases reads testdata/summaries….txt and reads every message as
// the program does.
func readDialogueCases(t testing.TB, r *Reader, file string) []dialogueCase {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var out []dialogueCase
	for _, block := range strings.Split(string(data), "\n== ")[1:] {
		name, rest, _ := strings.Cut(block, "\n")
		c := dialogueCase{name: name}
		for i, part := range strings.Split("\n"+rest, "\n-- ")[1:] {
			head, text, _ := strings.Cut(part, "\n")
			f := strings.Fields(head)
			at, err := time.Parse("2006-01-02 15:04", f[1]+" "+f[2])
			if err != nil {
				t.Fatal(err)
			}
			at = at.Add(time.Duration(i) * time.Second) // no two at once
			m := Statement{At: at, Direction: crm.Direction(f[0]), Kind: crm.KindMessage}
			if f[0] == "note" {
				m.Direction, m.Kind = crm.Inside, crm.KindNote
			}
			text = strings.TrimSpace(text)
			if subject, ok := strings.CutPrefix(text, "Subject: "); ok {
				m.Subject, text, _ = strings.Cut(subject, "\n")
			}
			m.Text, c.marks = unmark(t, text, len(crm.ReadingText(m.Subject, "")), i, c.marks)
			reading := r.Read(Input{Subject: m.Subject, Text: m.Text, Channel: crm.Mail, Kind: m.Kind, Direction: m.Direction, OccurredAt: at})
			m.Reading = &reading
			c.said = append(c.said, m)
		}
		out = append(out, c)
	}
	return out
}

// unmark takes the marks out of a text.
func unmark(t testing.TB, text string, offset, said int, marks []marked) (string, []marked) {
	t.Helper()
	var b strings.Builder
	for {
		from := strings.IndexByte(text, '{')
		if from < 0 {
			b.WriteString(text)
			return b.String(), marks
		}
		head, rest, ok := strings.Cut(text[from+1:], "|")
		words, after, closed := strings.Cut(rest, "}")
		f := strings.Fields(head)
		if !ok || !closed || len(f) != 2 {
			t.Fatalf("a bad mark in %q", text)
		}
		b.WriteString(text[:from])
		at := offset + b.Len()
		b.WriteString(words)
		marks = append(marks, marked{Point(f[0]), f[1], said, crm.Span{From: at, To: at + len(words)}})
		text = after
	}
}

// lead is the baseline: the first sentences of the conversation.
func lead(said []Statement, k int) []Sentence {
	s := newScratch()
	var out []Sentence
	for i := range said {
		s.loadTokens(said[i].Subject, said[i].Text)
		s.split()
		for _, st := range s.sentences {
			if st.from >= s.body && len(out) < k {
				out = append(out, Sentence{Said: i, Span: crm.Span{From: st.from, To: st.to}})
			}
		}
	}
	return out
}

// kept counts, by point, the groups of marks and those that a summary has.
func kept(c *dialogueCase, summary []Sentence) (has, all map[Point]int) {
	has, all = map[Point]int{}, map[Point]int{}
	found := map[string]bool{}
	for _, m := range c.marks {
		for _, s := range summary {
			if s.Said == m.said && s.Span.From < m.span.To && m.span.From < s.Span.To {
				found[m.group] = true
			}
		}
	}
	seen := map[string]bool{}
	for _, m := range c.marks {
		if seen[m.group] {
			continue
		}
		seen[m.group] = true
		all[m.point]++
		if found[m.group] {
			has[m.point]++
		}
	}
	return has, all
}

var points = []Point{Problem, Asked, Promise, Agreed, Leaving, Outcome}

// TestSummaryAgainstLead counts how much of what carries a conversation a
// summary keeps, beside a summary of the same length made of the first
// sentences. A conversation has more such sentences than a summary may have, so
// no summary keeps all of them: the third column is the most that six can.
func TestSummaryAgainstLead(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	for _, c := range []struct {
		file  string
		least float64 // of what six sentences can keep
	}{{"summaries.txt", .8}, {"summaries_held.txt", .75}} {
		ours, theirs, all, most := map[Point]int{}, map[Point]int{}, map[Point]int{}, 0
		for _, d := range readDialogueCases(t, r, c.file) {
			summary := Summarise(d.said)
			has, n := kept(&d, summary)
			first, _ := kept(&d, lead(d.said, len(summary)))
			groups := 0
			for _, p := range points {
				ours[p], theirs[p], all[p] = ours[p]+has[p], theirs[p]+first[p], all[p]+n[p]
				groups += n[p]
			}
			most += min(groups, MaxSummary)
			if testing.Verbose() {
				t.Logf("%s\n%s", d.name, tell(d.said, summary))
			}
		}
		sum := func(m map[Point]int) (n int) {
			for _, v := range m {
				n += v
			}
			return n
		}
		var b strings.Builder
		for _, p := range points {
			fmt.Fprintf(&b, "\n%-8s summary %2d of %2d, lead %2d", p, ours[p], all[p], theirs[p])
		}
		a, l := float64(sum(ours))/float64(most), float64(sum(theirs))/float64(most)
		t.Logf("%s: summary %d, lead %d, at most %d of %d%s", c.file, sum(ours), sum(theirs), most, sum(all), b.String())
		if a < c.least || a < l+.3 {
			t.Errorf("%s: the summary keeps %.2f, the first sentences keep %.2f; want %.2f, and .3 more than them", c.file, a, l, c.least)
		}
	}
}

func tell(said []Statement, summary []Sentence) string {
	var b strings.Builder
	for _, s := range summary {
		fmt.Fprintf(&b, "  %-8s %-8s %s\n", s.Point, said[s.Said].Direction, s.Text)
	}
	return b.String()
}

// TestSummaryKeepsToItsRules looks at every summary of both files: its order,
// its length, that each text stands where it says, and that neither greetings
// nor signatures nor quotes are in it.
func TestSummaryKeepsToItsRules(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	for _, file := range []string{"summaries.txt", "summaries_held.txt"} {
		for _, d := range readDialogueCases(t, r, file) {
			summary := Summarise(d.said)
			if len(summary) == 0 || len(summary) > MaxSummary {
				t.Errorf("%s: %d sentences", d.name, len(summary))
			}
			for i, s := range summary {
				m := d.said[s.Said]
				full := crm.ReadingText(m.Subject, m.Text)
				if got := strings.Join(strings.Fields(full[s.Span.From:s.Span.To]), " "); got != s.Text {
					t.Errorf("%s: %q does not stand at its place: %q", d.name, s.Text, got)
				}
				if s.Span.From < len(full)-len(m.Text) {
					t.Errorf("%s: %q is a subject", d.name, s.Text)
				}
				if i > 0 && summary[i-1].Said > s.Said {
					t.Errorf("%s: not in order of time", d.name)
				}
				for _, never := range []string{"regards", "Grüße", "groet", "Dear ", "hope you are", "welcome to", "I will stop paying", "> "} {
					if strings.Contains(s.Text, never) {
						t.Errorf("%s: %q was chosen", d.name, s.Text)
					}
				}
			}
			back := slices.Clone(d.said)
			slices.Reverse(back)
			for i, s := range Summarise(back) {
				if i >= len(summary) || s.Text != summary[i].Text || s.Said != len(back)-1-summary[i].Said {
					t.Errorf("%s: the order of the input changes the summary", d.name)
					break
				}
			}
		}
	}
}

func TestSummaryLeavesOut(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	at := when
	say := func(d crm.Direction, k crm.Kind, automatic bool, text string) Statement {
		reading := r.Read(Input{Text: text, Direction: d, Kind: k, Automatic: automatic, OccurredAt: at})
		at = at.Add(time.Hour)
		return Statement{At: at, Direction: d, Kind: k, Automatic: automatic, Text: text, Reading: &reading}
	}
	for name, said := range map[string][]Statement{
		"what programs wrote": {say(crm.Out, crm.KindMessage, true, "We will answer you within two days."), say(crm.In, crm.KindEvent, false, "Signed in on the web site with a new phone")},
		"manners":             {say(crm.In, crm.KindMessage, false, "Hello!"), say(crm.Out, crm.KindMessage, false, "Hello, how are you? Have a nice day."), say(crm.In, crm.KindMessage, false, "Thanks, bye")},
		"a nudge":             {say(crm.In, crm.KindMessage, false, "Hello?")},
		"nothing":             nil,
	} {
		if got := Summarise(said); len(got) != 0 {
			t.Errorf("%s: %s", name, tell(said, got))
		}
	}
	// The same thing said again is one sentence; a promise and its fulfilment are two.
	said := []Statement{say(crm.In, crm.KindMessage, false, "Where is my refund of 20 euros?"), say(crm.In, crm.KindMessage, false, "Hello, where is my refund of 20 euros?"),
		say(crm.Out, crm.KindMessage, false, "We will refund the 20 euros tomorrow."), say(crm.Out, crm.KindMessage, false, "We have refunded the 20 euros.")}
	if got := Summarise(said); len(got) != 3 || got[0].Point != Asked || got[1].Point != Promise || got[2].Point != Outcome {
		t.Errorf("said twice: %s", tell(said, got))
	}
	// What arrives is good news only where nothing is wrong with it, and nothing is agreed before we spoke.
	said = []Statement{say(crm.In, crm.KindMessage, false, "The parcel arrived but the glass is broken."), say(crm.In, crm.KindMessage, false, "I confirmed Friday 6 March with the shop in town.")}
	if got := Summarise(said); len(got) != 1 || got[0].Point != Problem {
		t.Errorf("arrived broken: %s", tell(said, got))
	}
	// A text without a full stop is cut at a rune.
	long := []Statement{say(crm.In, crm.KindMessage, false, "my fridge is broken "+strings.Repeat("ünd", 4000))}
	if got := Summarise(long); len(got) != 1 || !utf8.ValidString(got[0].Text) || len(got[0].Text) > maxSentence {
		t.Errorf("a long sentence: %s", tell(long, got))
	}
}

func TestSummaryInOtherLanguages(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	for language, lines := range map[string][3]string{
		"fr": {"Bonjour, ma commande est arrivée cassée et il manque une pièce.", "Nous vous enverrons une nouvelle pièce demain.", "Nous avons remboursé les 30 euros de frais."},
		"es": {"Hola, el router que me enviaron no funciona desde el lunes.", "Le llamaremos mañana por la tarde.", "Ya funciona perfectamente, muchas gracias por todo."},
		"it": {"Buongiorno, la linea di casa non funziona da ieri mattina.", "La richiameremo domani mattina.", "Abbiamo riparato il guasto nella centrale."},
		"pt": {"Olá, a encomenda que fiz não chegou na segunda-feira.", "Entraremos em contacto amanhã.", "A sua encomenda foi enviada hoje de manhã."},
		"pl": {"Dzień dobry, mój router nie działa od poniedziałku.", "Oddzwonimy do Pana jutro rano.", "Router został wymieniony dziś rano."},
	} {
		said := []Statement{}
		for i, text := range lines {
			in := Input{Text: text, Direction: crm.In, Kind: crm.KindMessage, OccurredAt: when}
			if i == 1 || i == 2 && language != "es" {
				in.Direction = crm.Out
			}
			reading := r.Read(in)
			said = append(said, Statement{At: when.Add(time.Duration(i) * time.Hour), Direction: in.Direction, Kind: in.Kind, Text: text, Reading: &reading})
		}
		got := Summarise(said)
		if len(got) != 3 || got[0].Point != Problem || got[1].Point != Promise || got[2].Point != Outcome {
			t.Errorf("%s: %s", language, tell(said, got))
		}
	}
}

func FuzzSummarise(f *testing.F) {
	r := defaultReader(f)
	f.Add("Re: order", "Hi,\n\nit is broken. Where is it?\n> old\nOn Monday, Jan wrote:\n> x", true)
	f.Add("", "We have refunded 20 euros\xff.", false)
	f.Fuzz(func(t *testing.T, subject, text string, in bool) {
		d := crm.Out
		if in {
			d = crm.In
		}
		reading := r.Read(Input{Subject: subject, Text: text, Direction: d, Kind: crm.KindMessage})
		said := []Statement{{Direction: d, Kind: crm.KindMessage, Subject: subject, Text: text, Reading: &reading}}
		full := crm.ReadingText(subject, text)
		for _, s := range Summarise(said) {
			if s.Span.From < 0 || s.Span.From >= s.Span.To || s.Span.To > len(full) || s.Text == "" {
				t.Fatalf("%+v of %d bytes", s, len(full))
			}
		}
	})
}
