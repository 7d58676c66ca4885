package match

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Table is a set of records: one row each, all with the same columns.
type Table struct {
	Columns []string
	Rows    [][]string // raw text; an empty field is a missing value
}

// Kind is how the values of a column are compared.
type Kind string

// The kinds of columns.
const (
	Words    Kind = "words"    // names, streets, towns: similar spelling counts
	Text     Kind = "text"     // titles, descriptions: shared words count, rare ones more
	Number   Kind = "number"   // account, telephone, house numbers, dates: one slip of the finger counts
	Mail     Kind = "mail"     // mail addresses
	Category Kind = "category" // one of few values: equal or not
)

// value is a distinct value of a column.
type value struct {
	text  string
	runes []rune
	parts [][]rune // its words, for Words
	words []string // for Text
	count int      // records that have it
}

// column is a column with its distinct values; records point at them.
type column struct {
	name   string
	kind   Kind
	values []value
	of     []int32 // record to value; -1: missing
	filled int
	rarity map[string]float64 // of the words of a Text column
}

// fold makes values comparable: without marks and punctuation, in lower case,
// words separated by one blank. What stands for "not known" is missing.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if !ascii {
		s = norm.NFKD.String(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := true
	for _, r := range s {
		switch {
		case r == '@' || r == '_':
			b.WriteRune(r)
			blank = false
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
			blank = false
		case !blank:
			b.WriteByte(' ')
			blank = true
		}
	}
	out := strings.TrimRight(b.String(), " ")
	switch out {
	case "null", "nan", "none", "n a", "unknown", "na":
		return ""
	}
	return out
}

// newColumn reads one column and chooses its kind by what stands in it.
func newColumn(t Table, at int) *column {
	c := &column{name: t.Columns[at], of: make([]int32, len(t.Rows))}
	raw := make([]string, len(t.Rows))
	for i, row := range t.Rows {
		if at < len(row) {
			raw[i] = strings.TrimSpace(row[at])
		}
	}
	c.kind = kindOf(raw)
	index := map[string]int32{}
	for i, s := range raw {
		text := c.normal(s)
		if text == "" {
			c.of[i] = -1
			continue
		}
		n, ok := index[text]
		if !ok {
			n = int32(len(c.values)) //nolint:gosec // a table has fewer rows
			index[text] = n
			v := value{text: text, runes: []rune(text)}
			words := strings.Fields(text)
			slices.Sort(words)
			switch {
			case c.kind == Text:
				v.words = slices.Compact(words)
			case c.kind == Words:
				for _, w := range words {
					v.parts = append(v.parts, []rune(w))
				}
			}
			c.values = append(c.values, v)
		}
		c.values[n].count++
		c.of[i] = n
		c.filled++
	}
	if c.kind == Text {
		c.weighWords()
	}
	return c
}

// normal is the text of a value by which it is compared.
func (c *column) normal(s string) string {
	switch c.kind {
	case Mail:
		return strings.ToLower(s)
	case Number:
		return strings.ReplaceAll(fold(s), " ", "")
	}
	return fold(s)
}

// kindOf looks at the values of a column.
func kindOf(raw []string) Kind {
	var filled, mail, number, words, chars int
	distinct := map[string]int{}
	for _, s := range raw {
		if s == "" {
			continue
		}
		filled++
		if at := strings.IndexByte(s, '@'); at > 0 && strings.Contains(s[at:], ".") {
			mail++
		}
		folded := fold(s)
		digits := 0
		for _, r := range folded {
			if unicode.IsDigit(r) {
				digits++
			}
			if r != ' ' {
				chars++
			}
		}
		n := len(strings.Fields(folded))
		words += n
		if digits > 0 && 2*digits >= len(folded)-n+1 {
			number++
		}
		distinct[folded]++
	}
	share := func(n int) float64 { return float64(n) / float64(max(filled, 1)) }
	switch {
	case share(mail) > .6:
		return Mail
	case len(distinct) <= 12 || share(len(distinct)) < .02 && len(distinct) <= 60:
		return Category
	case share(number) > .6:
		return Number
	case share(words) > 3.5:
		return Text
	}
	return Words
}
