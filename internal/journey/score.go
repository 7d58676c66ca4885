package journey

import (
	"math"

	"github.com/rapport-crm/rapport/internal/crm"
)

// byScore lets the journeys compete with a new one.
func (l linker) byScore(c *Contact, f *facts, of []*record) decision {
	points, sure := effortPointsTo(c, f, of)
	refers := 0.0
	if c.byCustomer() && refersBack(c.Text) {
		refers = wRefers
	}
	var best, bestClosed *record
	z, zClosed, rivals := math.Inf(-1), math.Inf(-1), 1.0 // a new journey has log-odds 0
	for _, r := range of {
		v := r.stateAt(c.At)
		s := l.score(c, f, r, v.state) + refers
		if r == points {
			s += sure
		}
		rivals += math.Exp(temper * s)
		if v.state.Closed() {
			if s >= zClosed {
				bestClosed, zClosed = r, s
			}
		} else if s >= z {
			best, z = r, s
		}
	}
	if best != nil && z > 0 {
		return decision{journey: best, confidence: min(math.Exp(temper*z)/rivals, mostSure), reason: l.why(c, f, best, best == points)}
	}
	if bestClosed != nil && zClosed > 0 && c.byCustomer() && f.effort > 0 && c.At.Sub(bestClosed.lastTalk()) <= reopenWithin {
		return decision{journey: bestClosed, confidence: min(math.Exp(temper*zClosed)/rivals, mostSure), reason: "Says that it is still not solved, " + span(c.At.Sub(bestClosed.lastTalk())) + " after " + whatBefore(bestClosed)}
	}
	d := l.none(c, f, of)
	d.confidence = min(1/(1+math.Exp(temper*z)), .99)
	return d
}

// score is the log-odds that c belongs to r.
func (l linker) score(c *Contact, f *facts, r *record, state crm.JourneyState) float64 {
	d := &r.Data
	z := wBias + wGap*math.Log2(1+apart(r, c.At).Hours()/6)
	switch {
	case f.intent != "" && r.means(f.intent):
		z += wIntent * f.weight
	case f.intent != "" && l.near(r, f.intent):
		z += wAdjacent * f.weight
	case f.intent != "" && d.Guesses[f.intent] > 0, f.guess != "" && (r.means(f.guess) || d.Guesses[f.guess] > 0):
		z += wGuess
	case f.intent != "" && len(d.Intents) > 0:
		z += wOther * f.weight
	}
	if n := common(f.terms, d.Terms); n > 0 {
		z += wWords * float64(n) / float64(min(len(f.terms), len(d.Terms))+2)
	} else if c.byCustomer() && min(len(f.terms), len(d.Terms)) >= 4 {
		z += wNoWords // an answer of ours has words of its own
	}
	if conflicts(r, f) {
		z += wConflict
	}
	if sharesProduct(r, f) {
		z += wProduct
	} else if len(f.entities) > f.strong && hasProduct(r) {
		z += wOtherProd
	}
	if c.byPerson() {
		if d.LastIn.After(d.LastOut) {
			z += wOurTurn
			if c.Channel == d.LastChannel {
				z += wOurChannel
			}
		}
	} else {
		switch state {
		case crm.WaitingForUs:
			z += wWaitsForUs
			if len(d.Unanswered) > 0 {
				z += wUnanswered
			}
		case crm.WaitingForThem:
			z += wWaitsForThem
		}
	}
	if c.Channel == d.LastChannel {
		z += wChannel
	}
	if inConversation(r, c) {
		z += wConversation
	}
	if state.Closed() {
		z += wClosed
	}
	return z
}

// effortPointsTo is the journey that a statement of effort speaks of, and how
// much that weighs: the latest that waits for us, less surely when others wait
// too, else the latest of all.
func effortPointsTo(c *Contact, f *facts, of []*record) (*record, float64) {
	if f.effort == 0 || !c.byCustomer() {
		return nil, 0
	}
	var waiting, latest *record
	n := 0
	for _, r := range of {
		if r.LastAt.After(c.At) {
			continue
		}
		if latest == nil || !r.Data.LastIn.Before(latest.Data.LastIn) {
			latest = r
		}
		if r.stateAt(c.At).state != crm.WaitingForUs {
			continue
		}
		n++
		if waiting == nil || !r.Data.LastIn.Before(waiting.Data.LastIn) {
			waiting = r
		}
	}
	switch n {
	case 0:
		return latest, wEffortLatest
	case 1:
		return waiting, wEffort
	}
	return waiting, wEffortLatest
}
