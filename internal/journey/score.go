package journey

import (
	"math"
	"time"
)

// another is the most that a journey about another number can score.
const another = -4

// candidate is a journey that competes for a contact.
type candidate struct {
	r      *record
	x      vector
	z      float64 // log-odds
	closed bool
}

// candidates scores every journey of the customer, in their order.
func (l linker) candidates(c *Contact, f *facts, of []*record) []candidate {
	p := l.parameters()
	a := look(c, f, of, p)
	out := make([]candidate, len(of))
	for i, r := range of {
		k := &out[i]
		state := r.stateAt(c.At).state
		k.r, k.closed = r, state.Closed()
		l.compare(c, f, r, state, a, &k.x)
		k.z = p.Weights.score(&k.x)
		if k.x[fConflict] > 0 { // two orders are two matters, however alike
			k.z = min(k.z, another)
		}
	}
	return out
}

// byScore lets the journeys compete with a new one, which has log-odds 0.
func (l linker) byScore(c *Contact, f *facts, of []*record) decision {
	all := l.candidates(c, f, of)
	var best, bestClosed *candidate
	rivals := 1.0
	for i := range all {
		k := &all[i]
		rivals += math.Exp(k.z)
		switch {
		case k.closed:
			if bestClosed == nil || k.z >= bestClosed.z {
				bestClosed = k
			}
		case best == nil || k.z >= best.z:
			best = k
		}
	}
	sure := func(k *candidate) float64 { return min(math.Exp(k.z)/rivals, mostSure) }
	if best != nil && best.z > 0 && (bestClosed == nil || best.z >= bestClosed.z) {
		return decision{journey: best.r, confidence: sure(best), reason: l.why(c, f, best.r, best.x[fEffort]+best.x[fEffortLatest] > 0)}
	}
	if bestClosed != nil && bestClosed.z > 0 && c.byCustomer() {
		quiet := c.At.Sub(bestClosed.r.lastTalk())
		if f.effort > 0 && quiet <= reopenWithin {
			return decision{journey: bestClosed.r, confidence: sure(bestClosed), reason: "Says that it is still not solved, " + span(quiet) + " after " + whatBefore(bestClosed.r)}
		}
		if gap, ok := repeatable(c, f, bestClosed.r); ok {
			return decision{opens: true, confidence: sure(bestClosed), repeatOf: bestClosed.r, repeatGap: gap,
				reason: "Asks about the same thing again, " + span(gap) + " after " + whatBefore(bestClosed.r)}
		}
	}
	if best != nil && best.z > 0 {
		return decision{journey: best.r, confidence: sure(best), reason: l.why(c, f, best.r, best.x[fEffort]+best.x[fEffortLatest] > 0)}
	}
	d := l.none(c, f, of)
	d.confidence = min(1/rivals, .99)
	if d.repeatOf != nil {
		d.confidence = max(d.confidence, .5)
	}
	return d
}

// repeatable reports whether c can repeat the closed journey r, and after how
// long: it is an issue, r was one, and the longest window is not over.
func repeatable(c *Contact, f *facts, r *record) (time.Duration, bool) {
	gap := c.At.Sub(r.Data.LastIn)
	return gap, !r.Data.LastIssue.IsZero() && gap > 0 && gap <= repeatWithin && !f.thanks && opens(c) && c.Kind != "order"
}
