package understand

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// hostile makes texts of parts that hit the borders of what reads them.
func hostile(seed uint64, parts []string, n int, each func(text string)) {
	r := rand.New(rand.NewPCG(seed, seed))
	for range n {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		each(b.String())
	}
}

var pieces = strings.Split("a|A|Z|z|e\u0301|é|e|\u0301|\u0323|\u0301\u0323|\u1100|\u1161|\u212a|\u0130|’|ß|😡|\xff|\xe2\x82| |. |? |! |: |\n|\r\n|5. |5. März |e.g. |ca. |(ca. |\rca. |approx. |I. |x. |: -|:-)|:)|;p|=|!?|a@b.de|49,50|+49 30 1234567|。|…|_|-|0", "|")

func TestComposedIsQuickSpan(t *testing.T) {
	t.Parallel()
	hostile(1, pieces, 50_000, func(text string) {
		if got, want := composed(text), norm.NFC.QuickSpanString(text); got != want {
			t.Fatalf("%q: %d, want %d", text, got, want)
		}
	})
}

// Every token is in the sentence that holds its first byte, or after it where
// none does.
func TestTokensKnowTheirSentence(t *testing.T) {
	t.Parallel()
	s, several := newScratch(), 0
	hostile(2, pieces, 50_000, func(text string) {
		subject, rest, _ := strings.Cut(text, " ")
		s.loadTokens(subject, rest)
		s.split()
		want := slices.Clone(s.sentences)
		for i := range want {
			want[i].begin = 0
		}
		n := 0
		for _, tok := range s.tokens {
			at, _ := s.folded.original(int(tok.from), int(tok.to))
			for n+1 < len(want) && at >= want[n].to {
				n++
			}
			if int(tok.sentence) != n {
				t.Fatalf("%q: the token at %d is in sentence %d, want %d", text, at, tok.sentence, n)
			}
			want[n].begin |= beginBit(tok.hash)
		}
		if !slices.Equal(s.sentences, want) {
			t.Fatalf("%q: %v, want %v", text, s.sentences, want)
		}
		several += count(len(want) > 2)
	})
	if several < 10_000 {
		t.Errorf("%d texts of several sentences", several)
	}
}

func TestAbbreviatedIsWhatItMeans(t *testing.T) {
	t.Parallel()
	for w := range abbreviations {
		for _, word := range []string{w, strings.ToUpper(w), strings.NewReplacer("i", "\u0130", "k", "\u212a").Replace(w)} {
			for _, before := range []string{word, "x " + word, "(" + word, "x\n" + word} {
				if !abbreviated(before, ". x") {
					t.Errorf("%q is an abbreviation", before)
				}
			}
		}
	}
	for _, before := range []string{"", "x ", "I", "xca", "x\rca", "approximately", "internet", "12345678"} {
		if abbreviated(before, ". x") {
			t.Errorf("%q is none", before)
		}
	}
}

func TestLineBeginningsInAnyCase(t *testing.T) {
	t.Parallel()
	for _, p := range []*lineBeginnings{openings, closings, footers} {
		for _, text := range p.texts {
			for _, line := range []string{text, strings.ToUpper(text), strings.NewReplacer("k", "\u212a", "i", "\u0130").Replace(text)} {
				if !p.of(line) || !p.of(line+" and so on") || p.of("x"+line) {
					t.Errorf("%q", line)
				}
			}
		}
		hostile(3, slices.Concat(p.texts, pieces), 5_000, func(line string) {
			low := strings.ToLower(line[:min(len(line), 60)])
			if want := slices.ContainsFunc(p.texts, func(x string) bool { return strings.HasPrefix(low, x) }); p.of(line) != want {
				t.Errorf("%q: %v", line, want)
			}
		})
	}
}
