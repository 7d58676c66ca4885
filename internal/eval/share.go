package eval

import "math"

// Sure is the confidence of an interval that stands alone.
const Sure = .95

// Wilson is the 95 % score interval of a share k of n (Wilson, 1927): it stays
// within 0 and 1 and has a width also when all are alike. Of none it is 0 to 1.
func Wilson(k, n float64) (low, high float64) { return wilson(k, n, normalQuantile(Sure)) }

func wilson(k, n, z float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	p := k / n
	mid := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	low, high = (mid-half)/(1+z*z/n), (mid+half)/(1+z*z/n)
	return max(0, min(low, p)), min(1, max(high, p))
}

// Difference is the interval of how much larger the share k2 of n2 is than k1 of
// n1, by the two score intervals (Newcombe, 1998, method 10). It is made for
// `looks` such intervals that are looked at together (Bonferroni): all of them
// hold at once with 95 %, so that one of many is no false alarm.
func Difference(k1, n1, k2, n2 float64, looks int) (low, high float64) {
	if n1 <= 0 || n2 <= 0 {
		return -1, 1
	}
	z := normalQuantile(1 - (1-Sure)/float64(max(looks, 1)))
	p1, p2 := k1/n1, k2/n2
	l1, u1 := wilson(k1, n1, z)
	l2, u2 := wilson(k2, n2, z)
	d := p2 - p1
	return d - math.Hypot(p2-l2, u1-p1), d + math.Hypot(u2-p2, p1-l1)
}

// Shift says how far two mixes are apart.
type Shift struct {
	Index  float64 // population stability index; by custom under .1 is little, over .25 much
	Chance float64 // what the index stays below, 99 of 100 times, when nothing has changed
}

// ShiftOf compares two mixes, the shares of the same things before and after, of
// n1 and n2 cases. Things that are rare in both count as one, and half a case is
// added to each, so that one single case of something new is no alarm. Under no
// change the index is close to chi-squared times (1/n1 + 1/n2).
func ShiftOf(before, after []float64, n1, n2 float64) Shift {
	const rare = 5 // cases, the usual least of a chi-squared test
	var a, b []float64
	otherA, otherB := 0.0, 0.0
	for i := range before {
		if before[i]*n1+after[i]*n2 < 2*rare {
			otherA, otherB = otherA+before[i], otherB+after[i]
			continue
		}
		a, b = append(a, before[i]), append(b, after[i])
	}
	if otherA+otherB > 0 {
		a, b = append(a, otherA), append(b, otherB)
	}
	if len(a) < 2 || n1 <= 0 || n2 <= 0 {
		return Shift{}
	}
	k := float64(len(a))
	s := Shift{Chance: chiSquaredQuantile(.99, k-1) * (1/n1 + 1/n2)}
	for i := range a {
		p, q := (a[i]*n1+.5)/(n1+k/2), (b[i]*n2+.5)/(n2+k/2)
		s.Index += (q - p) * math.Log(q/p)
	}
	return s
}

// normalQuantile is the z of a two-sided interval of the normal distribution.
func normalQuantile(sure float64) float64 { return math.Sqrt2 * math.Erfinv(sure) }

// chiSquaredQuantile is close enough for an alarm (Wilson and Hilferty, 1931).
func chiSquaredQuantile(p, k float64) float64 {
	z := math.Sqrt2 * math.Erfinv(2*p-1)
	return k * math.Pow(1-2/(9*k)+z*math.Sqrt(2/(9*k)), 3)
}
