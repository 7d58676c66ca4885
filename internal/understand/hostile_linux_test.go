package understand

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rapport-crm/rapport/internal/crm"
)

// No text up to a megabyte takes more than 20 ms of one core: the model reads
// 4,000 runes, and what looks at all of it looks once. Processor time of this
// thread is measured, the best of several tries, and twice the limit is allowed:
// it is about the work, not about the neighbours. Every stage has texts that are
// made to slow it down; those of the firm have half of theirs in the subject.
func TestHostileTextsAreQuick(t *testing.T) {
	const (
		size  = 1 << 20
		limit = 2 * 20 * time.Millisecond
		tries = 10
	)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	used := func() time.Duration {
		var u unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_THREAD, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	fill := func(s string) string { return strings.Repeat(s, size/len(s)+1)[:size] }
	rng := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, size)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	letters := make([]byte, size)
	for i := range letters {
		letters[i] = "abcdefghijklmnopqrstuvwxyz0123456789 .?!@-\n"[rng.IntN(43)]
	}
	r := defaultReader(t)
	for name, text := range map[string]string{
		"noise": string(noise), "letters": string(letters), "blanks": fill(" "), "lines": fill("\n"), "short lines": fill("x\n"), "one word": fill("a"), "digits": fill("1"),
		"closings": fill("Kind regards,\n"), "greetings": fill("Hi,\n"), "signatures": fill("-- \n"), "addresses": fill("a@b.example "), "at signs": fill("@"),
		"links": fill("https://a.example/?b=c&d=e "), "phones": fill("+49 30 1234567 "), "cards": fill("4111 1111 1111 1111 "), "ibans": fill("NL91 ABNA 0417 1643 00 "),
		"amounts": fill("1.234,56 € "), "dates": fill("31.12.2026 "), "questions": fill("why? "), "marks": fill("?!"), "combining": fill("e\u0301\u0302\u0303"),
		"wide": fill("我的卡在哪里"), "emoji": fill("👍🏽"), "orders": fill("order 4471, "), "waits": fill("I have been waiting for two weeks. "), "dots": fill("a.b.c."),
		"brackets": fill("[(<{"), "case": fill("İẞﬁ"), "zero": fill("\x00"), "invalid": fill("\xff\xfe"), "joiners": fill("\u200d\u200c\u202e"),
		// Dates: months, days and weekdays that hold on to each other.
		"months": fill("5 March 6 May of June 7th "), "weekdays": fill("last monday next friday we called "), "ordinals": fill("5. 6. 7. März "), "days": fill("tomorrow morgen gestern "),
		// Entities: what looks like the beginning of one, again and again.
		"iban heads": fill("NL91 DE89 "), "iban run": fill("AB12"), "pluses": fill("+1 (0) "), "long phone": fill("+1-2-3-4-5-6-7-8-9-0-"), "currencies": fill("€ 1 $ 2 £ "),
		"order words": fill("order number is no. # "), "codes": fill("AB-12_34/"), "one link": "https://a.example/" + fill("x"), "one address": fill("a.") + "@b.example", "quotes": fill("> > "),
		// Sentences: full stops that end none, and those that do.
		"abbreviations": fill("z.B. e.g. Dr. no. "), "initials": fill("A. B. "), "colons": fill("a: "), "ellipses": fill("... "), "closing quotes": fill(".\")' "),
		// Languages: one word without an end, many of two letters, scripts in turn.
		"one accented word": fill("é"), "small words": fill("de la el en un "), "scripts": fill("a б γ 我 ก א "), "letters and marks": fill("a\u0301b\u0302 "),
		// Rules with gaps and choices, and what is promised.
		"promises": fill("I will call you back by monday. "), "promise heads": fill("we will we will "), "gaps": fill("like want love to "), "please": fill("please please "),
		"wills": fill("will you please would you kindly "), "leaving": fill("cancel my contract switch provider "), "asks": fill("can you tell me if "),
	} {
		for _, direction := range []crm.Direction{crm.In, crm.Out} {
			in := Input{Subject: text[:100], Text: text, Direction: direction, OccurredAt: when}
			if direction == crm.Out {
				in.Subject, in.Text = text[:size/2], text[size/2:]
			}
			best := time.Hour
			for try := 0; try < tries && best > limit/2; try++ {
				start := used()
				checkQuick(r.Read(in), t)
				r.Terms(in)
				best = min(best, used()-start)
			}
			if best > limit {
				t.Errorf("%s, %s: %v", name, direction, best)
			}
		}
	}
}

func checkQuick(got crm.Reading, t *testing.T) {
	if len(got.Intents) > 3 || got.Language.Name == "" {
		t.Errorf("%+v", got)
	}
}
