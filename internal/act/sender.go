package act

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/failpoint"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
)

// Transport carries messages of a channel outside.
type Transport interface {
	// Prepare makes the contact that the message becomes. It opens no connection.
	Prepare(ctx context.Context, r *Row, c *Content) (crm.Item, error)
	// Send hands the message over. It calls commit once, right before the moment
	// from which on the other side may have it, and goes on only when commit
	// returns nil. The answer is what the other side said.
	Send(ctx context.Context, r *Row, c *Content, item *crm.Item, commit func() error) (answer string, err error)
}

// Rejected is an error that trying again can't help; its text is for people.
type Rejected struct{ Reason string }

func (r *Rejected) Error() string { return r.Reason }

// Deferred is an error of an other side that asks to come again later.
type Deferred struct{ Reason string }

func (d *Deferred) Error() string { return d.Reason }

// Wait is an error of a message whose turn has not come: nothing was tried.
type Wait struct {
	Until  time.Time
	Reason string
}

func (w *Wait) Error() string { return w.Reason }

// Sender sends what the outbox holds: the handler of SendJob.
type Sender struct {
	Outbox     *Outbox
	Transports map[string]Transport // by channel
	// Submit takes the contact through the stages and returns its id.
	Submit func(ctx context.Context, item crm.Item) (crm.ID, error)
}

// Handle is the handler of SendJob.
func (s *Sender) Handle(ctx context.Context, run *jobs.Run) error {
	var id crm.ID
	if err := run.Args(&id); err != nil {
		return jobs.Dead(err)
	}
	row, err := s.Outbox.Get(ctx, id)
	if crm.CodeOf(err) == crm.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	switch row.State {
	case Held, Queued:
	case Sending:
		// The program died between the text and the answer.
		_, err := s.Outbox.change(ctx, id, []string{Sending}, func(r *Row) {
			r.State, r.Error = Unknown, "The connection or the program ended before the mail server answered. Check whether it arrived."
		}, nil)
		return err
	default:
		return nil
	}
	if due := crm.FromMicros(row.NextAt); due.After(s.Outbox.clock()) {
		return jobs.Snooze(due)
	}
	return s.deliver(ctx, &row, run.Last)
}

func (s *Sender) deliver(ctx context.Context, row *Row, last bool) error {
	c, err := ContentOf(row)
	if err != nil {
		return jobs.Dead(err)
	}
	transport := s.Transports[row.Channel]
	if transport == nil {
		return s.give(ctx, row, &Rejected{"Nothing here can send on this channel."}, true)
	}
	if row.State == Held {
		// From here on nobody can take it back.
		r, err := s.Outbox.change(ctx, row.ID, []string{Held}, func(r *Row) { r.State = Queued }, nil)
		if crm.CodeOf(err) == crm.Conflict {
			return nil // taken back at this very moment
		}
		if err != nil {
			return err
		}
		*row = r
		failpoint.Here("act claimed")
	}
	if err := s.Outbox.db.InTx(ctx, func(tx *store.Tx) error { return suppressed(ctx, tx, row.Kind, c.all()) }); err != nil {
		if crm.CodeOf(err) == crm.Invalid { // it bounced, or they unsubscribed, since it was written
			err = &Rejected{words(err)}
		}
		return s.give(ctx, row, err, last)
	}
	item, err := transport.Prepare(ctx, row, &c)
	if err != nil {
		return s.give(ctx, row, err, last)
	}
	contact := row.InteractionID
	if contact.IsZero() && row.Kind != Notice && row.Kind != Test {
		if contact, err = s.Submit(ctx, item); err != nil {
			return s.give(ctx, row, err, last)
		}
		failpoint.Here("act submitted")
	}
	begun := false
	answer, err := transport.Send(ctx, row, &c, &item, func() error {
		r, err := s.Outbox.change(ctx, row.ID, []string{Queued, Delivered}, func(r *Row) {
			if r.InteractionID, r.Attempts = contact, r.Attempts+1; r.State == Queued { // else it was seen at once
				r.State = Sending
			}
		}, nil)
		if err == nil {
			*row, begun = r, true
		}
		return err
	})
	var rejected *Rejected
	var deferred *Deferred
	switch {
	case err == nil:
		_, err = s.Outbox.change(ctx, row.ID, []string{Sending}, func(r *Row) { r.State, r.Error, r.Answer = Sent, "", answer }, nil)
		if crm.CodeOf(err) == crm.Conflict {
			return nil // somebody has seen it arrive already
		}
		failpoint.Here("act sent")
		return err
	case begun && !errors.As(err, &rejected) && !errors.As(err, &deferred):
		_, e := s.Outbox.change(ctx, row.ID, []string{Sending}, func(r *Row) {
			r.State, r.Error = Unknown, "The mail server did not answer after it had the text. Check whether it arrived."
		}, nil)
		return e
	}
	return s.give(ctx, row, err, last)
}

// give notes a failure: for good, or until the next try.
func (s *Sender) give(ctx context.Context, row *Row, cause error, last bool) error {
	var rejected *Rejected
	if final := errors.As(cause, &rejected); final || last && !errors.As(cause, new(*Wait)) {
		_, err := s.Outbox.change(ctx, row.ID, []string{Queued, Sending}, func(r *Row) { r.State, r.Error = Failed, words(cause) }, nil)
		return err
	}
	if _, err := s.Outbox.change(ctx, row.ID, []string{Queued, Sending}, func(r *Row) { r.State, r.Error = Queued, words(cause) }, nil); err != nil {
		return err
	}
	var wait *Wait
	if errors.As(cause, &wait) {
		return jobs.Snooze(wait.Until)
	}
	return fmt.Errorf("send %s: %w", row.ID, cause)
}

// Words says a failure as a support manager can read it.
func Words(err error) string { return words(err) }

// Step is a part of a test of an inbox.
type Step struct {
	Name   string `json:"name" enum:"connect,sign in,send,arrive"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
	MS     int64  `json:"ms"`
}

// words says a failure as a support manager can read it.
func words(err error) string {
	var known *crm.Error
	if errors.As(err, &known) {
		return known.Message
	}
	text := err.Error()
	return text[:min(len(text), 500)]
}

// Attempts is how often a message is tried, over about a day.
const Attempts = 10

// Patience bounds one try.
const Patience = 2 * time.Minute
