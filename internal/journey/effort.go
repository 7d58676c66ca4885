package journey

import "github.com/rapport-crm/rapport/internal/crm"

// part is one row of the effort formula (docs/effort.md): points for each
// counted event, up to a cap. The caps add up to 100, so the score is always
// the sum of the parts that a page shows.
type part struct {
	name, label string
	each, cap   float64
	count       func(*Data) float64
}

var effortParts = [...]part{
	{"contacts", "Extra contacts", 10, 30, func(d *Data) float64 { return float64(max(d.Contacts-1, 0)) }},
	{"switches", "Channel switches", 10, 20, func(d *Data) float64 { return float64(d.Switches) }},
	{"statements", "Says that it is an effort", 10, 20, func(d *Data) float64 { return float64(d.Statements) }},
	{"same_ask", "Asked the same again", 5, 10, func(d *Data) float64 { return float64(d.SameAsk) }},
	{"unanswered", "Unanswered questions", 5, 10, func(d *Data) float64 { return float64(len(d.Unanswered)) }},
	{"waiting", "Days waited for us", 1, 10, waitedDays},
}

// waitedDays adds up the closed waits and the open one up to the customer's
// last contact: a score that grew while nobody looked could not be replayed.
func waitedDays(d *Data) float64 {
	s := d.Waited
	if !d.WaitingSince.IsZero() {
		s += max(int64(d.LastIn.Sub(d.WaitingSince).Seconds()), 0)
	}
	return float64(s*10/86400) / 10 // tenths of a day
}

// effort is the score of 0 to 100 and its parts, those of zero left out.
func effort(d *Data) (parts []crm.EffortPart, score float64) {
	for i := range effortParts {
		p := &effortParts[i]
		n := p.count(d)
		if n <= 0 {
			continue
		}
		points := min(n*p.each, p.cap)
		parts = append(parts, crm.EffortPart{Name: p.name, Label: p.label, Count: n, Points: points})
		score += points
	}
	return parts, score
}
