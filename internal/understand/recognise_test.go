package understand

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// recognisePlain is what recognise means: everything that can begin at a byte,
// tried at every byte.
func recognisePlain(text string, from, to int) (hits []hit) {
	last := from
	for i := from; i < to; {
		var h hit
		c, begins := text[i], wordStart(text, i, from)
		low := strings.ToLower(text[i:min(i+8, to)])
		switch {
		case c == '@':
			h = mailAt(text, last, i, to)
		case begins && (strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "www.")):
			h = urlAt(text, i, to)
		case begins && (isDigit(c) || c == '+'):
			h = numberAt(text, i, to)
		case isDigit(c):
			h = digitsAt(text, i, to)
		}
		if h.kind == 0 && begins && isLetter(c) && i+3 < to && isDigit(text[i+2]) {
			h = ibanAt(text, i, to)
		}
		if h.kind == 0 {
			i++
			continue
		}
		hits = append(hits, h)
		i, last = h.to, h.to
	}
	return hits
}

func TestRecogniseIsWhatItMeans(t *testing.T) {
	t.Parallel()
	parts := strings.Split("h|w|http|HTTPS|https|www|WWW|Www|:|://|//|.|..|a|ab|DE|NL|é|€| |\n|-|+|1|12|123456|00|@|a@b.de|x.y|http://a.b/c|https://x|www.a.de|www.a|"+
		"NL91ABNA0417164300|NL91 ABNA 0417 1643 00|NL92ABNA0417164300|DE89370400440532013000|de12|+49 30 1234567|0171 2345678|2026-03-01|1.3.2026|4111 1111 1111 1111|(|)|_|/|'", "|")
	r := rand.New(rand.NewPCG(1, 2))
	kinds := map[uint8]int{}
	for range 200_000 {
		var b strings.Builder
		for range 1 + r.IntN(7) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		text := b.String()
		from := r.IntN(len(text))
		if r.IntN(2) == 0 {
			from = 0
		}
		to := from + r.IntN(len(text)-from+1)
		if r.IntN(2) == 0 {
			to = len(text)
		}
		got, want := recognise(text, from, to, nil), recognisePlain(text, from, to)
		if !slices.Equal(got, want) {
			t.Fatalf("%q[%d:%d]: %v, want %v", text, from, to, got, want)
		}
		for _, h := range got {
			kinds[h.kind]++
		}
	}
	for k := uint8(hitMail); k <= hitNumber; k++ {
		if kinds[k] < 500 {
			t.Errorf("%d hits of kind %d: the test hardly sees them", kinds[k], k)
		}
	}
}
