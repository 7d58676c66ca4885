package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Retry parses what stands in quarantine again and takes it through the stages.
// A second failure leaves it there with the new reason.
func (e *Engine) Retry(ctx context.Context, id crm.ID) (Result, error) {
	row, err := e.db.Read().RawForRetry(ctx, sqlgen.RawForRetryParams{Bucket: id.RowBucket(), ID: id})
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.State != "quarantined" {
		return Result{}, crm.Errorf(crm.NotFound, "Nothing with this id stands in quarantine.")
	}
	if err != nil {
		return Result{}, err
	}
	item := crm.Item{Raw: row.Body, RawType: row.RawType, MayVerify: row.MayVerify, Keep: true}
	parse := e.o.Parsers[row.RawType]
	if parse == nil {
		return e.stay(ctx, id, "This kind of input can't be read again here. Send it again from its source.")
	}
	if item.Envelope, err = e.parse(parse, row); err != nil {
		reason := err.Error()
		if known := (*crm.Error)(nil); errors.As(err, &known) {
			reason = known.Message // without the cause, which is for the log
		}
		return e.stay(ctx, id, reason)
	}
	item.Envelope.Source, item.Envelope.ExternalID = row.Source, row.ExternalID
	p := e.prepare(item, e.o.Clock())
	if p.problem != nil {
		return e.stay(ctx, id, p.problem.Message)
	}
	p.retry = true
	if err := e.enqueue([]*prepared{p}); err != nil {
		return Result{}, err
	}
	<-p.done
	return p.result, p.err
}

// parse never panics: bytes that broke a parser once stand in quarantine because
// of that.
func (e *Engine) parse(parser Parser, row sqlgen.RawForRetryRow) (env crm.Envelope, err error) {
	defer func() {
		if r := recover(); r != nil {
			e.o.Log.Error("a retried contact broke its parser", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = crm.Errorf(crm.Invalid, "It broke a part of Rapport. The log has the details.")
		}
	}()
	return parser(row.Body, row.Source, row.ExternalID)
}

// stay counts a failed attempt.
func (e *Engine) stay(ctx context.Context, id crm.ID, reason string) (Result, error) {
	reason = storable(reason)
	err := e.db.InTx(ctx, func(tx *store.Tx) error {
		return tx.NoteAttempt(ctx, sqlgen.NoteAttemptParams{Bucket: id.RowBucket(), ID: id, Reason: reason})
	})
	return Result{Status: StatusQuarantined, Problem: crm.Errorf(crm.Invalid, "%s", reason)}, err
}

// Discard takes an item off the quarantine list. Its bytes stay, and so does its
// dedupe key: sending it again does not bring it back.
func (e *Engine) Discard(ctx context.Context, id crm.ID, author string) error {
	return e.db.InTx(ctx, func(tx *store.Tx) error {
		n, err := tx.DiscardRaw(ctx, sqlgen.DiscardRawParams{Bucket: id.RowBucket(), ID: id, Reason: "Discarded by " + author + "."})
		if err == nil && n == 0 {
			return crm.Errorf(crm.NotFound, "Nothing with this id stands in quarantine.")
		}
		return err
	})
}
