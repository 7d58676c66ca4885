package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Product is an entry of a firm's catalogue.
type Product struct {
	Name     string   `json:"name"`
	SKU      string   `json:"sku" doc:"Stock keeping unit; it is recognised as well"`
	Synonyms []string `json:"synonyms" nullable:"false" doc:"What customers call it"`
}

// maxProductWords bounds the words of a name.
const maxProductWords = 12

// ProductIndex finds products in texts by their names, stock keeping units and
// synonyms: in any case, with or without accents, as whole words, the longest
// name first. It is immutable. Names are paths in a tree of words that is kept
// as one table, so a word that begins no name costs one look-up, however many
// products there are.
type ProductIndex struct {
	products []Product
	next     map[uint64]int32 // of a node and a word: the node behind it
	ends     []int32          // by node: the product of the name that ends there, -1: none
}

// NewProductIndex indexes products; nil when there are none. Of two products with
// one name, the first has it.
func NewProductIndex(products []Product) *ProductIndex {
	if len(products) == 0 {
		return nil
	}
	c := &ProductIndex{products: products, next: make(map[uint64]int32, 2*len(products)), ends: []int32{-1}}
	for i, p := range products {
		for _, name := range append([]string{p.Name, p.SKU}, p.Synonyms...) {
			c.add(name, int32(i))
		}
	}
	return c
}

func edge(node int32, word uint64) uint64 {
	return finalise(word ^ uint64(node)*0x9e3779b97f4a7c15)
}

func (c *ProductIndex) add(name string, product int32) {
	node, words := int32(0), 0
	for w := (wordReader{text: name}); w.scan(); {
		if words++; words > maxProductWords {
			return
		}
		key := edge(node, w.hash)
		to, ok := c.next[key]
		if !ok {
			to = int32(len(c.ends))
			c.next[key], c.ends = to, append(c.ends, -1)
		}
		node = to
	}
	if node != 0 && c.ends[node] < 0 {
		c.ends[node] = product
	}
}

// find appends the products of text[from:to].
func (c *ProductIndex) find(text string, from, to int, out []claim) []claim {
	w := wordReader{text: text[:to], at: from}
	for w.scan() {
		node, ok := c.next[edge(0, w.hash)]
		if !ok {
			continue
		}
		start, end, product := w.from, 0, int32(-1)
		for ahead := w; ; {
			if c.ends[node] >= 0 {
				end, product = ahead.to, c.ends[node]
			}
			last := ahead.to
			if !ahead.scan() || !joins(text[last:ahead.from]) {
				break
			}
			if node, ok = c.next[edge(node, ahead.hash)]; !ok {
				break
			}
		}
		if product >= 0 {
			out = append(out, claim{from: start, to: end, kind: "product", value: c.products[product].Name, product: true})
			w.at = end
		}
	}
	return out
}

// joins reports whether words with this between them can be one name. The end of
// a sentence parts them.
func joins(gap string) bool {
	if len(gap) > 5 {
		return false
	}
	if strings.Count(gap, "\n") > 1 {
		return false
	}
	for i := range len(gap) {
		switch gap[i] {
		case '!', '?', ';', ',', ':', '"', '(', ')':
			return false
		case '.':
			if i+1 < len(gap) {
				return false
			}
		}
	}
	return true
}

// wordReader cuts a text into words: runs of letters and digits, without case
// and accents. A character of a script without blanks is a word by itself.
type wordReader struct {
	text     string
	at       int
	from, to int    // the word: byte offsets
	hash     uint64 // of its folded form
}

// scan moves to the next word.
func (w *wordReader) scan() bool {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	h := uint64(offset)
	i, n := w.at, 0
	for i < len(w.text) {
		c := w.text[i]
		if c < utf8.RuneSelf {
			if !isAlnum(c) {
				if n > 0 {
					break
				}
				i++
				continue
			}
			if n == 0 {
				w.from = i
			}
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			h, i, n = (h^uint64(c))*prime, i+1, n+1
			continue
		}
		r, size := utf8.DecodeRuneInString(w.text[i:])
		part := wordPart(r)
		if part == 0 {
			if n > 0 {
				break
			}
			i += size
			continue
		}
		if part == 2 && n > 0 {
			break
		}
		if n == 0 {
			w.from = i
		}
		i, n = i+size, n+1
		for _, f := range foldRune(r) {
			for f >= utf8.RuneSelf {
				h = (h ^ uint64(f&0x7f|0x80)) * prime
				f >>= 7
			}
			h = (h ^ uint64(f)) * prime
		}
		if part == 2 {
			break
		}
	}
	w.at, w.to, w.hash = i, i, h
	return n > 0
}

// wordPart says whether a character belongs to a word: 0 no, 1 yes, 2 it is one.
func wordPart(r rune) int {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
		return 2
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return 1
	}
	return 0
}

// plainLetters are letters whose plain form Unicode does not know.
var plainLetters = map[rune]string{'ß': "ss", 'ẞ': "ss", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'đ': "d", 'Đ': "d", 'ı': "i"}

// foldRune is a character without case and accents.
func foldRune(r rune) string {
	if p, ok := plainLetters[r]; ok {
		return p
	}
	var b [utf8.UTFMax]byte
	size := utf8.EncodeRune(b[:], unicode.ToLower(r))
	d := norm.NFKD.Properties(b[:size]).Decomposition()
	if d == nil {
		d = b[:size]
	}
	out := make([]byte, 0, len(d))
	for len(d) > 0 {
		x, n := utf8.DecodeRune(d)
		if !unicode.IsMark(x) {
			out = utf8.AppendRune(out, unicode.ToLower(x))
		}
		d = d[n:]
	}
	return string(out)
}
