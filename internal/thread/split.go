package thread

import (
	"context"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Part is what leaves a conversation for a new one.
type Part struct {
	From, Into  crm.ID
	Channel     crm.Channel
	Subject     string
	First, Last time.Time
	Messages    int64
	MessageIDs  []string // of the messages that leave: answers to them follow
}

// Split makes the new conversation of p. The caller has locked its bucket and
// moves the messages.
func Split(ctx context.Context, tx *store.Tx, p Part) error {
	old, err := tx.Conversation(ctx, sqlgen.ConversationParams{Bucket: p.From.RowBucket(), ID: p.From})
	if err != nil {
		return err
	}
	if err := tx.AddConversation(ctx, sqlgen.AddConversationParams{Bucket: p.Into.RowBucket(), ID: p.Into, ProfileID: old.ProfileID, Channel: string(p.Channel),
		Subject: p.Subject, OpenedAt: crm.Micros(p.First), LastAt: crm.Micros(p.Last), Messages: p.Messages, Continues: crm.ID{}}); err != nil {
		return err
	}
	if err := tx.CountMessages(ctx, sqlgen.CountMessagesParams{Bucket: p.From.RowBucket(), ID: p.From, Messages: -p.Messages}); err != nil {
		return err
	}
	for _, id := range p.MessageIDs {
		k := messageKey(id)
		if err := tx.RepointKey(ctx, sqlgen.RepointKeyParams{Target: p.Into, KeyBucket: k.bucket(), Kind: k.kind, Value: k.value, ConversationID: p.From}); err != nil {
			return err
		}
	}
	return nil
}

// Rejoin takes Split back: the new conversation is gone, and what referred to it
// finds the old one. The caller has locked its bucket and moves the messages.
func Rejoin(ctx context.Context, tx *store.Tx, p Part) error {
	for _, id := range p.MessageIDs {
		k := messageKey(id)
		if err := tx.RepointKey(ctx, sqlgen.RepointKeyParams{Target: p.From, KeyBucket: k.bucket(), Kind: k.kind, Value: k.value, ConversationID: p.Into}); err != nil {
			return err
		}
	}
	if err := tx.CountMessages(ctx, sqlgen.CountMessagesParams{Bucket: p.From.RowBucket(), ID: p.From, Messages: p.Messages}); err != nil {
		return err
	}
	return tx.DropConversation(ctx, sqlgen.DropConversationParams{Bucket: p.Into.RowBucket(), ID: p.Into})
}
