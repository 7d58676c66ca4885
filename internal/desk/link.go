package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// moved is the way of a conversation's contacts from their journeys into
// another one.
type moved struct {
	To   crm.ID            `json:"to"`
	From map[string]crm.ID `json:"from"` // by contact
}

// Link notes the journey that a conversation was put into; from says where its
// contacts were before, for the way back.
func (s *Service) Link(ctx context.Context, id, journey crm.ID, from map[crm.ID]crm.ID, by string, byID crm.ID) (Outcome, error) {
	out := Outcome{Changed: []crm.ID{id}, Skipped: []Skipped{}}
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		now := s.clock()
		out.ChangeID = crm.NewID(now)
		next, err := tx.Lock(ctx, map[int64]int64{id.RowBucket(): 1})
		if err != nil {
			return err
		}
		known, err := load(ctx, tx, []crm.ID{id})
		if err != nil {
			return err
		}
		r := known[id]
		if r == nil {
			return crm.Errorf(crm.NotFound, "There is no such conversation.")
		}
		r.JourneyID = journey
		way := &moved{To: journey, From: map[string]crm.ID{}}
		for contact, was := range from {
			way.From[contact.String()] = was
		}
		event, err := eventWith(r, now, out.ChangeID, by, byID, "journey", eventData{Before: stateOf(r), After: stateOf(r), Journey: way})
		if err != nil {
			return err
		}
		if err := tx.AddCaseEvent(ctx, *event); err != nil {
			return err
		}
		return write(ctx, tx, []*Row{r}, next)
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return out, err
}

// LinkOf reads where a change moved contacts from; nil: the change was none, or
// was taken back.
func (s *Service) LinkOf(ctx context.Context, change crm.ID) (conversation crm.ID, from map[crm.ID]crm.ID, err error) {
	events, err := s.db.Read().EventsOfChange(ctx, change)
	if err != nil {
		return conversation, nil, err
	}
	for _, e := range events {
		if e.Kind != "journey" || e.Undone {
			continue
		}
		var d eventData
		if err := json.Unmarshal([]byte(e.Data), &d); err != nil || d.Journey == nil {
			return conversation, nil, fmt.Errorf("event %s: %w", e.ID, err)
		}
		from = map[crm.ID]crm.ID{}
		for text, was := range d.Journey.From {
			id, err := crm.ParseID(text)
			if err != nil {
				return conversation, nil, fmt.Errorf("event %s: %w", e.ID, err)
			}
			from[id] = was
		}
		return e.ConversationID, from, nil
	}
	return conversation, nil, nil
}

// Unlinked notes that the contacts of a change are back in their journeys.
func (s *Service) Unlinked(ctx context.Context, change, id, journey crm.ID) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{id.RowBucket(): 1})
		if err != nil {
			return err
		}
		known, err := load(ctx, tx, []crm.ID{id})
		if err != nil {
			return err
		}
		events, err := tx.EventsOfChange(ctx, change)
		if err != nil || known[id] == nil {
			return err
		}
		for _, e := range events {
			if _, err := tx.UndoCaseEvent(ctx, sqlgen.UndoCaseEventParams{Bucket: e.Bucket, ConversationID: e.ConversationID, ID: e.ID}); err != nil {
				return err
			}
		}
		known[id].JourneyID = journey
		return write(ctx, tx, []*Row{known[id]}, next)
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return err
}
