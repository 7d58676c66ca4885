package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// state is what of a case a change can alter, as events keep it.
type state struct {
	Status       string   `json:"status"`
	Reason       string   `json:"reason"`
	SnoozedUntil int64    `json:"snoozed_until"`
	AssigneeID   crm.ID   `json:"assignee_id"`
	TeamID       crm.ID   `json:"team_id"`
	InboxID      crm.ID   `json:"inbox_id"`
	Priority     int64    `json:"priority"`
	Tags         []crm.ID `json:"tags"`
	WaitingSince int64    `json:"waiting_since"`
	DoneAt       int64    `json:"done_at"`
	FirstDue     int64    `json:"first_due"`
	NextDue      int64    `json:"next_due"`
	ResolveDue   int64    `json:"resolve_due"`
	ResolveLeft  int64    `json:"resolve_left"`
	DueAt        int64    `json:"due_at"`
	WarnAt       int64    `json:"warn_at"`
	Warned       bool     `json:"warned"`
	PolicyID     crm.ID   `json:"policy_id"`
	Breached     bool     `json:"breached"`
	MergedInto   crm.ID   `json:"merged_into,omitzero"`
}

func stateOf(r *Row) state {
	return state{r.Status, r.Reason, r.SnoozedUntil, r.AssigneeID, r.TeamID, r.InboxID, r.Priority, TagsOf(r), r.WaitingSince, r.DoneAt,
		r.FirstDue, r.NextDue, r.ResolveDue, r.ResolveLeft, r.DueAt, r.WarnAt, r.Warned, r.PolicyID, r.Breached, r.MergedInto}
}

func (s *state) put(r *Row) {
	r.Status, r.Reason, r.SnoozedUntil, r.AssigneeID, r.TeamID, r.InboxID, r.Priority = s.Status, s.Reason, s.SnoozedUntil, s.AssigneeID, s.TeamID, s.InboxID, s.Priority
	r.WaitingSince, r.DoneAt, r.FirstDue, r.NextDue, r.ResolveDue, r.ResolveLeft, r.DueAt = s.WaitingSince, s.DoneAt, s.FirstDue, s.NextDue, s.ResolveDue, s.ResolveLeft, s.DueAt
	r.WarnAt, r.Warned, r.PolicyID = s.WarnAt, s.Warned, s.PolicyID
	r.Breached, r.MergedInto, r.Tags = s.Breached, s.MergedInto, tagsText(s.Tags)
}

// same reports whether nobody changed what a change had changed.
func (s *state) same(o *state) bool {
	return s.Status == o.Status && s.Reason == o.Reason && s.SnoozedUntil == o.SnoozedUntil && s.AssigneeID == o.AssigneeID && s.TeamID == o.TeamID &&
		s.InboxID == o.InboxID && s.Priority == o.Priority && slices.Equal(s.Tags, o.Tags) && s.MergedInto == o.MergedInto && s.WaitingSince == o.WaitingSince
}

// TagsOf reads the tags of a case.
func TagsOf(r *Row) []crm.ID {
	tags := []crm.ID{}
	_ = json.Unmarshal([]byte(r.Tags), &tags) // written by tagsText only
	return tags
}

func tagsText(tags []crm.ID) string {
	text, err := json.Marshal(slices.SortedFunc(slices.Values(tags), crm.ID.Compare))
	if err != nil || len(tags) == 0 {
		return "[]"
	}
	return string(text)
}

// spoken is what a case shows of its newest message.
type spoken struct {
	At        int64  `json:"at"`
	Direction string `json:"direction"`
	Preview   string `json:"preview"`
}

func lastOf(r *Row) *spoken { return &spoken{r.LastAt, r.LastDirection, r.Preview} }

func (s *spoken) same(o *spoken) bool { return *s == *o }

func (s *spoken) put(r *Row) { r.LastAt, r.LastDirection, r.Preview = s.At, s.Direction, s.Preview }

// eventData is what an event keeps: the way forth and back.
type eventData struct {
	Before     state   `json:"before"`
	After      state   `json:"after"`
	LastBefore *spoken `json:"last_before,omitempty"`
	LastAfter  *spoken `json:"last_after,omitempty"`
	Other      crm.ID  `json:"other,omitzero"`   // the conversation that was merged into this one
	Parted     *Parted `json:"parted,omitempty"` // what was split off
	Journey    *moved  `json:"journey,omitempty"`
}

func newEvent(r *Row, now time.Time, change crm.ID, by string, byID crm.ID, kind string, before, after state) (*sqlgen.AddCaseEventParams, error) {
	return eventWith(r, now, change, by, byID, kind, eventData{Before: before, After: after})
}

func eventWith(r *Row, now time.Time, change crm.ID, by string, byID crm.ID, kind string, d eventData) (*sqlgen.AddCaseEventParams, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	return &sqlgen.AddCaseEventParams{Bucket: r.Bucket, ConversationID: r.ConversationID, ID: crm.NewID(now).InBucket(r.Bucket), At: crm.Micros(now),
		Author: by, AuthorID: byID, Kind: kind, ChangeID: change, Data: string(data)}, nil
}

var writeEvents = store.Bulk{Table: "case_events", Key: 3,
	Cols: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "conversation_id", Type: store.UUID}, {Name: "id", Type: store.UUID},
		{Name: "at", Type: store.Int}, {Name: "author", Type: store.Text}, {Name: "author_id", Type: store.UUID}, {Name: "kind", Type: store.Text},
		{Name: "change_id", Type: store.UUID}, {Name: "undone", Type: store.Bool}, {Name: "data", Type: store.Text}}}

// record stores events of many cases.
func record(ctx context.Context, tx *store.Tx, events []*sqlgen.AddCaseEventParams) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{e.Bucket, e.ConversationID, e.ID, e.At, e.Author, e.AuthorID, e.Kind, e.ChangeID, false, e.Data}
	}
	return tx.Write(ctx, &writeEvents, rows, nil)
}

// Undo takes a change back, case by case, where nobody changed the same since.
func (s *Service) Undo(ctx context.Context, change crm.ID, by string, byID crm.ID, see func(inbox crm.ID) bool) (Outcome, error) {
	var out Outcome
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		out = Outcome{ChangeID: change, Changed: []crm.ID{}, Skipped: []Skipped{}}
		events, err := tx.EventsOfChange(ctx, change)
		if err != nil {
			return err
		}
		byCase := map[crm.ID]sqlgen.CaseEvent{}
		var ids []crm.ID
		for _, e := range events {
			if !e.Undone {
				byCase[e.ConversationID] = e
				ids = append(ids, e.ConversationID)
			}
		}
		if len(ids) == 0 {
			return crm.Errorf(crm.NotFound, "There is nothing to undo any more.")
		}
		return s.each(ctx, tx, ids, &out, func(r *Row, x *rules, now time.Time) (*sqlgen.AddCaseEventParams, error) {
			return s.undoOne(ctx, tx, r, x, now, byCase[r.ConversationID], &out, see)
		}, false)
	})
	if err == nil && len(out.Changed) > 0 {
		s.db.Ring(ctx)
	}
	return out, err
}

func (s *Service) undoOne(ctx context.Context, tx *store.Tx, r *Row, x *rules, now time.Time, e sqlgen.CaseEvent, out *Outcome, see func(inbox crm.ID) bool) (*sqlgen.AddCaseEventParams, error) {
	leave := func(words string) (*sqlgen.AddCaseEventParams, error) {
		out.Skipped = append(out.Skipped, Skipped{r.ConversationID, words})
		return nil, errLeft
	}
	if see != nil && !see(r.InboxID) {
		return leave("There is no such conversation.")
	}
	var d eventData
	if err := json.Unmarshal([]byte(e.Data), &d); err != nil {
		return nil, fmt.Errorf("event %s: %w", e.ID, err)
	}
	if is := stateOf(r); !d.After.same(&is) {
		return leave(s.whoMovedIt(ctx, tx, r, e))
	}
	n, err := tx.UndoCaseEvent(ctx, sqlgen.UndoCaseEventParams{Bucket: e.Bucket, ConversationID: e.ConversationID, ID: e.ID})
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return leave("It was taken back already.")
	}
	if d.Before.MergedInto != d.After.MergedInto {
		if err := part(ctx, tx, r, d.After.MergedInto); err != nil {
			return nil, err
		}
	}
	lastSpoken := crm.FromMicros(r.LastAt)
	d.Before.put(r)
	if d.LastAfter != nil && lastOf(r).same(d.LastAfter) {
		d.LastBefore.put(r)
	}
	// A customer who wrote while the conversations were one is not forgotten.
	if !d.After.MergedInto.IsZero() && r.LastDirection == string(crm.In) && lastSpoken.After(crm.FromMicros(e.At)) && r.Status != Todo && r.Status != Ignored {
		x.turn(r, Todo, now)
	}
	return nil, nil
}

// whoMovedIt says why a change can't be taken back any more.
func (s *Service) whoMovedIt(ctx context.Context, tx *store.Tx, r *Row, e sqlgen.CaseEvent) string {
	later, err := tx.CaseEvents(ctx, sqlgen.CaseEventsParams{Bucket: r.Bucket, ConversationID: r.ConversationID, Before: last, MaxRows: 20})
	if err == nil {
		for _, o := range later {
			if o.At >= e.At && o.ID != e.ID && !o.Undone && o.Author != "" {
				return o.Author + " changed it again since."
			}
		}
	}
	return "It moved on since: somebody wrote, or its time came."
}
