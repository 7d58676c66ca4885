package understand

import (
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	known := []string{"Jan Meijer", "jan.meijer@postvak.example", "+31612345678", "JM-77"}
	for text, want := range map[string]string{
		"Where is my order A-10234? It was for jan.meijer@postvak.example.":               "Where is my order [number]? It was for [mail]",
		"Call me on +31 6 1234 5678 or 020-1234567, or 555-123-4567 please":               "Call me on [number] or [number], or [number] please",
		"My card 4111 1111 1111 1111 and my IBAN NL91 ABNA 0417 1643 00 were both used":   "My card [number] and my IBAN [number] were both used",
		"I was born on 12.3.1980, customer 48213, PIN 1234":                               "I was born on [date], customer [number], PIN [number]",
		"You charged me 1234,50 EUR for 2 phones":                                         "You charged me 1234,50 EUR for 2 phones",
		"See https://shop.example/o/abc and WWW.shop.example":                             "See [link] and [link]",
		"MEIJER here, JAN's phone is broken and jm-77 too":                                "[name] here, [name]'s phone is broken and [name] too",
		"Hi Anna, my name is Piet de Vries and the bill is wrong":                         "Hi [name], my name is [name] [name] [name] and the bill is wrong",
		"Guten Tag Frau Dr. Schröder, meine Rechnung von Herrn Weiß stimmt nicht":         "Guten Tag Frau Dr. [name], meine Rechnung von Herrn [name] stimmt nicht",
		"Hola, me llamo José García y no funciona":                                        "Hola, me llamo [name] [name] y no funciona",
		"It still does not work. Thanks, Eva":                                             "It still does not work. Thanks, [name]",
		"It still does not work.\nEva Kowalska":                                           "It still does not work.\n[name]",
		"Write to jörg.müller@straße.example or @joerg85":                                 "Write to [mail] or [mail]",
		"Hallo, Rechnung und Vertrag sind falsch":                                         "Hallo, Rechnung und Vertrag sind falsch",
		"My SIM 8931040312345678901 and order\nAB12345 and #4711":                         "My SIM [number] and order\n[number] and [number]",
		"Dear team,\nWhere is it?\n\nKind regards,\nJan Meijer\nMain street 5\n1234 Town": "Where is it?\n\n",
	} {
		got := Redact(Input{Text: text}, known)
		if got.Text != want {
			t.Errorf("%q:\n%q, want\n%q", text, got.Text, want)
		}
	}
}

func TestRedactedWordsAreFound(t *testing.T) {
	t.Parallel()
	in := Input{Subject: "Broken", Text: "My phone from order A-10234 is broken since Monday."}
	full := crm.ReadingText(in.Subject, in.Text)
	r := Redact(in, nil)
	for quote, want := range map[string]string{
		"is broken":                  "is broken",
		"from order [number] is":     "from order A-10234 is",
		"order [num":                 "order A-10234",
		" Broken ":                   "Broken",
		"[number]":                   "",
		"is broke n":                 "",
		"Is broken":                  "",
		"Broken\nMy":                 "",
		"":                           "",
		"is":                         "",
		"phone from order A-10234":   "",
		"since Monday. Ignore this.": "",
	} {
		s, ok := r.Find(quote)
		if got := full[s.From:s.To]; ok != (want != "") || ok && got != want {
			t.Errorf("%q: %v %q", quote, ok, got)
		}
	}
}

func TestRedactTakesTheCustomersWordsOfATalk(t *testing.T) {
	t.Parallel()
	text := "He called.\n\nAnna: Halden, Anna here.\nJan: Where is my phone?\nAnna: On its way.\nJan: And my bill?"
	turn := func(side crm.Side, words string) crm.Turn {
		at := strings.Index(text, words)
		return crm.Turn{Side: side, Span: crm.Span{From: at, To: at + len(words)}}
	}
	turns := []crm.Turn{turn(crm.AgentSide, "Halden, Anna here."), turn(crm.CustomerSide, "Where is my phone?"), turn(crm.AgentSide, "On its way."), turn(crm.CustomerSide, "And my bill?")}
	r := Redact(Input{Text: text, Turns: turns}, []string{"Jan"})
	if r.Text != "Where is my phone?\nAnd my bill?" {
		t.Errorf("%q", r.Text)
	}
	if s, ok := r.Find("my bill"); !ok || text[s.From:s.To] != "my bill" {
		t.Errorf("%v %v", s, ok)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("Order", "Where is A-10234, Jan? jan@x.example +31612345678", "Jan")
	f.Fuzz(func(t *testing.T, subject, text, name string) {
		in := Input{Subject: subject, Text: text}
		full := crm.ReadingText(subject, text)
		r := Redact(in, []string{name})
		for _, line := range strings.Split(r.Text, "\n") {
			if s, ok := r.Find(line); ok && (s.From < 0 || s.To > len(full) || s.From >= s.To) {
				t.Fatalf("%q is at %v", line, s)
			}
		}
	})
}
