package match

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// Pair is two records by position, the first one before the second.
type Pair struct{ A, B int32 }

const (
	largestBlock = 200 // a key that more records share tells nothing
	pairsARecord = 80  // how many candidates a record may have on average
	mostPairs    = 20e6
)

var seed = maphash.MakeSeed() // keys live for one call: the seed changes nothing outside

// candidates are the pairs worth comparing, in order: those that agree on one
// selective value, on two values, or on the beginnings of two or three. A
// record is never compared with all others.
func candidates(columns []*column, n int) []Pair {
	var keys []keyFunc
	for i, a := range columns {
		keys = append(keys, exact(a))
		if a.kind != Category {
			keys = append(keys, slips(a)...)
		}
		for _, b := range columns[i+1:] {
			keys = append(keys, both(exact(a), exact(b)))
			if a.kind != Category && b.kind != Category {
				keys = append(keys, both(prefix(a), prefix(b)))
			}
		}
		if a.kind == Text {
			keys = append(keys, rarest(a, 0), rarest(a, 1), rarest(a, 2))
		}
	}
	type rule struct {
		key   keyFunc
		pairs int
	}
	rules := make([]rule, 0, len(keys))
	for _, k := range keys {
		if pairs := block(k, n, nil); pairs > 0 {
			rules = append(rules, rule{k, pairs})
		}
	}
	// The most selective rules first: they find most matches a pair.
	slices.SortStableFunc(rules, func(a, b rule) int { return cmp.Compare(a.pairs, b.pairs) })
	budget := min(pairsARecord*n, mostPairs)
	var out []Pair
	for i, r := range rules {
		if i > 0 && len(out)+r.pairs > budget {
			break
		}
		block(r.key, n, &out)
		if len(out) > budget/2 {
			out = distinct(out)
		}
	}
	return distinct(out)
}

// distinct orders pairs and drops repeated ones.
func distinct(pairs []Pair) []Pair {
	slices.SortFunc(pairs, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return slices.Compact(pairs)
}

// keyFunc gives the key of a record, 0 for none.
type keyFunc func(record int) uint64

func hashed(s string) uint64 { return maphash.String(seed, s) | 1 }

func byValue(c *column, of func(v *value) string) keyFunc {
	hashes := make([]uint64, len(c.values))
	for i := range c.values {
		if s := of(&c.values[i]); s != "" {
			hashes[i] = hashed(s)
		}
	}
	return func(record int) uint64 {
		if v := c.of[record]; v >= 0 {
			return hashes[v]
		}
		return 0
	}
}

func exact(c *column) keyFunc { return byValue(c, func(v *value) string { return v.text }) }

// prefix is the beginning of the value: three letters, or four digits.
func prefix(c *column) keyFunc {
	length := 3
	if c.kind == Number {
		length = 4
	}
	return byValue(c, func(v *value) string { return string(v.runes[:min(length, len(v.runes))]) })
}

// slips keep the first or the second half of a long value: one slip leaves one
// of them whole.
func slips(c *column) []keyFunc {
	const long = 6
	half := func(from, to int) keyFunc {
		return byValue(c, func(v *value) string {
			n := len(v.runes)
			if n < long {
				return ""
			}
			return string(v.runes[from*n/2 : to*n/2])
		})
	}
	return []keyFunc{half(0, 1), half(1, 2)}
}

// rarest is the nth rarest word of a text.
func rarest(c *column, nth int) keyFunc {
	return byValue(c, func(v *value) string {
		if len(v.words) <= nth {
			return ""
		}
		words := slices.Clone(v.words)
		slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(c.rarity[b], c.rarity[a]) })
		return words[nth]
	})
}

func both(a, b keyFunc) keyFunc {
	return func(record int) uint64 {
		x, y := a(record), b(record)
		if x == 0 || y == 0 {
			return 0
		}
		return (x*0x9e3779b97f4a7c15 ^ y) | 1
	}
}

// block counts the pairs of records that share a key, and adds them to out
// when it is given.
func block(key keyFunc, n int, out *[]Pair) int {
	groups := map[uint64][]int32{}
	for i := range n {
		if k := key(i); k != 0 {
			groups[k] = append(groups[k], int32(i)) //nolint:gosec // a table has fewer rows
		}
	}
	pairs := 0
	for _, g := range groups {
		if len(g) > largestBlock {
			continue
		}
		pairs += len(g) * (len(g) - 1) / 2
		if out == nil {
			continue
		}
		for i, a := range g {
			for _, b := range g[i+1:] {
				*out = append(*out, Pair{a, b})
			}
		}
	}
	return pairs
}
