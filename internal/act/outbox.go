package act

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The states of a message.
const (
	Held      = "held"
	Queued    = "queued"
	Sending   = "sending"
	Sent      = "sent"
	Delivered = "delivered"
	Bounced   = "bounced"
	Failed    = "failed"
	Unknown   = "unknown"
	Cancelled = "cancelled"
)

// The kinds of messages.
const (
	Reply   = "reply"   // a person answers
	Forward = "forward" // a person hands something on
	Auto    = "auto"    // an automatic answer
	Notice  = "notice"  // to a colleague
	Survey  = "survey"
	Later   = "continuation" // a chat goes on by mail
	Test    = "test"
)

// Content is what a message says.
type Content struct {
	To          []string `json:"to,omitempty"`
	Cc          []string `json:"cc,omitempty"`
	Bcc         []string `json:"bcc,omitempty"`
	Subject     string   `json:"subject,omitempty"`
	HTML        string   `json:"html,omitempty"`
	Text        string   `json:"text,omitempty"`
	Attachments []crm.ID `json:"attachments,omitempty"`

	Include    []crm.ID          `json:"include,omitempty"` // contacts whose mails go along
	FromName   string            `json:"from_name,omitempty"`
	InReplyTo  string            `json:"in_reply_to,omitempty"`
	References []string          `json:"references,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"` // of automatic mail
	AgentEmail string            `json:"agent_email,omitempty"`
	Signature  string            `json:"signature,omitempty"` // of the author, HTML; stands in place of the inbox's
	Draft      json.RawMessage   `json:"draft,omitempty"`     // as its author's editor had it, for taking it back
}

// all are the addresses that it goes to, folded.
func (c *Content) all() []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range [][]string{c.To, c.Cc, c.Bcc} {
		for _, text := range list {
			a, err := mail.ParseAddress(text)
			if err != nil {
				continue
			}
			if f := fold(a.Address); !seen[f] {
				seen[f] = true
				out = append(out, f)
			}
		}
	}
	return out
}

// Message is what Queue takes.
type Message struct {
	ConversationID crm.ID
	ProfileID      crm.ID
	InboxID        crm.ID
	Channel        crm.Channel
	Kind           string
	SendAt         time.Time // zero: at once
	Author         string
	AuthorID       crm.ID
	Content        Content
	// Key makes the message the only one of its conversation with it: a request
	// that is sent again queues nothing.
	Key string
	// MessageID makes the Message-ID of the row's id. Required for mail.
	MessageID func(id crm.ID) string
}

// SendJob is the kind of the job that sends a message.
const SendJob = "send"

// Row is a message as it is stored.
type Row = sqlgen.Outbox

// Outbox is the outbox of a process. It is safe for concurrent use.
type Outbox struct {
	db    *store.DB
	clock crm.Clock
}

// New makes the outbox over an open database.
func New(db *store.DB, clock crm.Clock) *Outbox { return &Outbox{db, clock} }

// Queue writes a message in the transaction of its cause, whose lock of the
// conversation's bucket gave seq. made is false when the key was used before.
func Queue(ctx context.Context, tx *store.Tx, now time.Time, m Message, seq int64) (row Row, made bool, err error) {
	id := crm.NewID(now).InBucket(m.ConversationID.RowBucket())
	if m.Key != "" {
		id = crm.DerivedID(time.Unix(0, 0), "outbox", m.ConversationID.String(), m.Key).InBucket(m.ConversationID.RowBucket())
		old, err := tx.OutboxRow(ctx, sqlgen.OutboxRowParams{Bucket: id.RowBucket(), ID: id})
		if err == nil {
			return old, false, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return Row{}, false, err
		}
	}
	if err := suppressed(ctx, tx, m.Kind, m.Content.all()); err != nil {
		return Row{}, false, err
	}
	content, err := json.Marshal(m.Content)
	if err != nil {
		return Row{}, false, err
	}
	at := m.SendAt
	if at.Before(now) {
		at = now
	}
	row = Row{Bucket: id.RowBucket(), ID: id, Seq: seq, ConversationID: m.ConversationID, ProfileID: m.ProfileID, InboxID: m.InboxID, Channel: string(m.Channel),
		Kind: m.Kind, State: Held, SendAt: crm.Micros(at), NextAt: crm.Micros(at), Author: m.Author, AuthorID: m.AuthorID,
		Content: store.Clean(string(content), len(content)), CreatedAt: crm.Micros(now), UpdatedAt: crm.Micros(now)}
	if m.MessageID != nil {
		row.MessageID = m.MessageID(id)
	}
	if err := tx.AddOutbox(ctx, sqlgen.AddOutboxParams{Bucket: row.Bucket, ID: row.ID, Seq: row.Seq, ConversationID: row.ConversationID, ProfileID: row.ProfileID,
		InboxID: row.InboxID, InteractionID: crm.ID{}, Channel: row.Channel, Kind: row.Kind, State: row.State, MessageID: row.MessageID, SendAt: row.SendAt, NextAt: row.NextAt,
		Author: row.Author, AuthorID: row.AuthorID, Content: row.Content, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt}); err != nil {
		return Row{}, false, err
	}
	if row.MessageID != "" {
		if err := tx.AddSentID(ctx, sqlgen.AddSentIDParams{KeyBucket: crm.KeyBucket("sent", row.MessageID), Value: row.MessageID, Bucket: row.Bucket, OutboxID: row.ID}); err != nil {
			return Row{}, false, err
		}
	}
	return row, true, jobs.Add(ctx, tx, now, jobs.Job{Kind: SendJob, Bucket: row.Bucket, Key: row.ID.String(), At: at, Args: row.ID})
}

// Get reads a message.
func (o *Outbox) Get(ctx context.Context, id crm.ID) (Row, error) {
	row, err := o.db.Read().OutboxRow(ctx, sqlgen.OutboxRowParams{Bucket: id.RowBucket(), ID: id})
	if errors.Is(err, sql.ErrNoRows) {
		err = crm.Errorf(crm.NotFound, "There is no such message.")
	}
	return row, err
}

// ContentOf reads what a message says.
func ContentOf(r *Row) (Content, error) {
	var c Content
	if err := json.Unmarshal([]byte(r.Content), &c); err != nil {
		return c, fmt.Errorf("message %s: %w", r.ID, err)
	}
	return c, nil
}

// change moves a message from one of the states to another, in a transaction of
// its own; also runs in it. It is refused with a Conflict when the message is in
// another state by now.
func (o *Outbox) change(ctx context.Context, id crm.ID, from []string, set func(*Row), also func(*store.Tx, *Row) error) (Row, error) {
	var row Row
	err := o.db.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{id.RowBucket(): 1})
		if err != nil {
			return err
		}
		row, err = tx.OutboxRow(ctx, sqlgen.OutboxRowParams{Bucket: id.RowBucket(), ID: id})
		if errors.Is(err, sql.ErrNoRows) {
			return crm.Errorf(crm.NotFound, "There is no such message.")
		}
		if err != nil {
			return err
		}
		ok := len(from) == 0
		for _, s := range from {
			ok = ok || s == row.State
		}
		if !ok {
			return crm.Errorf(crm.Conflict, "%s", stateWords(row.State))
		}
		set(&row)
		row.Seq, row.UpdatedAt = next(row.Bucket), crm.Micros(o.clock())
		if err := tx.SetOutbox(ctx, sqlgen.SetOutboxParams{Bucket: row.Bucket, ID: row.ID, Seq: row.Seq, InteractionID: row.InteractionID, State: row.State,
			NextAt: row.NextAt, Attempts: row.Attempts, Error: row.Error, Answer: row.Answer, UpdatedAt: row.UpdatedAt}); err != nil {
			return err
		}
		if also != nil {
			return also(tx, &row)
		}
		return nil
	})
	if err == nil {
		o.db.Ring(ctx)
	}
	return row, err
}

func stateWords(state string) string {
	switch state {
	case Sent, Delivered, Bounced:
		return "It has left already."
	case Sending, Queued:
		return "It is on its way already."
	case Cancelled:
		return "It was taken back already."
	}
	return "It can't be changed any more."
}

// Cancel takes a message back that has not left. also runs in the same
// transaction, to give its content back to its author.
func (o *Outbox) Cancel(ctx context.Context, id crm.ID, also func(*store.Tx, *Row) error) (Row, error) {
	return o.change(ctx, id, []string{Held, Failed}, func(r *Row) { r.State = Cancelled }, func(tx *store.Tx, r *Row) error {
		if err := jobs.Cancel(ctx, tx, SendJob, r.Bucket, r.ID.String()); err != nil {
			return err
		}
		return also(tx, r)
	})
}

// SendNow ends the time in which a message is held, or tries a failed one again.
func (o *Outbox) SendNow(ctx context.Context, id crm.ID) (Row, error) {
	return o.change(ctx, id, []string{Held, Failed}, func(r *Row) { r.State, r.Error, r.NextAt = Held, "", crm.Micros(o.clock()) }, func(tx *store.Tx, r *Row) error {
		return jobs.Add(ctx, tx, o.clock(), jobs.Job{Kind: SendJob, Bucket: r.Bucket, Key: r.ID.String(), At: o.clock(), Args: r.ID, Replace: true})
	})
}

// Settle says what became of a message of which nobody knew: it arrived, or it
// is to be sent again.
func (o *Outbox) Settle(ctx context.Context, id crm.ID, arrived bool) (Row, error) {
	if arrived {
		return o.change(ctx, id, []string{Unknown}, func(r *Row) { r.State, r.Error = Sent, "" }, nil)
	}
	return o.change(ctx, id, []string{Unknown}, func(r *Row) { r.State, r.Error = Held, "" }, func(tx *store.Tx, r *Row) error {
		return jobs.Add(ctx, tx, o.clock(), jobs.Job{Kind: SendJob, Bucket: r.Bucket, Key: r.ID.String(), At: o.clock(), Args: r.ID, Replace: true})
	})
}

// Arrived notes that a message of ours was seen outside: somebody answered it,
// it bounced, or our own copy came back. A test is over when it came back.
func (o *Outbox) Arrived(ctx context.Context, id crm.ID) error {
	row, err := o.Get(ctx, id)
	from, to := []string{Unknown}, Sent
	if err == nil && row.Kind == Test {
		from, to = []string{Sending, Sent, Unknown}, Delivered
	}
	if err == nil {
		_, err = o.change(ctx, id, from, func(r *Row) { r.State, r.Error = to, "" }, nil)
	}
	if code := crm.CodeOf(err); err != nil && (code == crm.Conflict || code == crm.NotFound) {
		return nil // known to be sent, or not ours
	}
	return err
}

// Seen notes that the recipient's program has shown a message, which is that
// contact. In a chat that can be before the sender knows that it has sent it, and
// the sender may never come to note the contact itself.
func (o *Outbox) Seen(ctx context.Context, id, contact crm.ID) error {
	_, err := o.change(ctx, id, []string{Queued, Sending, Sent}, func(r *Row) { r.State, r.InteractionID = Delivered, contact }, nil)
	if crm.CodeOf(err) == crm.Conflict {
		return nil
	}
	return err
}
