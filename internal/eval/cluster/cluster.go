package cluster

import (
	"cmp"
	"math"
	"slices"
)

// Groups gives each item its group, by position.
type Groups []int

// Score holds what two groupings have in common. Shares lie in 0 … 1.
type Score struct {
	N                int
	TP, Gold, System float64 // pairs
	P, R, F          float64 // of pairs
	Rand             float64 // adjusted
	BP, BR, BF       float64 // B-cubed
	VI               float64 // variation of information in nats, 0 is best
	OneMinusVI       float64 // 1 − VI / ln n
	NMI              float64 // arithmetic
	OneToOne         float64 // items in common under the best pairing of groups
	Exact            float64 // groups of more than one item that are the same in both
	ExactP, ExactR   float64 // … of the system's and of the gold groups
	ExactF           float64
	Mixed            float64 // items whose system group holds an item of another gold group
}

// Compare measures system against gold, which have the same length.
func Compare(gold, system Groups) Score {
	s := Score{N: len(gold)}
	if s.N == 0 {
		return s
	}
	n := float64(len(gold))
	g, y, both := map[int]float64{}, map[int]float64{}, map[[2]int]float64{}
	for i := range gold {
		g[gold[i]]++
		y[system[i]]++
		both[[2]int{gold[i], system[i]}]++
	}
	pairs := func(k float64) float64 { return k * (k - 1) / 2 }
	var mutual float64
	for _, cell := range ordered(both) { // in one order: sums of floats depend on it
		k, a, b := cell.n, g[cell.key[0]], y[cell.key[1]]
		s.TP += pairs(k)
		s.BP += k * k / b / n
		s.BR += k * k / a / n
		mutual += k / n * math.Log(k*n/(a*b))
		if k > 1 && k == a && k == b {
			s.Exact++
		}
		if k < b {
			s.Mixed += k / n
		}
	}
	var goldOver, systemOver float64
	for _, k := range sizes(g) {
		s.Gold += pairs(k)
		goldOver += over(k)
	}
	for _, k := range sizes(y) {
		s.System += pairs(k)
		systemOver += over(k)
	}
	hg, hy := entropy(sizes(g), n), entropy(sizes(y), n)
	s.P, s.R = Ratio(s.TP, s.System), Ratio(s.TP, s.Gold)
	s.BP, s.BR = min(s.BP, 1), min(s.BR, 1) // sums of floats may end a hair above
	s.F, s.BF = Harmonic(s.P, s.R), Harmonic(s.BP, s.BR)
	if expected := s.Gold * s.System / math.Max(pairs(n), 1); s.Gold+s.System > 0 {
		s.Rand = Ratio(s.TP-expected, (s.Gold+s.System)/2-expected)
	} else {
		s.Rand = 1
	}
	s.VI = math.Max(0, hg+hy-2*mutual)
	s.OneMinusVI = 1
	if n > 1 {
		s.OneMinusVI = 1 - s.VI/math.Log(n)
	}
	s.NMI = Ratio(2*mutual, hg+hy)
	s.ExactP, s.ExactR = Ratio(s.Exact, systemOver), Ratio(s.Exact, goldOver)
	s.ExactF = Harmonic(s.ExactP, s.ExactR)
	s.OneToOne = oneToOne(both) / n
	return s
}

func over(k float64) float64 {
	if k > 1 {
		return 1
	}
	return 0
}

type cell struct {
	key [2]int
	n   float64
}

func ordered(both map[[2]int]float64) []cell {
	out := make([]cell, 0, len(both))
	for k, n := range both {
		out = append(out, cell{k, n})
	}
	slices.SortFunc(out, func(a, b cell) int { return slices.Compare(a.key[:], b.key[:]) })
	return out
}

func sizes(m map[int]float64) []float64 {
	out := make([]float64, 0, len(m))
	for _, n := range m {
		out = append(out, n)
	}
	slices.SortFunc(out, cmp.Compare[float64])
	return out
}

func entropy(sizes []float64, n float64) (h float64) {
	for _, k := range sizes {
		h -= k / n * math.Log(k/n)
	}
	return h
}

// Ratio is a/b, and 1 when there was nothing to get wrong.
func Ratio(a, b float64) float64 {
	if b == 0 {
		return 1
	}
	return a / b
}

// Harmonic is the F1 of precision and recall.
func Harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// Links measures links against gold links: matches of system and gold ones.
func Links(matches, system, gold float64) (p, r, f float64) {
	p, r = Ratio(matches, system), Ratio(matches, gold)
	return p, r, Harmonic(p, r)
}
