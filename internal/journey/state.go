package journey

import (
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// After how long silence changes a state.
const (
	resolvedAfter  = 7 * day  // answered, and no contact about it
	abandonedAfter = 30 * day // one side waits, the other is silent
)

// verdict is a state with its reason and when time alone will change it.
type verdict struct {
	state  crm.JourneyState
	reason string
	due    time.Time // zero: never
}

// stateAt judges the journey at a time, from its contacts up to now.
func (r *record) stateAt(at time.Time) verdict {
	d := &r.Data
	if d.Manual {
		return verdict{state: r.State, reason: fmt.Sprintf("Set by %s on %s", d.SetBy, date(d.SetAt))}
	}
	answered := !d.LastOut.IsZero() && !d.LastOut.Before(d.LastIn)
	switch {
	case d.Expects || len(d.Unanswered) > 0:
		return r.waitingForUs(at)
	case d.Thanked:
		return verdict{state: crm.Resolved, reason: "They said on " + date(d.LastIn) + " that it is solved, or thanked for the answer"}
	case answered && d.AskedThem:
		return after(at, d.LastOut, abandonedAfter,
			verdict{state: crm.WaitingForThem, reason: "We asked them something on " + date(d.LastOut)},
			verdict{state: crm.Abandoned, reason: "We asked them something on " + date(d.LastOut) + " and heard nothing for 30 days"})
	case answered:
		return after(at, d.LastOut, resolvedAfter,
			verdict{state: crm.WaitingForThem, reason: "We answered on " + date(d.LastOut)},
			verdict{state: crm.Resolved, reason: "We answered on " + date(d.LastOut) + " and they did not come back about it for 7 days"})
	case !d.Spoken.IsZero() && !d.Spoken.Before(d.LastIn):
		return after(at, d.Spoken, resolvedAfter,
			verdict{state: crm.JourneyOpen, reason: "We spoke with them on " + date(d.Spoken) + "; nothing is known to be open"},
			verdict{state: crm.Resolved, reason: "We spoke with them on " + date(d.Spoken) + " and they did not come back about it for 7 days"})
	case d.Confirmed:
		return after(at, d.LastIn, resolvedAfter,
			verdict{state: crm.JourneyOpen, reason: "The order of " + date(d.LastIn) + " was confirmed; nothing is asked"},
			verdict{state: crm.Resolved, reason: "The order was confirmed and nothing was asked about it for 7 days"})
	}
	last := later(d.LastIn, d.LastOut)
	if last.IsZero() {
		last = r.LastAt
	}
	return after(at, last, abandonedAfter,
		verdict{state: crm.JourneyOpen, reason: "Nothing is asked of anybody now"},
		verdict{state: crm.Resolved, reason: "Nothing was asked, and nothing was heard about it for 30 days"})
}

func (r *record) waitingForUs(at time.Time) verdict {
	d := &r.Data
	now := verdict{state: crm.WaitingForUs}
	switch n := len(d.Unanswered); {
	case n == 1:
		now.reason = "Their question of " + date(d.Unanswered[0].AskedAt) + " is unanswered"
	case n > 1:
		now.reason = fmt.Sprintf("%d questions are unanswered, the first of %s", n, date(d.Unanswered[0].AskedAt))
	default:
		now.reason = "Waiting for an answer since " + date(d.WaitingSince)
	}
	return after(at, d.LastIn, abandonedAfter, now, verdict{state: crm.Abandoned,
		reason: "They waited for an answer since " + date(d.WaitingSince) + " and have been silent for 30 days"})
}

// after is now until the time from has passed by limit, and then later.
func after(at, from time.Time, limit time.Duration, now, then verdict) verdict {
	due := from.Add(limit)
	if !at.Before(due) {
		return then
	}
	now.due = due
	return now
}

// settle fixes the state of the row at the time.
func (r *record) settle(at time.Time) {
	v := r.stateAt(later(at, r.LastAt))
	r.State, r.DueAt, r.Data.Reason = v.state, v.due, v.reason
}

// date names a day for people, with the year, since a relationship is long.
func date(t time.Time) string { return t.UTC().Format("2 January 2006") }
