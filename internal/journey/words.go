package journey

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWords bounds the content words of a contact and of a journey. A longer
// list keeps the smallest hashes, a bottom-k sketch: which words stay does not
// depend on their order.
const maxWords = 96

// Words are the content words of a subject and a text: lower case, without the
// commonest words, without a final s, hashed (FNV-1a, 32 bits), sorted, each
// once.
func Words(subject, text string) []uint32 {
	out := make([]uint32, 0, 32)
	out = appendWords(out, subject)
	out = appendWords(out, text)
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > maxWords {
		out = out[:maxWords]
	}
	return slices.Clip(out)
}

const (
	fnvOffset uint32 = 2166136261
	fnvPrime  uint32 = 16777619
)

// appendWords cuts at everything that is neither letter nor digit. Text past
// maxText bytes changes nothing that matters and is left out.
func appendWords(out []uint32, s string) []uint32 {
	const maxText = 8 << 10
	if len(s) > maxText {
		s = s[:maxText]
	}
	h, before, n := fnvOffset, fnvOffset, 0
	var last byte
	end := func() {
		if n >= 4 && last == 's' {
			h, n = before, n-1
		}
		if n >= 3 && !stopWords[h] {
			out = append(out, h)
		}
		h, n = fnvOffset, 0
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
			case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			case c == '\'':
				continue
			default:
				if n > 0 {
					end()
				}
				continue
			}
			before, h, last = h, (h^uint32(c))*fnvPrime, c
			n++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if n > 0 && r != '’' {
				end()
			}
			continue
		}
		r = unicode.ToLower(r)
		before, last = h, 0
		for ; r > 0; r >>= 8 {
			h = (h ^ uint32(r&0xff)) * fnvPrime
		}
		n++
	}
	if n > 0 {
		end()
	}
	return out
}

// stopWords are the words that texts of customer service share whatever they
// are about, in English, German and Dutch; as hashes.
var stopWords = func() map[uint32]bool {
	const list = `the and you your for are not with have has had was were been but can could will would that this these those from
what when where which who why how does did done let get got our out all any some there here them then they she her his him its
about again still also just only very please thank thanks hello dear regards kind best hi hey yes now today new one two per
into than more most because after before see know want need like
caller customer asks asked says said wrote calls called phones mail email message
und der die das den dem des ein eine einen einem einer ist sind war bin hat habe haben hatte nicht mit für von auf aus bei zum zur
ich sie wir ihr mir mich mein meine meinen ihre ihren ihnen uns unser wie was wann warum kann können noch auch nur schon bitte danke
hallo guten tag freundlichen grüßen grüße aber oder wenn dass sich wird werden
het een van aan met voor niet naar ook nog maar wel dat dit die deze mijn uw jullie wij ons onze heb heeft hebben had kan kunnen
hoe wat wanneer waar waarom wordt worden graag dank bedankt hallo beste groet groeten vriendelijke alvast bij om als dan is zijn was`
	m := map[uint32]bool{}
	for _, w := range strings.Fields(list) {
		for _, r := range []string{w, strings.TrimSuffix(w, "s")} {
			h := fnvOffset
			for _, c := range r {
				for ; c > 0; c >>= 8 {
					h = (h ^ uint32(c&0xff)) * fnvPrime
				}
			}
			m[h] = true
		}
	}
	return m
}()

// common counts the words that two sorted lists share.
func common(a, b []uint32) int {
	n, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// jaccard is the size of the intersection over that of the union; two empty
// lists have nothing in common.
func jaccard(a, b []uint32) float64 {
	n := common(a, b)
	if n == 0 {
		return 0
	}
	return float64(n) / float64(len(a)+len(b)-n)
}

// union merges two sorted lists, bounded by maxWords.
func union(a, b []uint32) []uint32 {
	if len(a) == 0 {
		return slices.Clone(b)
	}
	out := make([]uint32, 0, min(len(a)+len(b), maxWords))
	i, j := 0, 0
	for len(out) < maxWords && (i < len(a) || j < len(b)) {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			out = append(out, a[i])
			i++
		case i == len(a) || b[j] < a[i]:
			out = append(out, b[j])
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}
