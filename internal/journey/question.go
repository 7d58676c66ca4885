package journey

import (
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// sameQuestion is from which overlap of words two questions are one.
const sameQuestion = .5

// ask notes the questions of a customer's contact. One that repeats a question
// which is still open keeps the first date and counts as asking again.
func (r *record) ask(c *Contact) {
	if c.Reading == nil {
		return
	}
	d := &r.Data
	for _, a := range c.Reading.Asks {
		if !a.Question || a.Text == "" {
			continue
		}
		words := Words("", a.Text)
		if i := r.pendingLike(a.Text, words); i >= 0 {
			if d.Unanswered[i].InteractionID != c.ID {
				d.SameAsk++
			}
			continue
		}
		if len(d.Unanswered) == maxUnanswered {
			return
		}
		d.Unanswered = append(d.Unanswered, crm.Question{Text: shorten(a.Text, 300), InteractionID: c.ID, AskedAt: c.At})
		d.Pending = append(d.Pending, pending{Channel: c.Channel, Conversation: c.ConversationID, Words: words})
	}
}

func (r *record) pendingLike(text string, words []uint32) int {
	for i, p := range r.Data.Pending {
		if strings.EqualFold(r.Data.Unanswered[i].Text, text) || alike(p.Words, words) {
			return i
		}
	}
	return -1
}

// alike reports whether two questions of one journey are one: half of their
// words are the same, or one says in more words what the other says, as the note
// of a call does ("does not know when it starts").
func alike(a, b []uint32) bool {
	n := common(a, b)
	return n > 0 && (n == len(a) || n == len(b) || jaccard(a, b) >= sameQuestion)
}

// dropAnswered removes the questions that answered says are answered.
func (r *record) dropAnswered(answered func(crm.Question, pending) bool) {
	d := &r.Data
	n := 0
	for i, q := range d.Unanswered {
		if answered(q, d.Pending[i]) {
			continue
		}
		d.Unanswered[n], d.Pending[n] = q, d.Pending[i]
		n++
	}
	if n == 0 {
		d.Unanswered, d.Pending = nil, nil
		return
	}
	d.Unanswered, d.Pending = d.Unanswered[:n], d.Pending[:n]
}

// answers decides whether what a person of the firm said answers an open
// question of the same journey: said after it, in its conversation, on its
// channel, or anywhere with words of it. It errs towards answered: that
// somebody spoke to the customer there is known, that they said the right thing
// is not.
func answers(c *Contact, f *facts, q crm.Question, p pending) bool {
	if c.At.Before(q.AskedAt) {
		return false
	}
	if c.Channel == p.Channel || !p.Conversation.IsZero() && c.ConversationID == p.Conversation {
		return true
	}
	return common(f.terms, p.Words) > 0
}
