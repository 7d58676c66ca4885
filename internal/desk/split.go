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

// Parted is what a split did, as its event keeps it for the way back.
type Parted struct {
	Into       crm.ID   `json:"into"`
	Messages   []crm.ID `json:"messages"`
	MessageIDs []string `json:"message_ids,omitempty"`
}

// SplitOff makes the case of a conversation that was split off another one: in
// its inbox, with its assignee and team, and a turn of its own; the old case has
// the turn that the messages which stay leave it. The caller has moved the
// messages and taken two numbers of the bucket for it.
func (s *Service) SplitOff(ctx context.Context, tx *store.Tx, now time.Time, from crm.ID, moved []*Contact, parted Parted, by string, byID crm.ID,
	next func(bucket int64) int64) (change crm.ID, err error) {
	x, err := s.rules(ctx)
	if err != nil {
		return change, err
	}
	known, err := load(ctx, tx, []crm.ID{from})
	if err != nil || known[from] == nil {
		return change, err
	}
	old := known[from]
	r := &Row{Bucket: parted.Into.RowBucket(), ConversationID: parted.Into, ProfileID: moved[0].Owner, InboxID: old.InboxID, TeamID: old.TeamID, AssigneeID: old.AssigneeID,
		Channel: string(moved[0].Channel), Subject: moved[0].Subject, Status: Done, Priority: old.Priority, Tags: "[]", OpenedAt: crm.Micros(moved[0].At),
		DueAt: Never, WarnAt: Never, Effort: old.Effort, Value: old.Value, Intent: old.Intent, Language: old.Language, JourneyID: old.JourneyID, FirstAnswerAt: old.FirstAnswerAt}
	slices.SortFunc(moved, byTime)
	for _, c := range moved {
		x.take(r, c, now)
	}
	before, lastBefore := stateOf(old), lastOf(old)
	stay, err := contactsOf(ctx, tx, from, old.ProfileID)
	if err != nil {
		return change, err
	}
	s.settle(x, old, stay, now)
	change = crm.NewID(now)
	event, err := eventWith(old, now, change, by, byID, "split", eventData{Before: before, After: stateOf(old), LastBefore: lastBefore, LastAfter: lastOf(old), Parted: &parted})
	if err != nil {
		return change, err
	}
	if err := tx.AddCaseEvent(ctx, *event); err != nil {
		return change, err
	}
	return change, write(ctx, tx, []*Row{r, old}, next)
}

// settle gives a case the turn and the last words that the contacts which stay in
// it leave: what a person decided about it stays, but nobody waits any more whose
// question has left.
func (s *Service) settle(x *rules, r *Row, stay []*Contact, now time.Time) {
	fresh := s.replay(x, stay, now)
	if fresh == nil {
		return
	}
	r.Messages, r.LastAt, r.LastDirection, r.Preview = fresh.Messages, fresh.LastAt, fresh.LastDirection, fresh.Preview
	r.FirstAnswerAt = fresh.FirstAnswerAt
	if r.Status != Todo {
		return
	}
	r.WaitingSince = fresh.WaitingSince
	if fresh.Status != Todo {
		x.turn(r, Waiting, now)
	}
}

// SplitOf reads what a change split, with the conversation that it was split off;
// nil: the change was none, or was taken back.
func (s *Service) SplitOf(ctx context.Context, change crm.ID) (from crm.ID, p *Parted, err error) {
	events, err := s.db.Read().EventsOfChange(ctx, change)
	if err != nil {
		return from, nil, err
	}
	for _, e := range events {
		if e.Kind != "split" || e.Undone {
			continue
		}
		var d eventData
		if err := json.Unmarshal([]byte(e.Data), &d); err != nil {
			return from, nil, fmt.Errorf("event %s: %w", e.ID, err)
		}
		return e.ConversationID, d.Parted, nil
	}
	return from, nil, nil
}

// Rejoin takes the case of a split conversation away again, in the transaction
// that moves its messages back. A Conflict says who has worked on it since.
func (s *Service) Rejoin(ctx context.Context, tx *store.Tx, now time.Time, change, from, into crm.ID, next func(bucket int64) int64) error {
	known, err := load(ctx, tx, []crm.ID{from, into})
	if err != nil {
		return err
	}
	old, r := known[from], known[into]
	if old == nil || r == nil {
		return crm.Errorf(crm.NotFound, "There is no such conversation any more.")
	}
	worked, err := tx.CaseEvents(ctx, sqlgen.CaseEventsParams{Bucket: r.Bucket, ConversationID: into, Before: last, MaxRows: 1})
	if err != nil {
		return err
	}
	if len(worked) > 0 {
		return crm.Errorf(crm.Conflict, "Somebody worked on the new conversation since. Merge the two instead.")
	}
	events, err := tx.EventsOfChange(ctx, change)
	if err != nil {
		return err
	}
	for _, e := range events {
		n, err := tx.UndoCaseEvent(ctx, sqlgen.UndoCaseEventParams{Bucket: e.Bucket, ConversationID: e.ConversationID, ID: e.ID})
		if err != nil {
			return err
		}
		if n == 0 {
			return crm.Errorf(crm.NotFound, "There is nothing to undo any more.")
		}
		var d eventData
		if err := json.Unmarshal([]byte(e.Data), &d); err != nil {
			return fmt.Errorf("event %s: %w", e.ID, err)
		}
		old.Messages += r.Messages
		if d.LastAfter != nil && lastOf(old).same(d.LastAfter) {
			d.LastBefore.put(old)
		}
		if is := stateOf(old); d.After.same(&is) {
			d.Before.put(old)
		} else if r.WaitingSince > 0 && old.Status != Todo && old.Status != Ignored {
			// A colleague moved it on, but the question that comes back is open.
			x, err := s.rules(ctx)
			if err != nil {
				return err
			}
			old.LastDirection = string(crm.In)
			x.turn(old, Todo, now)
		}
	}
	if err := tx.DropCase(ctx, sqlgen.DropCaseParams{Bucket: r.Bucket, ConversationID: into}); err != nil {
		return err
	}
	return write(ctx, tx, []*Row{old}, next)
}

// last is behind every id.
var last = func() (id crm.ID) {
	for i := range id {
		id[i] = 0xff
	}
	return id
}()
