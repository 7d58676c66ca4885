package understand

import (
	"cmp"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// place is a feature where it stands.
type place struct {
	hash     uint64
	block    uint8
	from, to int32
}

// plainPlaces is the plain definition of what addWords and addChars note, in their
// order.
func plainPlaces(text string) (out []place) {
	folded := []byte(text)
	var before *token
	for _, t := range tokenize(folded, nil) {
		out = append(out, place{hashWord(text[t.from:t.to]), wordBlock, t.from, t.to})
		if before != nil {
			h := hashBytes(tagged(hashWord(text[before.from:before.to]), tagPair), folded[t.from:t.to])
			out = append(out, place{h, wordBlock, before.from, t.to})
		}
		before = &t
	}
	for from := 0; from < len(text); {
		if blank(text[from]) {
			from++
			continue
		}
		to := from
		for to < len(text) && !blank(text[to]) && to-from < maxPiece {
			to++
		}
		for to < len(text) && to > from+1 && !utf8.RuneStart(text[to]) {
			to--
		}
		padded := " " + text[from:to] + " "
		starts := []int{} // of the runes
		for i := 0; i < len(padded); {
			starts = append(starts, i)
			_, size := utf8.DecodeRuneInString(padded[i:])
			i += size
		}
		starts = append(starts, len(padded))
		for i := range starts[:len(starts)-1] {
			first, _ := utf8.DecodeRuneInString(padded[starts[i]:])
			for n := 1; n <= 4 && i+n < len(starts); n++ {
				if n < 3 && !(i > 0 && i < len(starts)-2 && unspaced(first)) {
					continue
				}
				gram := padded[starts[i]:starts[i+n]]
				out = append(out, place{hashBytes(tagged(fnvOffset, tagChars), []byte(gram)), charBlock,
					int32(max(from+starts[i]-1, from)), int32(min(from+starts[i+n]-1, to))})
			}
		}
		from = to
	}
	return out
}

// Features and their places are those of the plain definition, whatever stands
// between the words and however long they are.
func TestFeaturesByDefinition(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	texts := []string{"", " ", "a", "ab", "abc\n\td", " x ", "größe 12", "привет, мир", "今日は ok", "สวัสดี", strings.Repeat("a", 199), strings.Repeat("b", 200), strings.Repeat("c", 201) + " d",
		strings.Repeat("ü", 150), strings.Repeat("word, ", 2000), strings.Repeat("x", 7) + "é" + strings.Repeat("y", 300)}
	pieces := []string{"a", "bc", "the", "order", " ", "  ", "\n", "\t", ".", "?!", "ü", "é", "日", ":)", "12", strings.Repeat("z", 90)}
	for range 3000 {
		var b strings.Builder
		for range rng.IntN(40) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		texts = append(texts, b.String())
	}
	s := newScratch()
	for _, text := range texts {
		s.tokens = tokenize([]byte(text), s.tokens[:0])
		s.features.reset()
		s.features.addWords(s.tokens)
		s.features.addChars([]byte(text), charBlock)
		want := plainPlaces(text)
		if len(s.features.occ) != len(want) {
			t.Fatalf("%q has %d places, by definition %d", text, len(s.features.occ), len(want))
		}
		counts := map[uint64]uint32{}
		for i, p := range want {
			o := s.features.occ[i]
			f := s.features.list[o.feature]
			if f.hash != p.hash || f.block != p.block || o.from != p.from || o.to != p.to {
				t.Fatalf("%q: place %d is %+v of %+v, by definition %+v", text, i, o, f, p)
			}
			counts[p.hash]++
		}
		for _, f := range s.features.list {
			if counts[f.hash] != f.count || f.spread != finalise(f.hash) {
				t.Fatalf("%q: %+v occurs %d times", text, f, counts[f.hash])
			}
		}
		if len(counts) != len(s.features.list) {
			t.Fatalf("%q has %d features, by definition %d", text, len(s.features.list), len(counts))
		}
	}
}

// A token is as warm as the characters in it, over which each place spreads what its
// feature is worth.
func TestWarmth(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for _, text := range []string{"where is order no. 4471?", "...wait (really) don't", "a.b c", "größe, 12!", "x", "¿qué? 今日は ok", strings.Repeat("word, ", 40)} {
		s := loaded(text)
		shares := make([]float32, len(s.features.list))
		for i := range shares {
			shares[i] = rng.Float32() - .5
		}
		heat := make([]float64, len(s.folded.text)+1)
		for _, o := range s.features.occ {
			for at := o.from; at < o.to; at++ {
				heat[at] += float64(shares[o.feature]) / float64(o.to-o.from)
			}
		}
		words, chars := s.features.places(len(s.tokens))
		warmth := make([]float32, len(s.tokens))
		warmWords(warmth, s.tokens, words, shares)
		warmChars(warmth, s.tokens, chars, shares)
		for i, tok := range s.tokens {
			sum := 0.
			for _, h := range heat[tok.from:tok.to] {
				sum += h
			}
			if d := sum - float64(warmth[i]); cmp.Compare(d, 1e-4) > 0 || cmp.Compare(d, -1e-4) < 0 {
				t.Errorf("%q: token %d has %v, by definition %v", text, i, warmth[i], sum)
			}
		}
	}
}
