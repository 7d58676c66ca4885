package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/web"
)

// answer serves everything that this program answers until ctx ends.
func (r *runtime) answer(ctx context.Context, l net.Listener, k *core, c *config.Config, log *slog.Logger, demo bool) error {
	hub := live.New(k.db)
	h, err := r.handler(k, hub, c, log, demo)
	if err != nil {
		return err
	}
	// What runs beside requests outlives them, and ends before the database.
	beside, end := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	defer func() { end(); wg.Wait() }()
	wg.Go(func() { k.watch(beside, c, log) })
	wg.Go(func() {
		if err := hub.Run(beside); err != nil {
			log.Error("open consoles are not told of changes any more", "err", err)
		}
	})
	return serve(ctx, l, h, log)
}

// handler is everything that this program answers.
func (r *runtime) handler(k *core, hub *live.Hub, c *config.Config, log *slog.Logger, demo bool) (http.Handler, error) {
	return api.New(api.Deps{
		DB: k.db, Engine: k.engine, Access: k.access, Hub: hub, Clock: r.Clock, Log: log,
		Demo: demo, Firm: k.firm.Name, BaseURL: c.BaseURL, Own: k.own, Console: web.Handler(),
	})
}
