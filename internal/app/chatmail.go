package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/webchat"
)

// unseenJob looks whether answers in a chat were seen.
const unseenJob = "chat unseen"

// unseen says where to look.
type unseen struct {
	Conversation crm.ID `json:"conversation"`
	Inbox        crm.ID `json:"inbox"`
}

// continueByMail sends what nobody saw in the widget to the visitor's address,
// when one is known and the visitor is gone. An answer to it comes back into the
// same conversation.
func (k *core) continueByMail(chats *webchat.Server, clock crm.Clock) jobs.Handler {
	return func(ctx context.Context, run *jobs.Run) error {
		var at unseen
		if err := run.Args(&at); err != nil {
			return jobs.Dead(err)
		}
		chat, err := k.inboxes.Get(ctx, at.Inbox)
		if crm.CodeOf(err) == crm.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		q, bucket, now := k.db.Read(), at.Conversation.RowBucket(), clock()
		visitors, err := q.VisitorsOfConversation(ctx, sqlgen.VisitorsOfConversationParams{Bucket: bucket, ConversationID: at.Conversation})
		if err != nil {
			return err
		}
		to := ""
		var seen time.Time
		for _, v := range visitors {
			if to == "" {
				to = v.Email
			}
			if t := crm.FromMicros(v.LastSeen); t.After(seen) {
				seen = t
			}
		}
		open := chats.Shows(at.Conversation)
		if back := seen.Add(webchat.Away(chat)); !open && back.After(now) && to != "" {
			return jobs.Snooze(back)
		}
		list, err := k.unseenAnswers(ctx, at.Conversation)
		if err != nil || len(list) == 0 || to == "" {
			return err
		}
		if open {
			// The page is open, but nobody looks at it. A closed one is noticed soon.
			if oldest := list[0].At.Add(webchat.Away(chat)); oldest.Add(webchat.Away(chat)).After(now) {
				return jobs.Snooze(now.Add(webchat.Away(chat)))
			}
		}
		by, err := k.mailsFor(ctx, chat)
		if err != nil || by == nil {
			return err // no inbox can send: the answers wait in the widget
		}
		return k.queueContinuation(ctx, now, at.Conversation, by, chat, to, list)
	}
}

// unseenAnswer is one that waits in a widget.
type unseenAnswer struct {
	Outbox       crm.ID
	At           time.Time
	Author, Text string
	Files        []crm.ID
}

// unseenAnswers are those after what the visitor saw and after what went by mail.
func (k *core) unseenAnswers(ctx context.Context, conversation crm.ID) ([]unseenAnswer, error) {
	q, bucket := k.db.Read(), conversation.RowBucket()
	mark, err := q.VisitorMark(ctx, sqlgen.VisitorMarkParams{Bucket: bucket, ConversationID: conversation})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	messages, err := q.ChatMessages(ctx, sqlgen.ChatMessagesParams{Bucket: bucket, ConversationID: conversation, Seq: mark, MaxRows: 500})
	if err != nil {
		return nil, err
	}
	rows, err := q.OutboxOfConversation(ctx, sqlgen.OutboxOfConversationParams{Bucket: bucket, ConversationID: conversation})
	if err != nil {
		return nil, err
	}
	var mailed int64
	by := map[crm.ID]sqlgen.OutboxOfConversationRow{}
	for _, r := range rows {
		by[r.InteractionID] = r
		if r.Kind == act.Later && r.State != act.Failed && r.State != act.Cancelled && r.State != act.Bounced {
			mailed = max(mailed, r.CreatedAt)
		}
	}
	var out []unseenAnswer
	for _, m := range messages {
		r, ok := by[m.ID]
		if m.Direction == string(crm.In) {
			out = nil // whoever writes has seen what stands above
			continue
		}
		if ok && r.Channel == string(crm.Chat) && r.Kind == act.Reply && r.State == act.Sent && r.CreatedAt > mailed {
			var c act.Content
			if err := json.Unmarshal([]byte(r.Content), &c); err != nil {
				return nil, err
			}
			out = append(out, unseenAnswer{r.ID, crm.FromMicros(m.OccurredAt), r.Author, m.Text, c.Attachments})
		}
	}
	return out, nil
}

// mailsFor is the inbox that the answers of a chat go by mail from; nil: none can.
func (k *core) mailsFor(ctx context.Context, chat *inboxes.Inbox) (*inboxes.Inbox, error) {
	all, err := k.inboxes.All(ctx)
	if err != nil {
		return nil, err
	}
	var first *inboxes.Inbox
	for _, i := range all {
		if !i.CanSend() || i.Restricted && i.ID != chat.Settings.Chat.MailInboxID {
			continue
		}
		if i.ID == chat.Settings.Chat.MailInboxID {
			return i, nil
		}
		if first == nil {
			first = i
		}
	}
	return first, nil
}

func (k *core) queueContinuation(ctx context.Context, now time.Time, conversation crm.ID, by, chat *inboxes.Inbox, to string, list []unseenAnswer) error {
	c, err := k.db.Read().Conversation(ctx, sqlgen.ConversationParams{Bucket: conversation.RowBucket(), ID: conversation})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	brand := chat.Brand
	if brand == "" {
		brand = k.firmName()
	}
	var text strings.Builder
	text.WriteString("You left our chat before this came:\n")
	var files []crm.ID
	for _, m := range list {
		if m.Text != "" {
			text.WriteString("\n" + m.Text + "\n")
		}
		files = append(files, m.Files...)
	}
	text.WriteString("\nAnswer this mail, and the conversation goes on.\n")
	subject := "Our answer in the chat"
	if brand != "" {
		subject = brand + ": our answer in the chat"
	}
	last := list[len(list)-1]
	err = k.db.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{conversation.RowBucket(): 1})
		if err != nil {
			return err
		}
		_, _, err = act.Queue(ctx, tx, now, act.Message{ConversationID: conversation, ProfileID: c.ProfileID, InboxID: by.ID, Channel: crm.Mail, Kind: act.Later,
			Author: last.Author, Key: "continuation " + last.Outbox.String(), MessageID: k.inboxes.MessageIDs(by),
			Content: act.Content{To: []string{to}, Subject: subject, Text: text.String(), Attachments: files}}, next(conversation.RowBucket()))
		return err
	})
	if crm.CodeOf(err) == crm.Conflict || crm.CodeOf(err) == crm.Invalid {
		return nil // the address gets nothing, which is known where addresses are
	}
	if err == nil {
		k.db.Ring(ctx)
	}
	return err
}

// chatTransport shows answers in widgets, and sets the timer after which one that
// nobody saw goes by mail. The timer stands before the answer counts as sent, so
// that no end of the program loses it.
func (k *core) chatTransport(clock crm.Clock) act.Transport {
	return &chatTransport{Chat: act.Chat{Files: k.described, Source: func(ctx context.Context, inbox crm.ID) (string, error) {
		i, err := k.inboxes.Get(ctx, inbox)
		if err != nil {
			return "", err
		}
		return i.Source, nil
	}}, k: k, clock: clock}
}

type chatTransport struct {
	act.Chat
	k     *core
	clock crm.Clock
}

// Send implements act.Transport.
func (t *chatTransport) Send(ctx context.Context, r *act.Row, c *act.Content, item *crm.Item, commit func() error) (string, error) {
	i, err := t.k.inboxes.Get(ctx, r.InboxID)
	if err != nil {
		return "", err
	}
	err = t.k.db.InTx(ctx, func(tx *store.Tx) error {
		return jobs.Add(ctx, tx, t.clock(), jobs.Job{Kind: unseenJob, Bucket: r.Bucket, Key: r.ConversationID.String(), At: t.clock().Add(webchat.Away(i)),
			Args: unseen{r.ConversationID, r.InboxID}})
	})
	if err != nil {
		return "", err
	}
	return t.Chat.Send(ctx, r, c, item, commit)
}
