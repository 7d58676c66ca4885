package flow

import (
	"context"
	"database/sql"
	"errors"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

var errChecked = crm.Errorf(crm.Conflict, "Somebody has checked this contact already.")

// Check is Correct for a contact of the newest random sample. intent "" says that
// what was read is right.
func (e *Engine) Check(ctx context.Context, interaction crm.ID, intent, author string) error {
	row, err := e.check(ctx, interaction)
	if err != nil {
		return err
	}
	if intent == "" {
		if intent = None; row.readAs != "" {
			if intent = e.Reader().Taxonomy().Target(row.readAs); intent == "" {
				return crm.Errorf(crm.Conflict, "The intent that was read is not in use any more. Choose another one.")
			}
		}
	}
	return e.say(ctx, interaction, intent, author, understand.FromSample, func(tx *store.Tx, c *labelled) error {
		return row.set(ctx, tx, understand.CheckDone, author, crm.Micros(c.now))
	})
}

// Skip leaves a contact of the newest random sample unjudged.
func (e *Engine) Skip(ctx context.Context, interaction crm.ID, author string) error {
	row, err := e.check(ctx, interaction)
	if err != nil {
		return err
	}
	now := crm.Micros(e.o.Clock())
	return e.db.InTx(ctx, func(tx *store.Tx) error { return row.set(ctx, tx, understand.CheckSkipped, author, now) })
}

// Uncheck takes back what somebody said of a contact of the newest random sample,
// or that it was skipped.
func (e *Engine) Uncheck(ctx context.Context, interaction crm.ID, author string) error {
	row, err := e.check(ctx, interaction)
	if err != nil {
		return err
	}
	switch row.state {
	case understand.CheckSkipped:
		return e.db.InTx(ctx, func(tx *store.Tx) error {
			return tx.ReopenSkippedCheck(ctx, sqlgen.ReopenSkippedCheckParams(row.at))
		})
	case understand.CheckDone:
		return e.takeBack(ctx, interaction, author, func(c *labelled) error {
			if len(c.standing) == 0 || c.standing[0].Origin != understand.FromSample {
				return crm.Errorf(crm.Conflict, "Somebody has corrected this contact since. Take that back at the contact.")
			}
			return nil
		})
	default:
		return crm.Errorf(crm.Conflict, "Nobody has checked this contact yet.")
	}
}

// checkRow is a contact of the newest sample.
type checkRow struct {
	at            sqlgen.ReadingCheckParams
	state, readAs string
}

func (e *Engine) check(ctx context.Context, interaction crm.ID) (checkRow, error) {
	gone := crm.Errorf(crm.NotFound, "This contact is not in the newest sample.")
	var r checkRow
	sample, err := e.db.Read().NewestReadingSample(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return r, gone
	}
	if err != nil {
		return r, err
	}
	x, err := e.db.Read().InteractionForReading(ctx, sqlgen.InteractionForReadingParams{Bucket: interaction.RowBucket(), ID: interaction})
	if errors.Is(err, sql.ErrNoRows) {
		return r, gone
	}
	if err != nil {
		return r, err
	}
	r.at = sqlgen.ReadingCheckParams{Bucket: interaction.RowBucket(), ProfileID: x.ProfileID, InteractionID: interaction, Day: sample.Day}
	row, err := e.db.Read().ReadingCheck(ctx, r.at)
	if errors.Is(err, sql.ErrNoRows) {
		return r, gone
	}
	r.state, r.readAs = row.State, row.ReadAs
	return r, err
}

// set gives an open contact its state; of two people at once the second is
// refused.
func (r *checkRow) set(ctx context.Context, tx *store.Tx, state, author string, now int64) error {
	n, err := tx.SetOpenReadingCheck(ctx, sqlgen.SetOpenReadingCheckParams{Bucket: r.at.Bucket, ProfileID: r.at.ProfileID, InteractionID: r.at.InteractionID, Day: r.at.Day,
		State: state, Author: author, At: now})
	if err == nil && n == 0 {
		return errChecked
	}
	return err
}
