package match

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Scored is a candidate pair with its weight in bits.
type Scored struct {
	Pair
	Bits float64
}

// Resolution is what the model says about a table.
type Resolution struct {
	Model  *Model
	Pairs  []Scored // candidates, from the surest to the least sure
	Groups []int    // record to its group, joined at Options.Threshold

	columns []*column
	guard   guard
}

// Options of Resolve.
type Options struct {
	Seed      uint64  // of the random pairs
	Threshold float64 // probability from which records are put together. Default: .999
	Skip      []int   // columns that are not compared: ids and labels
}

// Resolve learns a model from the records alone and groups them.
func Resolve(t Table, by Options) (*Resolution, error) {
	n := len(t.Rows)
	if n < 2 {
		return nil, fmt.Errorf("there is nothing to compare: %d records", n)
	}
	if by.Threshold == 0 {
		by.Threshold = automatic
	}
	var columns []*column
	for i := range t.Columns {
		if slices.Contains(by.Skip, i) {
			continue
		}
		if c := newColumn(t, i); len(c.values) > 1 { // a column of one value says nothing
			columns = append(columns, c)
		}
	}
	if len(columns) == 0 {
		return nil, fmt.Errorf("no column has values to compare")
	}
	r := &Resolution{columns: columns, guard: newGuard(columns, n)}
	pairs := candidates(columns, n)
	const randomPairs = 60000
	fields := estimateU(columns, n, rand.New(rand.NewPCG(by.Seed, 0xfe11e91)), randomPairs) //nolint:gosec // reproducible, not secret
	o := usual
	o.prior = min(o.prior, expected*float64(n)/float64(len(pairs)+1))
	r.Model = newModel(fields, o)
	levels := make([][]int, len(pairs))
	pats := r.patterns(pairs, levels)
	r.Model.em(pats, o.rounds)
	r.Pairs = make([]Scored, len(pairs))
	for i, p := range pairs {
		r.Pairs[i] = Scored{p, r.Model.Bits(levels[i]) + r.rare(p, levels[i])}
	}
	slices.SortStableFunc(r.Pairs, func(a, b Scored) int { return cmp.Compare(b.Bits, a.Bits) })
	r.Groups = r.group(n, by.Threshold)
	return r, nil
}

// patterns counts the vectors of levels; levels gets that of each pair.
func (r *Resolution) patterns(pairs []Pair, levels [][]int) []pattern {
	index := map[string]int{}
	var out []pattern
	key := make([]byte, len(r.columns))
	for i, p := range pairs {
		for k, c := range r.columns {
			key[k] = byte(c.compare(int(p.A), int(p.B)) + 1)
		}
		at, ok := index[string(key)]
		if !ok {
			at = len(out)
			index[string(key)] = at
			l := make([]int, len(key))
			for k := range key {
				l[k] = int(key[k]) - 1
			}
			out = append(out, pattern{levels: l})
		}
		out[at].count++
		levels[i] = out[at].levels
	}
	return out
}

// rare corrects for how common the values are that a pair agrees on.
func (r *Resolution) rare(p Pair, levels []int) float64 {
	z := 0.0
	for k, c := range r.columns {
		if levels[k] == 0 {
			f := float64(c.values[c.of[p.A]].count) / float64(c.filled)
			z += RareBits(r.Model.Fields[k].U[0], f)
		}
	}
	return z
}

// group joins pairs from the surest down, as long as nothing in the two groups
// contradicts it.
func (r *Resolution) group(n int, threshold float64) []int {
	set := make([]int, n)
	members := make([][]int32, n)
	for i := range set {
		set[i], members[i] = i, []int32{int32(i)} //nolint:gosec // a table has fewer rows
	}
	for _, p := range r.Pairs {
		if Probability(p.Bits) < threshold {
			break
		}
		a, b := set[p.A], set[p.B]
		if a == b || !r.guard.agrees(int(p.A), int(p.B)) || r.contradict(members[a], members[b]) {
			continue
		}
		if len(members[a]) < len(members[b]) {
			a, b = b, a
		}
		for _, i := range members[b] {
			set[i] = a
		}
		members[a], members[b] = append(members[a], members[b]...), nil
	}
	return set
}

func (r *Resolution) contradict(a, b []int32) bool {
	for _, i := range a {
		for _, j := range b {
			if r.guard.contradicts(int(i), int(j)) {
				return true
			}
		}
	}
	return false
}
