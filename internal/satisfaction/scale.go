package satisfaction

// The kinds of surveys.
const (
	CSAT = "csat" // satisfied, 1 to 5
	NPS  = "nps"  // would recommend, 0 to 10
	CES  = "ces"  // it was easy, 1 to 7 (CES 2.0)
)

// Kinds is the closed list, in display order.
var Kinds = []string{CSAT, NPS, CES}

// Scale is what can be answered.
type Scale struct {
	Low, High int64
	Bad       int64 // up to here a score is low
	Good      int64 // from here on it is good
}

var scales = map[string]Scale{CSAT: {1, 5, 2, 4}, NPS: {0, 10, 6, 9}, CES: {1, 7, 3, 5}}

// ScaleOf gives the scale of a kind; ok is false for a kind that there is not.
func ScaleOf(kind string) (s Scale, ok bool) {
	s, ok = scales[kind]
	return s, ok
}

// Has reports whether a score is on the scale.
func (s Scale) Has(score int64) bool { return score >= s.Low && score <= s.High }

// Scores are the scale's numbers, the lowest first.
func (s Scale) Scores() []int64 {
	out := make([]int64, 0, s.High-s.Low+1)
	for n := s.Low; n <= s.High; n++ {
		out = append(out, n)
	}
	return out
}
