package journey

import (
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// byEntity follows a number that names one matter.
func (l linker) byEntity(c *Contact, f *facts, of []*record) (decision, bool) {
	var best *record
	var number string
	for _, r := range of {
		for _, e := range f.entities[:f.strong] {
			if !slices.Contains(r.Data.Entities, e) || r.Data.parted(c) {
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
