package understand

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// ExtractorVersion changes whenever the same text would give other features. A
// model stores it, and one that was made by another version is refused:
// training and serving that differ by one rune class fail without a sign.
const ExtractorVersion = 1

// FNV-1a, 64 bits, with a tag byte in front so that a word, a pair of words and
// a character n-gram of the same bytes are three features.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
	tagWord   = 1
	tagPair   = 2
	tagChars  = 3
)

const (
	wordBlock uint8 = iota
	charBlock
)

// maxPiece is where a run without blanks is cut, in bytes.
const maxPiece = 200

// token is a word, a run of ! and ?, an emoji or an emoticon. From and to are
// offsets into the folded text; sentence is set later, by those who need it.
type token struct {
	hash     uint64
	from, to int32
	sentence int32
	word     bool
}

// feature is one distinct feature of a text with how often it occurs.
type feature struct {
	hash, spread uint64 // spread is the hash, finalised
	count        uint32
	block        uint8
}

// occurrence is one place of a feature, kept only when spans are asked for.
type occurrence struct{ feature, from, to int32 }

// features counts distinct hashes in an open-addressing table that is reused
// from text to text.
type features struct {
	list  []feature
	slots []int32 // index into list plus one, 0 is free
	occ   []occurrence
	spans bool
}

func (f *features) reset(spans bool) {
	if len(f.slots) == 0 {
		f.slots = make([]int32, 4096)
	} else {
		clear(f.slots)
	}
	f.list, f.occ, f.spans = f.list[:0], f.occ[:0], spans
}

func (f *features) add(h uint64, block uint8, from, to int32) {
	mask := uint64(len(f.slots) - 1)
	spread := finalise(h)
	i := spread & mask
	for {
		at := f.slots[i]
		if at == 0 {
			break
		}
		if f.list[at-1].hash == h {
			f.list[at-1].count++
			if f.spans {
				f.occ = append(f.occ, occurrence{at - 1, from, to})
			}
			return
		}
		i = (i + 1) & mask
	}
	f.list = append(f.list, feature{h, spread, 1, block})
	f.slots[i] = int32(len(f.list))
	if f.spans {
		f.occ = append(f.occ, occurrence{int32(len(f.list)) - 1, from, to})
	}
	if 2*len(f.list) > len(f.slots) {
		f.grow()
	}
}

func (f *features) grow() {
	f.slots = make([]int32, 2*len(f.slots))
	mask := uint64(len(f.slots) - 1)
	for n, e := range f.list {
		i := e.spread & mask
		for f.slots[i] != 0 {
			i = (i + 1) & mask
		}
		f.slots[i] = int32(n + 1)
	}
}

// finalise spreads a hash over its low bits, which FNV-1a mixes least.
func finalise(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}

func hashBytes(h uint64, b []byte) uint64 {
	for _, c := range b {
		h = (h ^ uint64(c)) * fnvPrime
	}
	return h
}

// tagged is the state after the tag byte.
func tagged(h uint64, tag byte) uint64 { return (h ^ uint64(tag)) * fnvPrime }

// hashWord is the hash of a lower-case token.
func hashWord(s string) uint64 {
	h := tagged(fnvOffset, tagWord)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}

// tokenize appends the tokens of folded text.
func tokenize(text []byte, toks []token) []token {
	start := tagged(fnvOffset, tagWord)
	for i := 0; i < len(text); {
		class, size := classAt(text, i)
		switch class {
		case classWord, classBang:
			j, h := i, start
			for {
				for ; j < len(text) && asciiClass[text[j]] == class; j++ {
					h = (h ^ uint64(text[j])) * fnvPrime
				}
				if j >= len(text) || text[j] < utf8.RuneSelf {
					break
				}
				var next uint8
				if next, size = classAt(text, j); next != class {
					break
				}
				h = hashBytes(h, text[j:j+size])
				j += size
			}
			toks = append(toks, token{hash: h, from: int32(i), to: int32(j), word: class == classWord})
			i = j
		case classSymbol:
			toks = append(toks, token{hash: hashBytes(start, text[i:i+size]), from: int32(i), to: int32(i + size)})
			i += size
		case classEyes:
			if n := emoticon(text, i); n > 0 {
				toks = append(toks, token{hash: hashBytes(start, text[i:i+n]), from: int32(i), to: int32(i + n)})
				size = n
			}
			i += size
		default:
			i += size
		}
	}
	return toks
}

const (
	classOther uint8 = iota
	classWord
	classBang
	classSymbol
	classEyes // an emoticon may begin here
)

// asciiClass is the class of a byte; those above ASCII have none.
var asciiClass = func() (t [256]uint8) {
	for c := range utf8.RuneSelf {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_':
			t[c] = classWord
		case c == '!' || c == '?':
			t[c] = classBang
		case c == ':' || c == ';' || c == '=':
			t[c] = classEyes
		}
	}
	return t
}()

func classAt(text []byte, i int) (uint8, int) {
	if c := text[i]; c < utf8.RuneSelf {
		return asciiClass[c], 1
	}
	r, size := utf8.DecodeRune(text[i:])
	return classOf(r), size
}

func classOf(r rune) uint8 {
	switch {
	case unicode.IsLetter(r), unicode.IsDigit(r), r >= maskFirst && r <= maskLast:
		return classWord
	case r >= 0xFE00 && r <= 0xFE0F: // variation selectors are Mn, but belong to an emoji
		return classOther
	case unicode.In(r, unicode.Mn, unicode.Mc):
		return classWord
	case r >= 0x2600 && r <= 0x27BF, r >= 0x1F300 && r <= 0x1FAFF:
		return classSymbol
	}
	return classOther
}

// emoticon is the length of an emoticon such as :-) that begins with the eyes at i
// and stands alone, or 0.
func emoticon(text []byte, i int) int {
	if i > 0 && !blank(text[i-1]) {
		return 0
	}
	j := i + 1
	if j < len(text) && (text[j] == '-' || text[j] == '\'') {
		j++
	}
	if j >= len(text) {
		return 0
	}
	switch text[j] {
	case ')', '(', 'd', 'p', '/', '|', '*', 'o':
	default:
		return 0
	}
	if j++; j < len(text) && !blank(text[j]) {
		return 0
	}
	return j - i
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// addWords adds every token and every pair of neighbours.
func (f *features) addWords(toks []token, text []byte) {
	for n, t := range toks {
		f.add(t.hash, wordBlock, t.from, t.to)
		if n > 0 {
			p := toks[n-1]
			h := hashBytes(tagged(p.hash, tagPair), text[t.from:t.to])
			f.add(h, wordBlock, p.from, t.to)
		}
	}
}

// addChars adds the character n-grams of folded text: 3 and 4 runes inside
// every piece between blanks, padded with one blank on each side, and 1 and 2
// as well for scripts that write without blanks.
func (f *features) addChars(text []byte) { f.addCharsTo(text, charBlock) }

// addCharsTo is addChars into another block.
func (f *features) addCharsTo(text []byte, block uint8) {
	for i := 0; i < len(text); {
		if blank(text[i]) {
			i++
			continue
		}
		j := i
		for j < len(text) && !blank(text[j]) && j-i < maxPiece {
			j++
		}
		for j < len(text) && j > i+1 && !utf8.RuneStart(text[j]) {
			j--
		}
		f.addPiece(text, i, j, block)
		i = j
	}
}

func (f *features) addPiece(text []byte, from, to int, block uint8) {
	if plain(text[from:to]) {
		f.addPlain(text[from:to], int32(from), block) //nolint:gosec // a few thousand runes
		return
	}
	// at walks the starts of n-grams: from-1 stands for the blank in front.
	for at := from - 1; at < to; {
		h := tagged(fnvOffset, tagChars)
		end, runes, first := at, 0, 1
		dense := false
		for runes < 4 && end <= to {
			if end == from-1 || end == to {
				h = (h ^ ' ') * fnvPrime
				end++
			} else if c := text[end]; c < utf8.RuneSelf {
				h = (h ^ uint64(c)) * fnvPrime
				end++
			} else {
				r, size := utf8.DecodeRune(text[end:to])
				h = hashBytes(h, text[end:end+size])
				if runes == 0 {
					first, dense = size, unspaced(r)
				}
				end += size
			}
			if runes++; runes >= 3 || dense {
				f.add(h, block, int32(max(at, from)), int32(min(end, to)))
			}
		}
		if runes < 3 && !dense {
			return // no later start is longer
		}
		at += first
	}
}

// plain reports whether text is ASCII.
func plain(text []byte) bool {
	var all byte
	for _, c := range text {
		all |= c
	}
	return all < utf8.RuneSelf
}

// addPlain is addPiece of ASCII: every rune is a byte.
func (f *features) addPlain(piece []byte, from int32, block uint8) {
	var padded [maxPiece + 2]byte
	n := copy(padded[1:], piece) + 2
	padded[0], padded[n-1] = ' ', ' '
	start := tagged(fnvOffset, tagChars)
	last := from + int32(len(piece)) //nolint:gosec // at most maxPiece
	for i := 0; i+3 <= n; i++ {
		h := (start ^ uint64(padded[i])) * fnvPrime
		h = (h ^ uint64(padded[i+1])) * fnvPrime
		h = (h ^ uint64(padded[i+2])) * fnvPrime
		at := from + int32(i) - 1 //nolint:gosec // at most maxPiece
		f.add(h, block, max(at, from), min(at+3, last))
		if i+4 <= n {
			f.add((h^uint64(padded[i+3]))*fnvPrime, block, max(at, from), min(at+4, last))
		}
	}
}

// unspaced reports whether the rune's script writes words without blanks.
func unspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

var logs = func() (t [64]float32) {
	for i := 1; i < len(t); i++ {
		t[i] = float32(1 + math.Log(float64(i)))
	}
	return t
}()

// weight is 1 + ln(count).
func weight(count uint32) float32 {
	if count < uint32(len(logs)) {
		return logs[count]
	}
	return float32(1 + math.Log(float64(count)))
}
