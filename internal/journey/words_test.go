package journey

import (
	"slices"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestWordsSeeThroughForm(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{
		{"When does my TEXT plan start?", "text plans starts"},
		{"Die Rechnung für Müller", "rechnung MÜLLER"},
		{"it's the caller's invoice", "Invoice"},
	} {
		a, b := Words("", same[0]), Words("", same[1])
		if common(a, b) != min(len(a), len(b)) || len(b) == 0 {
			t.Errorf("%q and %q share %d of %d and %d words", same[0], same[1], common(a, b), len(a), len(b))
		}
	}
	if n := len(Words("", "Thank you, but when can I have the …?")); n != 0 {
		t.Errorf("%d content words in a sentence without any", n)
	}
	if n := len(Words("", strings.Repeat("aa bb ", 5000)+"unreachable")); n != 0 {
		t.Errorf("%d words of two letters, or past the end", n)
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "s", "ss's’s", "Ünïcödé wörds", "\xff\xfe broken", "a\x00b", "İstanbul ſ K"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, subject, text string) {
		w := Words(subject, text)
		if len(w) > maxWords || !slices.IsSorted(w) || len(slices.Compact(slices.Clone(w))) != len(w) {
			t.Fatalf("%d words, sorted %v", len(w), slices.IsSorted(w))
		}
		if jaccard(w, w) != 1 && len(w) > 0 {
			t.Fatal("a text does not have its own words")
		}
		c := &Contact{Direction: crm.In, Subject: subject, Text: text}
		c.read()
		if title(c) == "" && strings.TrimSpace(subject+text) != "" && !replyMark(strings.ToLower(strings.TrimRight(strings.TrimSpace(subject), ": "))) && strings.TrimSpace(text) != "" {
			t.Fatalf("no title of %q %q", subject, text)
		}
	})
}

func TestBareThanks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Thanks!":                             true,
		"That solves it, thank you Sofia":     true,
		"Super, danke, es geht wieder":        true,
		"Top, bedankt voor de snelle hulp":    true,
		"Thanks! When does it start?":         false,
		"Thanks but it still does not work":   false,
		"Danke, aber es geht noch nicht":      false,
		"The router came and it works now":    true,
		"Please send me the invoice, please.": false,
	} {
		c := &Contact{Direction: crm.In, Channel: crm.Mail, Kind: crm.KindMessage, Text: text}
		if got := c.read().thanks; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
