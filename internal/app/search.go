package app

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/rapport-crm/rapport/internal/search"
)

// index keeps messages searchable until ctx ends.
func (k *core) index(ctx context.Context, log *slog.Logger) {
	x := search.Indexer{DB: k.db, Log: log}
	x.Run(ctx)
}

type searchCmd struct {
	Rebuild searchRebuildCmd `cmd:"" help:"Make the index of messages anew; searches find less until it is done."`
}

type searchRebuildCmd struct{}

// Run empties the index and fills it. A server that runs helps.
func (c *searchRebuildCmd) Run(ctx context.Context, r *runtime) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	db, err := openStore(ctx, &cfg.Config)
	if err != nil {
		return err
	}
	defer db.Close() // everything is committed by then
	if err := search.Rebuild(ctx, db); err != nil {
		return err
	}
	x := search.Indexer{DB: db, Log: slog.New(slog.DiscardHandler)}
	n, err := x.CatchUp(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.Stdout, "%d contacts looked through.\n", n)
	return err
}
