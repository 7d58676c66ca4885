package journey

import (
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
	p        *Parameters            // nil: those that came with the program
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
