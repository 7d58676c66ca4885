package satisfaction

import "math"

// Tally counts what was asked and answered: scores[n] is how often n was.
type Tally struct {
	Asked   int64
	Pending int64 // not answered, and there is still time
	Scores  [11]int64
}

// Add counts another tally of the same kind in.
func (t *Tally) Add(o *Tally) {
	t.Asked += o.Asked
	t.Pending += o.Pending
	for n := range t.Scores {
		t.Scores[n] += o.Scores[n]
	}
}

// Answered is how many answers there are.
func (t *Tally) Answered() (n int64) {
	for _, c := range t.Scores {
		n += c
	}
	return n
}

// between counts the answers from one score to another.
func (t *Tally) between(low, high int64) (n int64) {
	for s := low; s <= high; s++ {
		n += t.Scores[s]
	}
	return n
}

// Figures are what a tally says. Value, Lower and Upper are percent for CSAT (0 to
// 100), points for NPS (-100 to 100) and the mean for CES (1 to 7); they mean
// nothing while Answered is 0.
type Figures struct {
	Asked        int64   `json:"asked"`
	Answered     int64   `json:"answered"`
	Pending      int64   `json:"pending" doc:"Not answered, and there is still time: the response rate may rise"`
	ResponseRate float64 `json:"response_rate" doc:"Answered of asked, in percent"`
	Value        float64 `json:"value" doc:"csat: percent of 4 and 5; nps: points from -100 to 100; ces: mean from 1 to 7"`
	Lower        float64 `json:"lower" doc:"95 % interval of value"`
	Upper        float64 `json:"upper"`
	Mean         float64 `json:"mean" doc:"Of the scores"`
	Good         float64 `json:"good" doc:"Percent of good scores: csat 4 and 5, nps 9 and 10, ces 5 to 7"`
	Bad          float64 `json:"bad" doc:"Percent of low scores: csat 1 and 2, nps 0 to 6, ces 1 to 3"`
	Few          bool    `json:"few" doc:"Fewer than 30 answers: don't compare"`
	Scores       []int64 `json:"scores" doc:"How often each score was given, the lowest first"`
}

// enough is how many answers it takes before figures are worth comparing.
const enough = 30

// z is the 97.5 % quantile of the normal distribution.
const z = 1.959963984540054

// Figures computes what the tally says of a kind of survey.
func (t *Tally) Figures(kind string) Figures {
	scale := scales[kind]
	n := t.Answered()
	f := Figures{Asked: t.Asked, Answered: n, Pending: t.Pending, Few: n < enough, Scores: []int64{}}
	sum := 0.0
	for _, s := range scale.Scores() {
		f.Scores = append(f.Scores, t.Scores[s])
		sum += float64(s * t.Scores[s])
	}
	if t.Asked > 0 {
		f.ResponseRate = 100 * float64(n) / float64(t.Asked)
	}
	if n == 0 {
		return f
	}
	good, bad := t.between(scale.Good, scale.High), t.between(scale.Low, scale.Bad)
	f.Mean, f.Good, f.Bad = sum/float64(n), share(good, n), share(bad, n)
	switch kind {
	case CSAT:
		f.Value = f.Good
		from, to := wilson(good, n)
		f.Lower, f.Upper = 100*from, 100*to
	case NPS:
		f.Value = f.Good - f.Bad
		f.Lower, f.Upper = promoters(good, bad, n)
	case CES:
		f.Value = f.Mean
		f.Lower, f.Upper = t.student(scale, f.Mean)
	}
	return f
}

func share(of, n int64) float64 { return 100 * float64(of) / float64(n) }

// wilson is the score interval of a share (Wilson, 1927): it stays within 0 and 1
// and has a width also when all answers are alike.
func wilson(k, n int64) (from, to float64) {
	p, m := float64(k)/float64(n), float64(n)
	mid := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	from, to = (mid-half)/(1+z*z/m), (mid+half)/(1+z*z/m)
	return max(0, min(from, p)), min(1, max(to, p)) // the ends are exact where p is 0 or 1
}

// promoters is the adjusted Wald interval of a net promoter score, in points: three
// answers are added, half of them in the middle (Rocks, 2016). The usual interval
// has no width when all answers are alike.
func promoters(good, bad, n int64) (from, to float64) {
	m := float64(n) + 3
	p, d := (float64(good)+0.75)/m, (float64(bad)+0.75)/m
	half := z * math.Sqrt((p+d-(p-d)*(p-d))/m)
	raw := float64(good-bad) / float64(n)
	return 100 * max(-1, min(p-d-half, raw)), 100 * min(1, max(p-d+half, raw))
}

// student is the interval of the mean with Student's distribution, within the
// scale. One answer says nothing about the mean: the interval is the scale.
func (t *Tally) student(scale Scale, mean float64) (from, to float64) {
	n, squares := float64(t.Answered()), 0.0
	if n < 2 {
		return float64(scale.Low), float64(scale.High)
	}
	for _, s := range scale.Scores() {
		squares += float64(t.Scores[s]) * (float64(s) - mean) * (float64(s) - mean)
	}
	half := quantile(int(n)-1) * math.Sqrt(squares/(n-1)/n)
	return max(float64(scale.Low), mean-half), min(float64(scale.High), mean+half)
}

// quantiles are the 97.5 % quantiles of Student's distribution with 1 to 30
// degrees of freedom.
var quantiles = [...]float64{12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448, 2.1314,
	2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423}

// quantile is the table, and beyond it the first terms of the expansion in 1/v
// (Abramowitz and Stegun 26.7.5), which there is exact to four digits.
func quantile(v int) float64 {
	if v <= len(quantiles) {
		return quantiles[v-1]
	}
	d := float64(v)
	return z + (z*z*z+z)/(4*d) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*d*d)
}
