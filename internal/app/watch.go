package app

import (
	"context"
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
		if err := errors.Join(k.takeModels(ctx), k.engine.Journey.LoadParameters(ctx), k.takeFirm(ctx, c)); err != nil && ctx.Err() == nil {
			log.Warn("changes made elsewhere could not be read", "err", err)
		}
		mem.tidy(func() {
			if err := k.db.GiveBack(ctx); err != nil && ctx.Err() == nil {
				log.Warn("the database keeps its memory", "err", err)
			}
		})
	}
}

// takeModels loads models and corrections when another model is in use, or when
// somebody corrected something, here or at another server.
func (k *core) takeModels(ctx context.Context) error {
	now, err := k.db.Read().ModelInUse(ctx, kindIntents)
	if err != nil || now == k.models {
		return err
	}
	if err := k.engine.LoadModels(ctx); err != nil {
		return err
	}
	k.models = now
	return nil
}

// takeFirm reads the firm's name and own addresses.
func (k *core) takeFirm(ctx context.Context, c *config.Config) error {
	firm, err := firmOf(ctx, k.access, c)
	if err != nil {
		return err
	}
	k.setFirm(firm)
	return nil
}
