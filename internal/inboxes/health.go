package inboxes

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Health is how a part of an inbox does: imap, listener, smtp, oauth, widget.
type Health struct {
	InboxID       crm.ID    `json:"inbox_id"`
	Part          string    `json:"part"`
	LastSuccess   time.Time `json:"last_success,omitzero"`
	LastAttempt   time.Time `json:"last_attempt,omitzero"`
	Failures      int64     `json:"failures" doc:"In a row, since the last success"`
	Error         string    `json:"error,omitempty" doc:"The last failure, as a sentence"`
	NextRetry     time.Time `json:"next_retry,omitzero"`
	OldestWaiting time.Time `json:"oldest_waiting,omitzero" doc:"Since when the oldest thing waits that was not dealt with yet"`
	Gap           int64     `json:"gap" doc:"Mails that the mailbox holds and that could not be got"`
	Position      string    `json:"-"` // where its reader stands
}

// Succeeded notes that a part did its work. oldest is when the oldest thing that
// still waits came, zero: none does. An empty position keeps the old one.
func (s *Service) Succeeded(ctx context.Context, inbox crm.ID, part string, oldest time.Time, position string) error {
	return s.report(ctx, func(tx *store.Tx) error {
		return tx.PartSucceeded(ctx, sqlgen.PartSucceededParams{InboxID: inbox, Part: part, LastSuccess: crm.Micros(s.clock()),
			OldestWaiting: crm.Micros(oldest), Position: position})
	})
}

// Failed notes that a part could not do its work, why in a sentence for people,
// and when it tries again.
func (s *Service) Failed(ctx context.Context, inbox crm.ID, part, why string, next time.Time) error {
	return s.report(ctx, func(tx *store.Tx) error {
		return tx.PartFailed(ctx, sqlgen.PartFailedParams{InboxID: inbox, Part: part, LastAttempt: crm.Micros(s.clock()),
			Error: store.Clean(why, 1000), NextRetry: crm.Micros(next)})
	})
}

// Gap notes how many things a source holds that could not be got.
func (s *Service) Gap(ctx context.Context, inbox crm.ID, part string, n int) error {
	return s.report(ctx, func(tx *store.Tx) error {
		return tx.SetPartGap(ctx, sqlgen.SetPartGapParams{InboxID: inbox, Part: part, Gap: int64(n)})
	})
}

// Place puts the reader of a part somewhere, and forgets that it failed.
func (s *Service) Place(ctx context.Context, inbox crm.ID, part, position string) error {
	return s.report(ctx, func(tx *store.Tx) error {
		return tx.SetPartPosition(ctx, sqlgen.SetPartPositionParams{InboxID: inbox, Part: part, Position: position})
	})
}

// Lease gives the work of a part to one owner until a time, unless another one
// has it. The owner asks again before the time is over to keep it.
func (s *Service) Lease(ctx context.Context, inbox crm.ID, part, owner string, until time.Time) (ok bool, err error) {
	err = s.report(ctx, func(tx *store.Tx) error {
		_, err := tx.LeasePart(ctx, sqlgen.LeasePartParams{InboxID: inbox, Part: part, LeaseOwner: owner, LeaseUntil: crm.Micros(until), Now: crm.Micros(s.clock())})
		if ok = err == nil; errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return ok, err
}

// Release ends a lease early.
func (s *Service) Release(ctx context.Context, inbox crm.ID, part, owner string) error {
	return s.report(ctx, func(tx *store.Tx) error {
		return tx.ReleasePart(ctx, sqlgen.ReleasePartParams{InboxID: inbox, Part: part, LeaseOwner: owner})
	})
}

// Reset forgets how a part did and where it stood.
func (s *Service) Reset(ctx context.Context, inbox crm.ID, part string) error {
	return s.report(ctx, func(tx *store.Tx) error {
		return tx.ResetPart(ctx, sqlgen.ResetPartParams{InboxID: inbox, Part: part})
	})
}

func (s *Service) report(ctx context.Context, fn func(*store.Tx) error) error {
	if err := s.db.InTx(ctx, fn); err != nil {
		return fmt.Errorf("note how an inbox does: %w", err)
	}
	return nil
}

// Health lists how every part of every inbox does.
func (s *Service) Health(ctx context.Context) ([]Health, error) {
	rows, err := s.db.Read().InboxHealth(ctx)
	if err != nil {
		return nil, fmt.Errorf("read how the inboxes do: %w", err)
	}
	out := make([]Health, len(rows))
	for i, r := range rows {
		out[i] = healthOf(r)
	}
	return out, nil
}

// Part tells how one part does; the zero Health: it never reported.
func (s *Service) Part(ctx context.Context, inbox crm.ID, part string) (Health, error) {
	r, err := s.db.Read().InboxPart(ctx, sqlgen.InboxPartParams{InboxID: inbox, Part: part})
	if errors.Is(err, sql.ErrNoRows) {
		return Health{InboxID: inbox, Part: part}, nil
	}
	return healthOf(r), err
}

func healthOf(r sqlgen.InboxHealth) Health {
	return Health{InboxID: r.InboxID, Part: r.Part, LastSuccess: crm.FromMicros(r.LastSuccess), LastAttempt: crm.FromMicros(r.LastAttempt),
		Failures: r.Failures, Error: r.Error, NextRetry: crm.FromMicros(r.NextRetry), OldestWaiting: crm.FromMicros(r.OldestWaiting), Position: r.Position, Gap: r.Gap}
}
