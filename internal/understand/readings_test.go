package understand

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

var update = flag.Bool("update", false, "write the golden readings anew")

// when is the time of all golden messages: a Wednesday.
var when = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

func defaultReader(t testing.TB) *Reader {
	t.Helper()
	r, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return r.WithVocabulary(NewVocabulary(nil, []Product{{Name: "Text Plus"}, {Name: "Halden Hub X"}}))
}

// parseCase reads the head of a golden message: name, direction and channel and
// locale, an optional subject, and the text.
func parseCase(block string) (string, Input) {
	lines := strings.SplitN(block, "\n", 3)
	head := strings.Fields(lines[1])
	in := Input{Direction: crm.Direction(head[0]), Channel: crm.Channel(head[1]), Kind: crm.KindMessage, OccurredAt: when}
	if head[0] == "auto" {
		in.Direction, in.Automatic = crm.In, true
	}
	if head[2] != "-" {
		in.Locale = head[2]
	}
	if len(lines) == 3 {
		in.Text = strings.TrimRight(lines[2], "\n")
	}
	if rest, ok := strings.CutPrefix(in.Text, "Subject: "); ok {
		in.Subject, in.Text, _ = strings.Cut(rest, "\n")
	}
	return strings.TrimSpace(lines[0]), in
}

// show writes a Reading for people: what it says and the words behind it.
func show(in Input, r crm.Reading) string {
	full := crm.ReadingText(in.Subject, in.Text)
	var b strings.Builder
	label := func(head string, l crm.Label) {
		if l.Name == "" {
			return
		}
		fmt.Fprintf(&b, "%s %s", head, l.Name)
		for _, e := range l.Evidence {
			fmt.Fprintf(&b, " [%s]", strings.ReplaceAll(full[e.From:e.To], "\n", " "))
		}
		b.WriteByte('\n')
	}
	label("language", r.Language)
	if r.Unknown {
		b.WriteString("unknown\n")
	} else {
		label("intent", r.Intents[0])
	}
	for _, l := range r.Emotions {
		label("emotion", l)
	}
	label("sentiment", r.Sentiment)
	label("urgency", r.Urgency)
	for _, l := range r.Effort {
		label("effort", l)
	}
	if r.Leaving != nil {
		label("leaving", *r.Leaving)
	}
	for _, a := range r.Asks {
		kind := "request"
		if a.Question {
			kind = "question"
		}
		fmt.Fprintf(&b, "%s [%s]\n", kind, strings.ReplaceAll(a.Text, "\n", " "))
	}
	for _, a := range r.Promises {
		fmt.Fprintf(&b, "promise [%s]\n", strings.ReplaceAll(a.Text, "\n", " "))
	}
	for _, e := range r.Entities {
		fmt.Fprintf(&b, "%s %s [%s]\n", e.Kind, e.Value, e.Text)
	}
	return b.String()
}

func TestReadings(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	data, err := os.ReadFile(filepath.Join("testdata", "readings.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, block := range strings.Split("\n"+string(data), "\n== ")[1:] {
		name, in := parseCase(block)
		reading := r.Read(in)
		checkSpans(t, in, reading)
		fmt.Fprintf(&out, "== %s\n%s\n", name, show(in, reading))
	}
	path := filepath.Join("testdata", "readings.golden")
	if *update {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(out.String(), "\n== ")
	for i, w := range strings.Split(string(want), "\n== ") {
		if i >= len(got) || got[i] != w {
			t.Errorf("reading %d differs; look at it, then run with -update\n--- want\n%s\n--- got\n%s", i, w, got[min(i, len(got)-1)])
		}
	}
}

// checkSpans fails when a span leaves the text.
func checkSpans(t testing.TB, in Input, r crm.Reading) {
	t.Helper()
	n := len(crm.ReadingText(in.Subject, in.Text))
	check := func(what string, spans ...crm.Span) {
		for _, s := range spans {
			if s.From < 0 || s.To < s.From || s.To > n {
				t.Fatalf("%s: span %v of %d bytes", what, s, n)
			}
		}
	}
	labels := append(append([]crm.Label{r.Language, r.Sentiment, r.Urgency}, r.Intents...), append(r.Emotions, r.Effort...)...)
	if r.Leaving != nil {
		labels = append(labels, *r.Leaving)
	}
	for _, l := range labels {
		check(l.Name, l.Evidence...)
		if !(l.Confidence >= 0 && l.Confidence <= 1) {
			t.Fatalf("%s has confidence %v", l.Name, l.Confidence)
		}
	}
	for _, a := range r.Asks {
		check("ask", a.Span)
	}
	for _, e := range r.Entities {
		check(e.Kind, e.Span)
	}
}
