package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Alert writes something into a conversation that its people should know, such
// as a loop of automatic mail that was ended.
func (s *Service) Alert(ctx context.Context, id crm.ID, words string) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{id.RowBucket(): 1})
		if err != nil {
			return err
		}
		return Tell(ctx, tx, s.clock(), id, Told{Kind: "alert", Data: map[string]string{"text": words}}, next)
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return err
}

// Told is something that happened to a conversation without changing its case.
type Told struct {
	ID     crm.ID // of the event, in the conversation's bucket; zero: a new one
	Kind   string
	Author string // the customer's name, when it was the customer
	Data   any
	To     crm.ID // a colleague who is to look; zero: nobody
}

// Tell writes an event into a conversation, in the transaction of its cause, whose
// lock of the conversation's bucket gave next: one number is used. Nobody works on
// a conversation without a case: then nothing is written.
func Tell(ctx context.Context, tx *store.Tx, now time.Time, id crm.ID, e Told, next func(bucket int64) int64) error {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return err
	}
	r, err := tx.CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: id.RowBucket(), ConversationID: id})
	if err != nil {
		if err = missing(err, "conversation"); crm.CodeOf(err) == crm.NotFound {
			return nil
		}
		return err
	}
	if err := write(ctx, tx, []*Row{&r}, next); err != nil {
		return err
	}
	if e.ID.IsZero() {
		e.ID = crm.NewID(now).InBucket(r.Bucket)
	}
	if !e.To.IsZero() {
		if _, err := tx.AddMention(ctx, sqlgen.AddMentionParams{Bucket: r.Bucket, ConversationID: id, InteractionID: e.ID, UserID: e.To, Author: e.Author,
			At: crm.Micros(now)}); err != nil {
			return err
		}
		kind := Mentioned
		if e.Kind == "rated" {
			kind = Score
		}
		if err := notify(ctx, tx, []notice{{id, e.To, kind, e.Author, crm.Micros(now)}}); err != nil {
			return err
		}
	}
	return tx.AddCaseEvent(ctx, sqlgen.AddCaseEventParams{Bucket: r.Bucket, ConversationID: id, ID: e.ID, At: crm.Micros(now), Author: e.Author, Kind: e.Kind,
		Data: string(data)})
}
