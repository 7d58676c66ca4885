package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Set is what a person changes about cases; nil fields stay.
type Set struct {
	Status       *string    `json:"status,omitempty" enum:"todo,waiting,snoozed,done,ignored"`
	Reason       *string    `json:"reason,omitempty" enum:"first,next,investigating,loop"`
	SnoozedUntil *time.Time `json:"snoozed_until,omitempty" doc:"Puts it aside until then"`
	AssigneeID   *crm.ID    `json:"assignee_id,omitempty" doc:"Empty: nobody"`
	TeamID       *crm.ID    `json:"team_id,omitempty" doc:"Empty: no team"`
	InboxID      *crm.ID    `json:"inbox_id,omitempty"`
	Priority     *int64     `json:"priority,omitempty" minimum:"0" maximum:"3"`
	AddTags      []crm.ID   `json:"add_tags,omitempty" maxItems:"50"`
	RemoveTags   []crm.ID   `json:"remove_tags,omitempty" maxItems:"50"`
}

// Change asks for Set on cases.
type Change struct {
	IDs []crm.ID
	Set Set
	// IfAssignee makes it a compare-and-set: cases that somebody else has stay.
	IfAssignee *crm.ID
	// Preview changes nothing and says what would be.
	Preview bool

	By   string // who does it, as events name them
	ByID crm.ID
	// Kind names the change in events when Set does not say it well: merged,
	// escalated, woken. Default: from Set.
	Kind string
	// See refuses cases that are none of the person's business. Default: all may
	// be seen.
	See func(inbox crm.ID) bool
}

// MaxBulk is how many cases one change takes.
const MaxBulk = 500

// Skipped is a case that a change left alone, and why in a sentence.
type Skipped struct {
	ID     crm.ID `json:"id"`
	Reason string `json:"reason"`
}

// Outcome is what a change did.
type Outcome struct {
	ChangeID crm.ID
	Changed  []crm.ID
	Skipped  []Skipped
}

// Change does what a person asks for. Cases are changed together or, for a
// reason that is said, left alone.
func (s *Service) Change(ctx context.Context, c Change) (Outcome, error) {
	if err := c.check(s.clock()); err != nil {
		return Outcome{}, err
	}
	var out Outcome
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		out = Outcome{ChangeID: crm.NewID(s.clock()), Changed: []crm.ID{}, Skipped: []Skipped{}}
		return s.each(ctx, tx, c.IDs, &out, func(r *Row, x *rules, now time.Time) (*sqlgen.AddCaseEventParams, error) {
			return c.one(r, x, now, &out)
		}, c.Preview)
	})
	if err == nil && len(out.Changed) > 0 && !c.Preview {
		s.db.Ring(ctx)
	}
	return out, err
}

// errLeft says that a case was left alone; out has the reason.
var errLeft = fmt.Errorf("desk: left alone")

// each locks the buckets of the cases, loads them, lets one change each, and
// writes cases, tags and events.
func (s *Service) each(ctx context.Context, tx *store.Tx, ids []crm.ID, out *Outcome,
	one func(*Row, *rules, time.Time) (*sqlgen.AddCaseEventParams, error), preview bool) error {
	now := s.clock()
	want := map[int64]int64{}
	for _, id := range ids {
		want[id.RowBucket()]++
	}
	next, err := tx.Lock(ctx, want)
	if err != nil {
		return err
	}
	x, err := s.rules(ctx)
	if err != nil {
		return err
	}
	known, err := load(ctx, tx, ids)
	if err != nil {
		return err
	}
	var rows []*Row
	var told []notice
	var events []*sqlgen.AddCaseEventParams
	done := map[crm.ID]bool{}
	for _, id := range ids {
		if done[id] {
			continue
		}
		done[id] = true
		r := known[id]
		if r == nil {
			out.Skipped = append(out.Skipped, Skipped{id, "There is no such conversation."})
			continue
		}
		before, doneAt, had := TagsOf(r), r.DoneAt, r.AssigneeID
		event, err := one(r, x, now)
		if err == errLeft {
			continue
		}
		if err != nil {
			return err
		}
		out.Changed = append(out.Changed, id)
		if preview {
			continue
		}
		rows = append(rows, r)
		of, err := concerns(ctx, tx, r, had, event)
		if err != nil {
			return err
		}
		told = append(told, of...)
		if event != nil {
			events = append(events, event)
		}
		if err := retag(ctx, tx, r, before); err != nil {
			return err
		}
		if err := x.solved(ctx, tx, now, r, doneAt); err != nil {
			return err
		}
	}
	if err := write(ctx, tx, rows, next); err != nil {
		return err
	}
	if err := record(ctx, tx, events); err != nil {
		return err
	}
	return notify(ctx, tx, told)
}

func retag(ctx context.Context, tx *store.Tx, r *Row, before []crm.ID) error {
	after := TagsOf(r)
	for _, t := range before {
		if !slices.Contains(after, t) {
			if err := tx.DropCaseTag(ctx, sqlgen.DropCaseTagParams{Bucket: r.Bucket, ConversationID: r.ConversationID, TagID: t}); err != nil {
				return err
			}
		}
	}
	for _, t := range after {
		if !slices.Contains(before, t) {
			if err := tx.AddCaseTag(ctx, sqlgen.AddCaseTagParams{Bucket: r.Bucket, ConversationID: r.ConversationID, TagID: t, LastAt: r.LastAt}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Change) check(now time.Time) error {
	bad := func(pointer, words string) error {
		return &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: words}
	}
	switch set := &c.Set; {
	case len(c.IDs) == 0 || len(c.IDs) > MaxBulk:
		return bad("/ids", fmt.Sprintf("Name between 1 and %d conversations.", MaxBulk))
	case set.Status != nil && !slices.Contains(Statuses, *set.Status):
		return bad("/set/status", "A status is todo, waiting, snoozed, done or ignored.")
	case set.Reason != nil && !slices.Contains(Reasons, *set.Reason):
		return bad("/set/reason", "A reason is first, next, investigating or loop.")
	case set.Priority != nil && (*set.Priority < Low || *set.Priority > Urgent):
		return bad("/set/priority", "A priority is a number from 0, low, to 3, urgent.")
	case set.SnoozedUntil != nil && set.Status != nil && *set.Status != Snoozed:
		return bad("/set/snoozed_until", "Only a snoozed conversation has a time to come back.")
	case set.SnoozedUntil != nil && !set.SnoozedUntil.After(now):
		return bad("/set/snoozed_until", "This time has passed already. Choose a later one.")
	case set.SnoozedUntil != nil && set.SnoozedUntil.After(now.AddDate(2, 0, 0)):
		return bad("/set/snoozed_until", "Snooze for at most two years.")
	case set.Status != nil && *set.Status == Snoozed && set.SnoozedUntil == nil:
		return bad("/set/snoozed_until", "Say until when it should be put aside.")
	}
	return nil
}

// one changes a case and makes its event, or leaves it alone.
func (c *Change) one(r *Row, x *rules, now time.Time, out *Outcome) (*sqlgen.AddCaseEventParams, error) {
	leave := func(words string) (*sqlgen.AddCaseEventParams, error) {
		out.Skipped = append(out.Skipped, Skipped{r.ConversationID, words})
		return nil, errLeft
	}
	if c.See != nil && !c.See(r.InboxID) {
		return leave("There is no such conversation.")
	}
	if !r.MergedInto.IsZero() {
		return leave("It was merged into another conversation.")
	}
	if c.IfAssignee != nil && r.AssigneeID != *c.IfAssignee {
		return leave("A colleague has it already.")
	}
	before := stateOf(r)
	c.apply(r, x, now)
	after := stateOf(r)
	if before.same(&after) {
		return leave("It is so already.")
	}
	return newEvent(r, now, out.ChangeID, c.By, c.ByID, c.kind(), before, after)
}

func (c *Change) kind() string {
	s := &c.Set
	switch {
	case c.Kind != "":
		return c.Kind
	case s.SnoozedUntil != nil:
		return "snoozed"
	case s.Status != nil:
		return "status"
	case s.AssigneeID != nil:
		return "assigned"
	case s.TeamID != nil:
		return "team"
	case s.Priority != nil:
		return "priority"
	case len(s.AddTags)+len(s.RemoveTags) > 0:
		return "tags"
	case s.InboxID != nil:
		return "inbox"
	}
	return "reason"
}

func (c *Change) apply(r *Row, x *rules, now time.Time) {
	s, before := &c.Set, stateOf(r)
	if s.AssigneeID != nil {
		r.AssigneeID = *s.AssigneeID
	}
	if s.TeamID != nil {
		r.TeamID = *s.TeamID
	}
	if s.InboxID != nil {
		r.InboxID = *s.InboxID
	}
	if s.Priority != nil {
		r.Priority = *s.Priority
	}
	tags := TagsOf(r)
	for _, t := range s.AddTags {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	r.Tags = tagsText(slices.DeleteFunc(tags, func(t crm.ID) bool { return slices.Contains(s.RemoveTags, t) }))
	if s.SnoozedUntil != nil {
		x.turn(r, Snoozed, now)
		r.SnoozedUntil = crm.Micros(*s.SnoozedUntil)
	} else if s.Status != nil && *s.Status != r.Status {
		x.turn(r, *s.Status, now)
	}
	if s.Reason != nil && r.Status == Todo {
		r.Reason = *s.Reason
	}
	if s.InboxID != nil && *s.InboxID != before.InboxID || s.Priority != nil && *s.Priority != before.Priority {
		x.retarget(r)
	}
}

// retarget chooses the service level of a case anew, because what chose it was
// changed by hand.
func (x *rules) retarget(r *Row) {
	r.PolicyID = crm.ID{}
	p, schedule := x.serviceOf(r)
	if p == nil {
		setClock(r, service.Clock{}, nil, schedule)
		return
	}
	r.PolicyID = p.ID
	waiting := time.Time{}
	if r.Status == Todo {
		waiting = crm.FromMicros(r.WaitingSince)
	}
	clock := clockOf(r)
	clock.Retarget(&p.Targets, schedule, waiting, r.FirstAnswerAt > 0)
	setClock(r, clock, p, schedule)
}

// turn sets the status by hand, with the targets that belong to it: they run in
// todo and rest elsewhere.
func (x *rules) turn(r *Row, status string, now time.Time) {
	r.Status, r.Reason, r.SnoozedUntil, r.DoneAt = status, "", 0, 0
	p, schedule := x.serviceOf(r)
	clock := clockOf(r)
	switch status {
	case Todo:
		r.Reason = Next
		if r.FirstAnswerAt == 0 {
			r.Reason = First
		}
		if r.LastDirection == string(crm.In) && r.WaitingSince == 0 {
			r.WaitingSince = r.LastAt
		}
		if p != nil && r.LastDirection == string(crm.In) {
			clock.Asked(&p.Targets, schedule, now, r.FirstAnswerAt > 0)
		}
	case Done, Ignored:
		if r.DueAt < crm.Micros(now) {
			r.Breached = true
		}
		r.DoneAt, r.WaitingSince = crm.Micros(now), 0
		fallthrough
	default:
		if p != nil {
			clock.Answered(&p.Targets, schedule, now)
		}
	}
	setClock(r, clock, p, schedule)
}

// Claim gives a case to a person when nobody but the expected one has it. The
// error is a Conflict that names who does.
func (s *Service) Claim(ctx context.Context, id, expected, person crm.ID, by string, see func(crm.ID) bool) (Outcome, error) {
	out, err := s.Change(ctx, Change{IDs: []crm.ID{id}, Set: Set{AssigneeID: &person}, IfAssignee: &expected, By: by, ByID: person, See: see})
	if err != nil || len(out.Changed) > 0 {
		return out, err
	}
	r, err := s.Get(ctx, id)
	if err == nil && r.AssigneeID == person {
		return out, nil
	}
	if err == nil {
		err = crm.Errorf(crm.Conflict, "%s", out.Skipped[0].Reason)
	}
	return out, err
}

// Get reads a case.
func (s *Service) Get(ctx context.Context, id crm.ID) (*Row, error) {
	r, err := s.db.Read().CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: id.RowBucket(), ConversationID: id})
	if err != nil {
		return nil, missing(err, "conversation")
	}
	return &r, nil
}
