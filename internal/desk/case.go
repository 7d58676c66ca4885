package desk

import (
	"math"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The statuses of a case.
const (
	Todo    = "todo"    // it is our turn
	Waiting = "waiting" // it is the customer's turn
	Snoozed = "snoozed" // put aside until a time, or until the customer writes
	Done    = "done"
	Ignored = "ignored" // spam, newsletters: stays away
)

// Statuses is the closed list, in display order.
var Statuses = []string{Todo, Waiting, Snoozed, Done, Ignored}

// The reasons why it is our turn.
const (
	First         = "first"         // nobody has answered yet
	Next          = "next"          // the customer wrote again
	Investigating = "investigating" // a colleague looks into it
	Loop          = "loop"          // the cause was fixed: go back to the customer
)

// Reasons is the closed list.
var Reasons = []string{First, Next, Investigating, Loop}

// The priorities.
const (
	Low int64 = iota
	Normal
	High
	Urgent
)

// Never is the due time of a case without a running target: it sorts last.
const Never = math.MaxInt64

// Row is a case as it is stored.
type Row = sqlgen.Case

var caseCols = []store.Col{{Name: "bucket", Type: store.Int}, {Name: "conversation_id", Type: store.UUID}, {Name: "profile_id", Type: store.UUID},
	{Name: "seq", Type: store.Int}, {Name: "inbox_id", Type: store.UUID}, {Name: "channel", Type: store.Text}, {Name: "subject", Type: store.Text},
	{Name: "preview", Type: store.Text}, {Name: "last_direction", Type: store.Text}, {Name: "status", Type: store.Text}, {Name: "reason", Type: store.Text},
	{Name: "assignee_id", Type: store.UUID}, {Name: "team_id", Type: store.UUID}, {Name: "priority", Type: store.Int}, {Name: "tags", Type: store.Text},
	{Name: "snoozed_until", Type: store.Int}, {Name: "opened_at", Type: store.Int}, {Name: "last_at", Type: store.Int},
	{Name: "waiting_since", Type: store.Int}, {Name: "first_answer_at", Type: store.Int}, {Name: "done_at", Type: store.Int},
	{Name: "messages", Type: store.Int}, {Name: "last_seq", Type: store.Int}, {Name: "policy_id", Type: store.UUID}, {Name: "first_due", Type: store.Int},
	{Name: "next_due", Type: store.Int}, {Name: "resolve_due", Type: store.Int}, {Name: "resolve_left", Type: store.Int}, {Name: "due_at", Type: store.Int},
	{Name: "warn_at", Type: store.Int},
	{Name: "warned", Type: store.Bool}, {Name: "breached", Type: store.Bool}, {Name: "effort", Type: store.Int}, {Name: "value", Type: store.Int}, {Name: "intent", Type: store.Text},
	{Name: "language", Type: store.Text}, {Name: "journey_id", Type: store.UUID}, {Name: "unverified", Type: store.Bool}, {Name: "automatic", Type: store.Bool},
	{Name: "merged_into", Type: store.UUID}}

// values are the columns of a row, in the order of caseCols.
func values(r *Row) []any {
	return []any{r.Bucket, r.ConversationID, r.ProfileID, r.Seq, r.InboxID, r.Channel, r.Subject, r.Preview, r.LastDirection, r.Status, r.Reason,
		r.AssigneeID, r.TeamID, r.Priority, r.Tags, r.SnoozedUntil, r.OpenedAt, r.LastAt, r.WaitingSince, r.FirstAnswerAt, r.DoneAt, r.Messages,
		r.LastSeq, r.PolicyID, r.FirstDue, r.NextDue, r.ResolveDue, r.ResolveLeft, r.DueAt, r.WarnAt, r.Warned, r.Breached, r.Effort, r.Value, r.Intent, r.Language,
		r.JourneyID, r.Unverified, r.Automatic, r.MergedInto}
}

// places are where a row is scanned into, in the order of columns.
func places(r *Row) []any {
	return []any{&r.Bucket, &r.ConversationID, &r.ProfileID, &r.Seq, &r.InboxID, &r.Channel, &r.Subject, &r.Preview, &r.LastDirection, &r.Status,
		&r.Reason, &r.AssigneeID, &r.TeamID, &r.Priority, &r.Tags, &r.SnoozedUntil, &r.OpenedAt, &r.LastAt, &r.WaitingSince, &r.FirstAnswerAt,
		&r.DoneAt, &r.Messages, &r.LastSeq, &r.PolicyID, &r.FirstDue, &r.NextDue, &r.ResolveDue, &r.ResolveLeft, &r.DueAt, &r.WarnAt, &r.Warned, &r.Breached, &r.Effort,
		&r.Value, &r.Intent, &r.Language, &r.JourneyID, &r.Unverified, &r.Automatic, &r.MergedInto}
}

// clockOf reads the targets of a case.
func clockOf(r *Row) service.Clock {
	return service.Clock{FirstDue: crm.FromMicros(r.FirstDue), NextDue: crm.FromMicros(r.NextDue), ResolveDue: crm.FromMicros(r.ResolveDue),
		ResolveLeft: time.Duration(r.ResolveLeft) * time.Microsecond}
}

// setClock writes the targets back, with the warning that goes with them; p is nil
// when no service level fits the case.
func setClock(r *Row, c service.Clock, p *service.Policy, schedule *service.Schedule) {
	r.FirstDue, r.NextDue, r.ResolveDue = crm.Micros(c.FirstDue), crm.Micros(c.NextDue), crm.Micros(c.ResolveDue)
	r.ResolveLeft = c.ResolveLeft.Microseconds()
	if c.ResolveLeft < 0 && r.ResolveLeft == 0 {
		r.ResolveLeft = -1 // late by less than a microsecond is late
	}
	before := r.DueAt
	r.DueAt, r.WarnAt = Never, Never
	if due, _ := c.Due(); !due.IsZero() {
		r.DueAt = crm.Micros(due)
	}
	if p != nil {
		if at := c.WarnAt(&p.Targets, schedule); !at.IsZero() {
			r.WarnAt = crm.Micros(at)
		}
	}
	if r.DueAt != before {
		r.Warned = false
	}
}

// DueKind says which target is the nearest: first, next, resolve, or none.
func DueKind(r *Row) string {
	c := clockOf(r)
	_, kind := c.Due()
	return kind
}
