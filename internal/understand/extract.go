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

// token is a word, a run of ! and ?, an emoji or an emoticon. From and to are
// offsets into the folded text; sentence is set later, by those who need it.
type token struct {
	hash     uint64
	pair     uint64 // hash of the token before and this one; of the first token it means nothing
	from, to int32
	sentence int32
	word     bool
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
	start, before := tagged(fnvOffset, tagWord), uint64(0)
	for i := 0; i < len(text); {
		class, size := classAt(text, i)
		j, h, pair := i+size, start, tagged(before, tagPair)
		switch class {
		case classWord, classBang:
			for j = i; ; {
				for ; j < len(text) && asciiClass[text[j]] == class; j++ {
					h, pair = (h^uint64(text[j]))*fnvPrime, (pair^uint64(text[j]))*fnvPrime
				}
				if j >= len(text) || text[j] < utf8.RuneSelf {
					break
				}
				next, size := classAt(text, j)
				if next != class {
					break
				}
				h, pair = hashBytes(h, text[j:j+size]), hashBytes(pair, text[j:j+size])
				j += size
			}
		case classSymbol:
			h, pair = hashBytes(h, text[i:j]), hashBytes(pair, text[i:j])
		case classEyes:
			n := emoticon(text, i)
			if n == 0 {
				i = j
				continue
			}
			j = i + n
			h, pair = hashBytes(h, text[i:j]), hashBytes(pair, text[i:j])
		default:
			i = j
			continue
		}
		toks = append(toks, token{hash: h, pair: pair, from: int32(i), to: int32(j), word: class == classWord}) //nolint:gosec // a few thousand runes
		i, before = j, h
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
