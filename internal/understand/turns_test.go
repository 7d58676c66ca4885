package understand

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// talk makes an Input of lines "customer: …", "agent: …" or "unknown: …", below a note.
func talk(note string, lines ...string) Input {
	in := Input{Channel: crm.Phone, Kind: crm.KindCall, Direction: crm.In, OccurredAt: when, Text: note}
	for _, line := range lines {
		who, words, _ := strings.Cut(line, ": ")
		switch {
		case in.Text != "" && len(in.Turns) == 0:
			in.Text += "\n\n"
		case in.Text != "":
			in.Text += "\n"
		}
		in.Text += who + ": "
		side := crm.Side(who)
		if who == "unknown" {
			side = ""
		}
		in.Turns = append(in.Turns, crm.Turn{Speaker: who, Side: side, Span: crm.Span{From: len(in.Text), To: len(in.Text) + len(words)}})
		in.Text += words
	}
	return in
}

func TestTalksAreReadBySpeaker(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	const angry = "I am furious, this is the worst service ever, I am so angry and I am switching to another provider!"
	calm := talk("", "agent: "+angry, "unknown: "+angry, "customer: I would like to know when my order HM-20311 is delivered.",
		"agent: I will call you back tomorrow. Your invoice is 25 euros.", "customer: Thank you.")
	got := r.Read(calm)
	if got.Leaving != nil || got.Sentiment.Name == "negative" || len(got.Emotions) > 0 && got.Emotions[0].Name == "anger" || got.Urgency.Name != "normal" {
		t.Errorf("what others said counts for the customer: %+v", got)
	}
	full := crm.ReadingText(calm.Subject, calm.Text)
	at := func(s crm.Span) string { return full[s.From:s.To] }
	if len(got.Asks) != 1 || at(got.Asks[0].Span) != "I would like to know when my order HM-20311 is delivered." || got.Asks[0].Text != at(got.Asks[0].Span) {
		t.Errorf("asks: %+v", got.Asks)
	}
	if len(got.Promises) != 1 || at(got.Promises[0].Span) != "I will call you back tomorrow." {
		t.Errorf("promises: %+v", got.Promises)
	}
	kinds := map[string]string{}
	for _, e := range got.Entities {
		kinds[e.Kind] = at(e.Span)
	}
	if kinds["order"] != "HM-20311" || kinds["amount"] != "25 euros" {
		t.Errorf("entities: %+v", got.Entities)
	}
	upset := r.Read(talk("", "agent: Good morning, how can I help?", "customer: "+angry))
	if upset.Leaving == nil || upset.Sentiment.Name != "negative" {
		t.Errorf("what the customer said does not count: %+v", upset)
	}
	alone := r.Read(Input{Text: "I would like to know when my order HM-20311 is delivered.\n\nThank you.", Channel: crm.Phone, Kind: crm.KindCall, Direction: crm.In, OccurredAt: when})
	if got.Intent() != alone.Intent() || got.Intents[0].Confidence != alone.Intents[0].Confidence {
		t.Errorf("intent %q, of the customer's words alone %q", got.Intent(), alone.Intent())
	}
	for _, l := range got.Intents {
		for _, e := range l.Evidence {
			if e.From < 0 || e.From >= e.To || e.To > len(full) || strings.Contains(at(e), "furious") {
				t.Errorf("evidence %q", at(e))
			}
		}
	}
}

func TestTalksOfNobodyKnown(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	got := r.Read(talk("Called about HM-20311, I will send the invoice.", "unknown: I am furious! When do you deliver order HM-20999? I will call tomorrow."))
	if len(got.Asks) != 0 || len(got.Emotions) != 0 || got.Leaving != nil || len(got.Promises) != 1 || len(got.Entities) < 2 {
		t.Errorf("%+v", got)
	}
}

func TestLongTalksAreReadWhole(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	var lines []string
	for i := range 400 {
		lines = append(lines, fmt.Sprintf("customer: And then we went to the shop and looked at number %d of the list.", i), "agent: I see, yes.")
	}
	lines[400], lines[401] = "customer: When will the technician come?", "agent: We will send a technician on Friday."
	in := talk("", lines...)
	start := time.Now()
	got := r.Read(in)
	if took := time.Since(start); took > 200*time.Millisecond {
		t.Errorf("it took %s", took)
	}
	if len(got.Asks) != 1 || got.Asks[0].Text != "When will the technician come?" || in.Text[got.Asks[0].Span.From:got.Asks[0].Span.To] != got.Asks[0].Text {
		t.Errorf("asks: %+v", got.Asks)
	}
	if len(got.Promises) != 1 || in.Text[got.Promises[0].Span.From:got.Promises[0].Span.To] != "We will send a technician on Friday." {
		t.Errorf("promises: %+v", got.Promises)
	}
	reading := got
	sum := Summarise([]Statement{{At: when, Direction: crm.In, Kind: crm.KindCall, Text: in.Text, Turns: in.Turns, Reading: &reading}})
	found := map[Point]string{}
	for _, s := range sum {
		found[s.Point] = in.Text[s.Span.From:s.Span.To]
	}
	if found[Asked] != "When will the technician come?" || found[Promise] != "We will send a technician on Friday." {
		t.Errorf("summary: %+v", sum)
	}
}

func FuzzReadTurns(f *testing.F) {
	r := defaultReader(f)
	f.Add("Call", "Hello there. When is it?", "I will call you tomorrow.", "note", 3)
	f.Fuzz(func(t *testing.T, subject, theirs, ours, note string, cut int) {
		in := talk(note, "customer: "+theirs, "agent: "+ours, "unknown: "+theirs)
		in.Subject = subject
		shift := len(crm.ReadingText(subject, ""))
		for i := range in.Turns {
			in.Turns[i].Span.From += shift
			in.Turns[i].Span.To += shift
		}
		if cut > 0 { // turns of a text that was cut since
			in.Text = in.Text[:min(len(in.Text), cut)]
		}
		got, full := r.Read(in), crm.ReadingText(in.Subject, in.Text)
		check := func(s crm.Span) {
			if s.From < 0 || s.From > s.To || s.To > len(full) {
				t.Fatalf("%+v of %d bytes", s, len(full))
			}
		}
		for _, a := range append(got.Asks, got.Promises...) {
			check(a.Span)
		}
		for _, e := range got.Entities {
			check(e.Span)
		}
		for _, l := range append(append(got.Intents, got.Emotions...), got.Effort...) {
			for _, e := range l.Evidence {
				check(e)
			}
		}
		Summarise([]Statement{{Direction: crm.In, Kind: crm.KindCall, Subject: in.Subject, Text: in.Text, Turns: in.Turns, Reading: &got}})
	})
}
