package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/thread"
)

// Split puts messages of a conversation into a new one, with its own case, and
// returns its id and that of the change. Answers to them follow.
func (e *Engine) Split(ctx context.Context, from crm.ID, messages []crm.ID, author string, authorID crm.ID) (into, change crm.ID, err error) {
	messages = slices.Compact(slices.SortedFunc(slices.Values(messages), crm.ID.Compare))
	now := e.o.Clock()
	into = crm.NewID(now).InBucket(from.RowBucket())
	err = e.db.InTx(ctx, func(tx *store.Tx) error {
		want := map[int64]int64{from.RowBucket(): int64(len(messages)) + 2}
		for _, id := range messages {
			want[id.RowBucket()] += int64(len(messages))
		}
		next, err := tx.Lock(ctx, want)
		if err != nil {
			return err
		}
		old, err := tx.Conversation(ctx, sqlgen.ConversationParams{Bucket: from.RowBucket(), ID: from})
		if err != nil {
			return err
		}
		if old.Messages <= int64(len(messages)) {
			return &crm.Error{Code: crm.Invalid, Pointer: "/interaction_ids", Message: "At least one message must stay."}
		}
		part := thread.Part{From: from, Into: into, Messages: int64(len(messages))}
		var moved []*desk.Contact
		for i, id := range messages {
			x, err := tx.InteractionForSplit(ctx, sqlgen.InteractionForSplitParams{Bucket: id.RowBucket(), ID: id, ConversationID: from})
			if errors.Is(err, sql.ErrNoRows) {
				return &crm.Error{Code: crm.Invalid, Pointer: "/interaction_ids", Message: "One of these is no message of this conversation."}
			}
			if err != nil {
				return err
			}
			at := crm.FromMicros(x.OccurredAt)
			if i == 0 {
				part.First, part.Channel, part.Subject = at, crm.Channel(x.Channel), x.Subject
			}
			part.Last = at
			if x.Channel == string(crm.Mail) {
				// A mail that came in is known by its Message-ID and a sum.
				part.MessageIDs = append(part.MessageIDs, x.ExternalID)
				if cut := strings.LastIndexByte(x.ExternalID, ':'); cut > 0 {
					part.MessageIDs = append(part.MessageIDs, x.ExternalID[:cut])
				}
			}
			seq := next(id.RowBucket())
			if err := tx.MoveInteraction(ctx, sqlgen.MoveInteractionParams{Target: into, Seq: seq, Bucket: id.RowBucket(), ID: id, ConversationID: from}); err != nil {
				return err
			}
			moved = append(moved, &desk.Contact{ID: id, ConversationID: into, ProfileID: x.ProfileID, Owner: old.ProfileID, Channel: crm.Channel(x.Channel),
				Kind: crm.Kind(x.Kind), Direction: crm.Direction(x.Direction), At: at, Seq: seq, Subject: x.Subject, Text: x.Text})
		}
		if err := thread.Split(ctx, tx, part); err != nil {
			return err
		}
		if e.o.Desk == nil {
			return nil
		}
		change, err = e.o.Desk.SplitOff(ctx, tx, now, from, moved, desk.Parted{Into: into, Messages: messages, MessageIDs: part.MessageIDs}, author, authorID, next)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = crm.Errorf(crm.NotFound, "There is no such conversation.")
	}
	if err == nil {
		e.db.Ring(ctx)
	}
	return into, change, err
}

// Rejoin takes a split back: its messages return, and the conversation that was
// made for them is gone. It refuses when somebody wrote or worked there since.
// ok is false when the change was no split.
func (e *Engine) Rejoin(ctx context.Context, change crm.ID) (from crm.ID, ok bool, err error) {
	if e.o.Desk == nil {
		return from, false, nil
	}
	from, p, err := e.o.Desk.SplitOf(ctx, change)
	if err != nil || p == nil {
		return from, false, err
	}
	now := e.o.Clock()
	err = e.db.InTx(ctx, func(tx *store.Tx) error {
		want := map[int64]int64{from.RowBucket(): 1}
		for _, id := range p.Messages {
			want[id.RowBucket()]++
		}
		next, err := tx.Lock(ctx, want)
		if err != nil {
			return err
		}
		c, err := tx.Conversation(ctx, sqlgen.ConversationParams{Bucket: p.Into.RowBucket(), ID: p.Into})
		if err != nil {
			return err
		}
		if c.Messages != int64(len(p.Messages)) {
			return crm.Errorf(crm.Conflict, "Somebody wrote in the new conversation since. Merge the two instead.")
		}
		if err := e.o.Desk.Rejoin(ctx, tx, now, change, from, p.Into, next); err != nil {
			return err
		}
		for _, id := range p.Messages {
			if err := tx.MoveInteraction(ctx, sqlgen.MoveInteractionParams{Target: from, Seq: next(id.RowBucket()), Bucket: id.RowBucket(), ID: id, ConversationID: p.Into}); err != nil {
				return err
			}
		}
		return thread.Rejoin(ctx, tx, thread.Part{From: from, Into: p.Into, Messages: c.Messages, MessageIDs: p.MessageIDs})
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = crm.Errorf(crm.NotFound, "There is no such conversation any more.")
	}
	if err == nil {
		e.db.Ring(ctx)
	}
	return from, true, err
}
