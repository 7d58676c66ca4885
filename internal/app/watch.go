package app

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/rapport-crm/rapport/internal/config"
)

// watchEvery is how soon a server takes over what commands and other servers
// on the same database changed.
const watchEvery = 10 * time.Second

// watch takes over newly trained models and what setup said about the firm, and
// gives back memory that is not used, until ctx ends. Its errors are logged and tried again: a server goes on with
// what it has.
func (k *core) watch(ctx context.Context, c *config.Config, log *slog.Logger) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var mem memory
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := errors.Join(k.takeModels(ctx), k.takeFirm(ctx, c)); err != nil && ctx.Err() == nil {
			log.Warn("changes made elsewhere could not be read", "err", err)
		}
		mem.tidy()
	}
}

// takeModels loads the models when there is a newer one.
func (k *core) takeModels(ctx context.Context) error {
	version, err := k.db.Read().NewestModel(ctx, kindIntents)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || version == k.modelVersion {
		return err
	}
	if err := k.engine.LoadModels(ctx); err != nil {
		return err
	}
	k.modelVersion = version
	return nil
}

// takeFirm reads the firm's own addresses again.
func (k *core) takeFirm(ctx context.Context, c *config.Config) error {
	firm, err := firmOf(ctx, k.access, c)
	if err != nil {
		return err
	}
	k.setFirm(firm)
	return nil
}
