package match

import (
	"math"
	"strings"
)

// missing is the level of a pair that lacks a value on either side.
const missing = -1

// levels is how many levels of agreement a kind has; 0 is equal, the last one
// is none at all.
func (k Kind) levels() int {
	switch k {
	case Category:
		return 2
	case Text:
		return 5
	case Mail:
		return 4
	}
	return 4
}

// Level names a level of agreement for people.
func (k Kind) Level(level int) string {
	if level == missing {
		return "missing"
	}
	names := map[Kind][]string{
		Category: {"equal", "different"},
		Text:     {"equal", "nearly the same words", "most words", "some words", "different"},
		Mail:     {"equal", "one slip apart", "similar", "different"},
		Words:    {"equal", "nearly equal", "partly", "different"},
		Number:   {"equal", "one slip apart", "similar", "different"},
	}[k]
	if level < 0 || level >= len(names) {
		return ""
	}
	return names[level]
}

// compare is the level of agreement of two records in the column.
func (c *column) compare(i, j int) int {
	a, b := c.of[i], c.of[j]
	if a < 0 || b < 0 {
		return missing
	}
	if a == b {
		return 0
	}
	return c.compareValues(&c.values[a], &c.values[b])
}

func (c *column) compareValues(v, w *value) int {
	last := c.kind.levels() - 1
	switch c.kind {
	case Category:
		return last
	case Text:
		switch s := c.cosine(v, w); {
		case s >= .85:
			return 1
		case s >= .6:
			return 2
		case s >= .35:
			return 3
		}
		return last
	case Number:
		switch {
		case oneOff(v.runes, w.runes):
			return 1
		case len(v.runes) >= 5 && jaroWinkler(v.runes, w.runes) >= .9:
			return 2
		}
		return last
	case Mail:
		switch {
		// Other digits are another person of that name (anna.71@, anna.84@).
		case oneOff(v.runes, w.runes) && digits(v.text) == digits(w.text):
			return 1
		case jaroWinkler(v.runes, w.runes) >= .92 && !otherDigits(localPart(v.text), localPart(w.text)):
			return 2
		}
		return last
	}
	if len(v.parts) > 1 && len(w.parts) > 1 {
		return compareParts(v, w)
	}
	switch s := jaroWinkler(v.runes, w.runes); {
	case s >= .92:
		return 1
	case s >= .8:
		return 2
	}
	return last
}

// compareParts compares values of several words, such as full names and
// streets, word by word, in any order: "Weber Anna" is nearly "Anna Weber", and
// so is "A. Weber"; "Max Weber" has only a part in common with it.
func compareParts(v, w *value) int {
	worst, best, _ := align(v, w)
	switch {
	case worst >= .86, len(v.parts) != len(w.parts) && jaroWinkler(v.runes, w.runes) >= .92:
		return 1
	case best >= .9:
		return 2
	}
	return 3
}

// align pairs the words of the shorter value with those of the longer one and
// gives the similarity of the worst and the best pair, and whether one of them
// is a mere initial.
func align(v, w *value) (worst, best float64, initial bool) {
	if len(v.parts) > len(w.parts) {
		v, w = w, v
	}
	worst = 1
	var used [8]bool
	for _, p := range v.parts {
		most, at, short := 0.0, -1, false
		for j, q := range w.parts {
			if j >= len(used) || used[j] {
				continue
			}
			s := jaroWinkler(p, q)
			one := (len(p) == 1) != (len(q) == 1) && p[0] == q[0]
			if one {
				s = max(s, .88)
			}
			if s > most {
				most, at, short = s, j, one
			}
		}
		if at >= 0 {
			used[at] = true
		}
		initial = initial || short
		worst, best = min(worst, most), max(best, most)
	}
	return worst, best, initial
}

// weighWords counts in how many values each word of a Text column stands.
func (c *column) weighWords() {
	c.rarity = map[string]float64{}
	for _, v := range c.values {
		for _, w := range v.words {
			c.rarity[w]++
		}
	}
	for w, n := range c.rarity {
		c.rarity[w] = 1 + math.Log(float64(len(c.values))/n)
	}
}

// cosine is the TF-IDF cosine of two values of a Text column.
func (c *column) cosine(v, w *value) float64 {
	var dot, a, b float64
	i, j := 0, 0
	for i < len(v.words) || j < len(w.words) {
		switch {
		case j == len(w.words) || i < len(v.words) && v.words[i] < w.words[j]:
			a += c.rarity[v.words[i]] * c.rarity[v.words[i]]
			i++
		case i == len(v.words) || w.words[j] < v.words[i]:
			b += c.rarity[w.words[j]] * c.rarity[w.words[j]]
			j++
		default:
			r := c.rarity[v.words[i]] * c.rarity[v.words[i]]
			dot, a, b = dot+r, a+r, b+r
			i, j = i+1, j+1
		}
	}
	if dot == 0 {
		return 0
	}
	return dot / math.Sqrt(a*b)
}

func localPart(mail string) string {
	local, _, _ := strings.Cut(mail, "@")
	return local
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
