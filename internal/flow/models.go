package flow

import (
	"context"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// UseModel puts an earlier intent model into use again, or the built-in one
// (version 0), here at once and at other servers within ten seconds.
func (e *Engine) UseModel(ctx context.Context, version int64) error {
	if err := UseModel(ctx, e.db, version); err != nil {
		return err
	}
	return e.LoadModels(ctx)
}

// UseModel is Engine.UseModel for a program that reads nothing itself. A model
// that was not good enough to be used has no weights and can't be chosen.
func UseModel(ctx context.Context, db *store.DB, version int64) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		if version != 0 {
			size, err := tx.ModelSize(ctx, sqlgen.ModelSizeParams{Kind: modelKind, Version: version})
			if err != nil {
				return err
			}
			if size == 0 {
				return crm.Errorf(crm.NotFound, "There is no such model that could be used.")
			}
		}
		return tx.UseModel(ctx, sqlgen.UseModelParams{Kind: modelKind, Version: version})
	})
}
