package match

import (
	"math"
	"math/rand/v2"
)

// Field is what the model learned about one column: how often each level of
// agreement occurs among records of one entity (m) and of two (u).
type Field struct {
	Name string    `json:"name"`
	Kind Kind      `json:"kind"`
	M    []float64 `json:"m"`
	U    []float64 `json:"u"`
}

// Model is the model of Fellegi and Sunter with conditionally independent
// fields.
type Model struct {
	Fields []Field `json:"fields"`
	Prior  float64 `json:"prior"` // share of matches among the candidates
}

// Bits is the weight of a level: log2(m/u), 0 for a missing value.
func (f *Field) Bits(level int) float64 {
	if level == missing {
		return 0
	}
	return math.Log2(f.M[level] / f.U[level])
}

// PriorBits is where every pair starts.
func (m *Model) PriorBits() float64 { return math.Log2(m.Prior / (1 - m.Prior)) }

// Bits is the total weight of a pair's levels, the prior included.
func (m *Model) Bits(levels []int) float64 {
	z := m.PriorBits()
	for i := range m.Fields {
		z += m.Fields[i].Bits(levels[i])
	}
	return z
}

// Probability of a total weight in bits.
func Probability(bits float64) float64 { return 1 / (1 + math.Exp2(-bits)) }

// RareBits is what agreement on a value of that frequency adds to the weight of
// equality: log2(u / frequency), negative for a common value.
func RareBits(u, frequency float64) float64 { return math.Log2(u / frequency) }

// pattern is one vector of levels and how many pairs have it.
type pattern struct {
	levels []int
	count  float64
}

// Options of learning.
type options struct {
	rounds int
	start  float64 // of m for equality
	prior  float64
}

var usual = options{rounds: 100, start: .9, prior: .2}

// expected are matches a record at the start of EM: candidates are many, and
// most of them are none.
const expected = .3

// newModel starts EM: m favours equality, u is given.
func newModel(fields []Field, o options) *Model {
	m := &Model{Fields: fields, Prior: o.prior}
	for i := range m.Fields {
		f := &m.Fields[i]
		f.M = make([]float64, len(f.U))
		for l := range f.M {
			f.M[l] = (1 - o.start) / float64(len(f.M)-1)
		}
		f.M[0] = o.start
	}
	return m
}

// em fits m and the prior to the patterns, with u fixed. Candidates are no
// random pairs: what they have in common by blocking would soon pass for a
// match. So a pair that the model finds improbable at the start stays a
// non-match.
func (m *Model) em(patterns []pattern, rounds int) {
	var plausible []pattern
	all := 0.0
	for _, p := range patterns {
		all += p.count
		if m.Bits(p.levels) > 0 {
			plausible = append(plausible, p)
		}
	}
	m.fit(plausible, all, rounds, false)
}

// emAll is EM over all patterns with u free, for pairs that were not chosen by
// blocking.
func (m *Model) emAll(patterns []pattern, rounds int) {
	all := 0.0
	for _, p := range patterns {
		all += p.count
	}
	m.fit(patterns, all, rounds, true)
}

func (m *Model) fit(patterns []pattern, all float64, rounds int, free bool) {
	for range rounds {
		matches := 0.0
		mm, uu := counts(m.Fields), counts(m.Fields)
		for _, p := range patterns {
			g := p.count * Probability(m.Bits(p.levels))
			matches += g
			for i, l := range p.levels {
				if l != missing {
					mm[i][l] += g
					uu[i][l] += p.count - g
				}
			}
		}
		if matches == 0 {
			return
		}
		m.Prior = min(max(matches/all, 1e-9), 1-1e-9)
		for i := range m.Fields {
			normalise(mm[i], m.Fields[i].M)
			if free {
				normalise(uu[i], m.Fields[i].U)
			}
		}
	}
}

func counts(fields []Field) [][]float64 {
	out := make([][]float64, len(fields))
	for i := range fields {
		out[i] = make([]float64, len(fields[i].U))
	}
	return out
}

// normalise turns counts into shares. A level that was never seen keeps a
// little, so that no single field decides everything.
func normalise(counts, into []float64) {
	sum := 0.0
	for _, n := range counts {
		sum += n
	}
	if sum == 0 {
		return
	}
	const least = 1e-5
	sum += least * sum * float64(len(counts))
	base := sum * least / (1 + least*float64(len(counts)))
	for l, n := range counts {
		into[l] = (n + base) / sum
	}
}

// estimateU counts the levels of random pairs, with half a pair more a level.
func estimateU(columns []*column, n int, r *rand.Rand, pairs int) []Field {
	fields := make([]Field, len(columns))
	for i, c := range columns {
		fields[i] = Field{Name: c.name, Kind: c.kind, U: make([]float64, c.kind.levels())}
		for l := range fields[i].U {
			fields[i].U[l] = .5
		}
	}
	for range pairs {
		a, b := r.IntN(n), r.IntN(n)
		if a == b {
			continue
		}
		for i, c := range columns {
			if l := c.compare(a, b); l != missing {
				fields[i].U[l]++
			}
		}
	}
	for i := range fields {
		sum := 0.0
		for _, v := range fields[i].U {
			sum += v
		}
		for l := range fields[i].U {
			fields[i].U[l] /= sum
		}
	}
	return fields
}
