package journey

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// decision is what the linker says about one contact.
type decision struct {
	journey    *record // nil: a new journey, or none
	opens      bool    // opens a new journey
	confidence float64
	reason     string
	repeatOf   *record // the closed journey about the same issue, when the new one repeats it
	repeatGap  time.Duration
}

// linker decides from contacts and journeys alone: no clock, no I/O.
type linker struct {
	adjacent func(a, b string) bool // whether two intents often go together; nil: never
}

// decide finds the journey of c among the journeys of its customer, given from
// the oldest to the newest.
func (l linker) decide(c *Contact, of []*record) decision {
	f := c.read()
	if len(of) == 0 {
		return l.none(c, f, nil)
	}
	if d, ok := l.byEntity(c, f, of); ok {
		return d
	}
	if d, ok := l.byConversation(c, f, of); ok {
		return d
	}
	if !opens(c) {
		return l.passing(c, f, of)
	}
	if f.thanks {
		if r := lastAnswered(of, c.At); r != nil && (len(f.terms) < wordy || common(f.terms, r.Data.Terms) > 0) {
			return decision{journey: r, confidence: sureThanks, reason: "Says thanks after our answer of " + date(r.Data.LastOut)}
		}
	}
	return l.byScore(c, f, of)
}

// opens reports whether a contact may open a journey: somebody wants something,
// or a person of ours begins something. A passing web event, a note and a
// machine's message do neither.
func opens(c *Contact) bool {
	return c.byCustomer() || c.byPerson()
}

// none is the decision for a contact that belongs to no journey so far.
func (l linker) none(c *Contact, f *facts, of []*record) decision {
	if !opens(c) {
		return decision{}
	}
	d := decision{opens: true, confidence: .99, reason: "The first contact about this"}
	if len(of) > 0 {
		d.reason = "About something else than their other journeys"
	}
	if c.byCustomer() {
		d.repeatOf, d.repeatGap = l.repeats(c, f, of)
	}
	if d.repeatOf != nil {
		d.reason = "Asks about the same thing again, " + span(d.repeatGap) + " after " + whatBefore(d.repeatOf)
	}
	return d
}

// repeats finds the latest closed journey about the same issue, within the
// longest window of repeat contact.
func (l linker) repeats(c *Contact, f *facts, of []*record) (*record, time.Duration) {
	var best *record
	var gap time.Duration
	for _, r := range of {
		g := c.At.Sub(r.Data.LastIn)
		if r.Data.LastIssue.IsZero() || g <= 0 || g > repeatWithin || !r.stateAt(c.At).state.Closed() || c.Kind == crm.KindOrder || f.thanks {
			continue
		}
		same := shares(r, f) || f.intent != "" && r.means(f.intent) && !conflicts(r, f)
		if same && (best == nil || !r.Data.LastIn.Before(best.Data.LastIn)) {
			best, gap = r, g
		}
	}
	return best, gap
}

// byEntity follows a number that names one matter.
func (l linker) byEntity(c *Contact, f *facts, of []*record) (decision, bool) {
	var best *record
	var number string
	for _, r := range of {
		for _, e := range f.entities[:f.strong] {
			if !slices.Contains(r.Data.Entities, e) {
				continue
			}
			// In a tie the conversation that goes on wins, then the latest.
			if best == nil || inConversation(r, c) && !inConversation(best, c) ||
				inConversation(r, c) == inConversation(best, c) && !r.LastAt.Before(best.LastAt) {
				best, number = r, e
			}
		}
	}
	if best == nil {
		return decision{}, false
	}
	if inConversation(best, c) && c.Channel == crm.Mail {
		return decision{}, false // the conversation says it in words that people know better
	}
	// An order that nobody asked about is no issue that was solved: what comes
	// about it goes on with it.
	asked := !best.Data.LastIssue.IsZero() || c.At.Sub(best.lastTalk()) > orderWithin
	if c.byCustomer() && asked && best.stateAt(c.At).state.Closed() && !inConversation(best, c) {
		if f.effort > 0 && c.At.Sub(best.lastTalk()) <= reopenWithin {
			return decision{journey: best, confidence: sureEntity, reason: "Says that " + entityName(number) + " is still not solved"}, true
		}
		return l.none(c, f, of), true
	}
	return decision{journey: best, confidence: sureEntity, reason: "Mentions " + entityName(number) + " like this journey"}, true
}

// byConversation follows a conversation that goes on.
func (l linker) byConversation(c *Contact, f *facts, of []*record) (decision, bool) {
	if c.ConversationID.IsZero() {
		return decision{}, false
	}
	var best *record
	for _, r := range of {
		if inConversation(r, c) && (best == nil || !r.LastAt.Before(best.LastAt)) {
			best = r
		}
	}
	if best == nil {
		return decision{}, false
	}
	quiet := apart(best, c.At)
	other := f.intent != "" && f.weight >= clearly && len(best.Data.Intents) > 0 && !best.means(f.intent) && !l.near(best, f.intent) && !shares(best, f)
	if c.Channel != crm.Mail && c.Channel != crm.Community {
		// One pair of numbers talks about everything there ever is between two
		// parties: decisive while the talk is on, a hint afterwards.
		if quiet > talkPause || other && quiet > talkGap || conflicts(best, f) || best.Data.Thanked && !f.thanks && c.byCustomer() && quiet > forwardedWithin {
			return decision{}, false
		}
		return decision{journey: best, confidence: sureConversation, reason: "Continues the " + channelNoun(c.Channel) + " of " + date(best.LastAt)}, true
	}
	if c.byCustomer() && other && (quiet > coldAfter || best.stateAt(c.At).state.Closed()) {
		d := l.none(c, f, of)
		d.confidence = .8
		if d.repeatOf == nil {
			d.reason = "Picks up the old conversation of " + date(best.LastAt) + ", but asks about something else"
		}
		return d, true
	}
	return decision{journey: best, confidence: sureConversation, reason: "Answers the " + channelNoun(c.Channel) + " of " + date(best.LastAt) + " in the same conversation"}, true
}

// passing places what opens no journey: an automatic message, a web event, a
// note. It goes with what happened minutes ago, or nowhere.
func (l linker) passing(c *Contact, f *facts, of []*record) decision {
	var best *record
	window, why := recently, sureRecent
	automatic := c.Direction == crm.Out && c.Automatic
	if automatic {
		window, why = confirmedWithin, sureConfirmation
	}
	for _, r := range of {
		if c.At.Before(r.LastAt) || c.At.Sub(later(r.Data.LastIn, r.OpenedAt)) > window || conflicts(r, f) {
			continue
		}
		match := automatic && (r.Data.Ordered || !r.Data.LastIn.IsZero()) || sharesProduct(r, f) || f.intent != "" && r.means(f.intent)
		if match && (best == nil || !r.Data.LastIn.Before(best.Data.LastIn)) {
			best = r
		}
	}
	if best == nil && automatic {
		return l.notice(c, f, of)
	}
	switch {
	case best == nil:
		return decision{}
	case automatic && best.Data.Ordered:
		return decision{journey: best, confidence: why, reason: "Sent automatically within minutes of the order"}
	case automatic:
		return decision{journey: best, confidence: why, reason: "Sent automatically within minutes of their contact"}
	}
	return decision{journey: best, confidence: why, reason: "Happened within minutes, about the same thing"}
}

// notice places an automatic message about a matter that is open: the repair is
// in the workshop, the parcel is on its way. Its number is often what the
// customer names next.
func (l linker) notice(c *Contact, f *facts, of []*record) decision {
	var best *record
	for _, r := range of {
		if c.At.Before(r.LastAt) || c.At.Sub(r.lastTalk()) > noticeWithin || conflicts(r, f) || r.stateAt(c.At).state.Closed() {
			continue
		}
		if !sharesProduct(r, f) && common(f.terms, r.Data.Terms) < 2 {
			continue
		}
		if best == nil || !r.LastAt.Before(best.LastAt) {
			best = r
		}
	}
	if best == nil {
		return decision{}
	}
	return decision{journey: best, confidence: sureRecent, reason: "An automatic message about the same matter"}
}

// byScore lets the journeys compete with a new one.
func (l linker) byScore(c *Contact, f *facts, of []*record) decision {
	points, sure := effortPointsTo(c, f, of)
	var best, bestClosed *record
	z, zClosed, rivals := math.Inf(-1), math.Inf(-1), 1.0 // a new journey has log-odds 0
	for _, r := range of {
		v := r.stateAt(c.At)
		s := l.score(c, f, r, v.state)
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
	if f.refers {
		z += wRefers
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

// lastAnswered is the journey that we answered last, not too long ago.
func lastAnswered(of []*record, at time.Time) *record {
	var best *record
	for _, r := range of {
		out := r.Data.LastOut
		if out.IsZero() || out.After(at) || at.Sub(out) > thanksWithin {
			continue
		}
		if best == nil || !out.Before(best.Data.LastOut) {
			best = r
		}
	}
	return best
}

// means reports whether the intent is a main one of the journey.
func (r *record) means(intent string) bool {
	w, ok := r.Data.Intents[intent]
	return ok && w >= .3*r.Data.Intents[r.Intent]
}

func (l linker) near(r *record, intent string) bool {
	if l.adjacent == nil {
		return false
	}
	for other := range r.Data.Intents {
		if r.means(other) && (l.adjacent(other, intent) || l.adjacent(intent, other)) {
			return true
		}
	}
	return false
}

// lastTalk is the last time that one of the two sides spoke.
func (r *record) lastTalk() time.Time {
	if t := later(r.Data.LastIn, r.Data.LastOut); !t.IsZero() {
		return t
	}
	return r.LastAt
}

// apart is the time between a contact and the journey: zero inside it.
func apart(r *record, at time.Time) time.Duration {
	switch {
	case at.After(r.LastAt):
		return at.Sub(r.LastAt)
	case at.Before(r.OpenedAt):
		return r.OpenedAt.Sub(at)
	}
	return 0
}

func inConversation(r *record, c *Contact) bool {
	return !c.ConversationID.IsZero() && slices.Contains(r.Data.Conversations, c.ConversationID)
}

// shares reports whether contact and journey name the same matter.
func shares(r *record, f *facts) bool {
	for _, e := range f.entities[:f.strong] {
		if slices.Contains(r.Data.Entities, e) {
			return true
		}
	}
	return false
}

// conflicts reports whether both name a number of one kind, and never the same.
func conflicts(r *record, f *facts) bool {
	if f.strong == 0 || shares(r, f) {
		return false
	}
	for _, e := range f.entities[:f.strong] {
		kind := e[:strings.IndexByte(e, '=')+1]
		for _, own := range r.Data.Entities {
			if strings.HasPrefix(own, kind) {
				return true
			}
		}
	}
	return false
}

func sharesProduct(r *record, f *facts) bool {
	for _, e := range f.entities[f.strong:] {
		if slices.Contains(r.Data.Entities, e) {
			return true
		}
	}
	return false
}

func hasProduct(r *record) bool {
	return slices.ContainsFunc(r.Data.Entities, func(e string) bool { return strings.HasPrefix(e, "product=") })
}
