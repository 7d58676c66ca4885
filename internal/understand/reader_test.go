package understand

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

func BenchmarkRead(b *testing.B) {
	r := defaultReader(b)
	in := Input{
		Subject: "Question about my bill", Direction: crm.In, Locale: "en-GB", OccurredAt: when,
		Text: "Hello,\n\nI have a question about my last invoice. You charged me 49.90 euros for June, but my plan costs only 25 euros a month. I already called on Monday and your colleague told me that somebody would call me back, but nobody did. Can you please explain the difference and correct the bill? Otherwise I have to look for another provider.\n\nKind regards,\nPetra Klein",
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Read(in)
	}
}

func BenchmarkLoadEmbedded(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := loadEmbedded(); err != nil {
			b.Fatal(err)
		}
	}
}

// Texts at the edge: nothing, bytes that are not text, one word without an end,
// depth, and everything that the limits are for.
func TestReadAnything(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	for _, text := range []string{
		"", " \n\t ", "?", "!!!", "\xff\xfe\xfd", strings.Repeat("a", 100_000), strings.Repeat("ab ", 50_000), strings.Repeat("?! ", 20_000),
		strings.Repeat("1", 10_000), strings.Repeat("+1 ", 10_000), strings.Repeat("@", 10_000), strings.Repeat("a@b.", 10_000), strings.Repeat("e\u0301", 9000),
		strings.Repeat("i already called ", 3000), strings.Repeat("been waiting been waiting ", 3000), "NL", "NL9", "NL91", "€", "5 €", "€ 5", "1.2.3.4", "31.02.2026", "2026-99-99",
		"0000000000000000", "\u202e\u200b", "İSTANBUL ﬁ ſ", "\x00\x00",
	} {
		for _, d := range []crm.Direction{crm.In, crm.Out, crm.Inside, ""} {
			in := Input{Subject: text[:min(len(text), 50)], Text: text, Direction: d, OccurredAt: when}
			got := r.Read(in)
			checkSpans(t, in, got)
			if len(got.Intents) > 3 || got.Language.Name == "" || got.Urgency.Name == "" {
				t.Errorf("%.20q: %+v", text, got)
			}
		}
	}
}

// What the firm writes carries no emotion, urgency, effort, leaving or asks.
func TestOnlyCustomersFeel(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	text := "This is terrible! I have called three times and nobody answered. Please call me by tomorrow or I will switch to another provider. Where is my order 4471?"
	loud := r.Read(Input{Text: text, Direction: crm.In})
	if loud.Leaving == nil || len(loud.Effort) == 0 || len(loud.Asks) == 0 || loud.Urgency.Name != "high" || loud.Sentiment.Name != "negative" {
		t.Errorf("the customer's words are not heard: %+v", loud)
	}
	for _, in := range []Input{{Text: text, Direction: crm.Out}, {Text: text, Direction: crm.Inside}, {Text: text, Direction: crm.In, Automatic: true}} {
		got := r.Read(in)
		if got.Leaving != nil || got.Effort != nil || got.Asks != nil || got.Emotions != nil || got.Sentiment.Name != "" || got.Urgency.Name != "normal" {
			t.Errorf("%s, automatic %v: %+v", in.Direction, in.Automatic, got)
		}
		if len(got.Intents) == 0 || got.Language.Name != "en" || len(got.Entities) == 0 {
			t.Errorf("%s: intent, language or entities are missing: %+v", in.Direction, got)
		}
	}
}

// Readers share everything but their scratch.
func TestReadIsPure(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	in := Input{Text: "Where is order 4471? I have waited for two weeks!", Direction: crm.In, OccurredAt: when}
	want := fmt.Sprintf("%+v", r.Read(in))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				r.Read(Input{Text: "Ganz etwas anderes: 12,50 € am 3. März", Direction: crm.In, OccurredAt: when})
				if got := fmt.Sprintf("%+v", r.Read(in)); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestReadAllocatesLittle(t *testing.T) {
	r := defaultReader(t)
	in := Input{Text: "Where is my order 4471? I am waiting since Monday.", Direction: crm.In, OccurredAt: when}
	if n := testing.AllocsPerRun(100, func() { r.Read(in) }); n > 40 {
		t.Errorf("%.0f allocations", n)
	}
}

func FuzzRead(f *testing.F) {
	r := defaultReader(f)
	f.Add("Re: order", "Thanks! When does it start?", "in", "nl-NL")
	f.Add("", "NL91 ABNA 0417 1643 00, 4111 1111 1111 1111, +31 6 12345678, a@b.example, $1,234.50 am 3. März", "in", "")
	f.Add("\xff", "e\u0301\xf0?!", "out", "x")
	f.Fuzz(func(t *testing.T, subject, text, direction, locale string) {
		in := Input{Subject: subject, Text: text, Direction: crm.Direction(direction), Locale: locale, OccurredAt: when}
		checkSpans(t, in, r.Read(in))
		r.Terms(in)
	})
}

// The program must start in a second and stay small: what the default reader
// keeps is bounded.
func TestDefaultIsSmall(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	r, err := Default()
	took := time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%v, %d KB kept", took, kept>>10)
	if kept > 15<<20 {
		t.Errorf("the default reader keeps %d bytes", kept)
	}
	runtime.KeepAlive(r)
}
