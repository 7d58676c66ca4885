package journey

import (
	"slices"
	"strings"
	"time"
)

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
