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
	"github.com/rapport-crm/rapport/internal/webchat"
	"github.com/rapport-crm/rapport/web"
)

// answer serves everything that this program answers until ctx ends.
func (r *runtime) answer(ctx context.Context, l net.Listener, k *core, c *config.Config, log *slog.Logger, demo bool) error {
	hub := live.New(k.db)
	hub.Presence = k.desk.Presence
	k.sender.Pretend = demo // nothing of the demo leaves this machine
	chats := k.widgets(hub, r.Clock, log)
	h, err := r.handler(k, hub, chats, c, log, demo)
	if err != nil {
		return err
	}
	var ports []listener
	if !demo {
		if ports, err = r.listeners(ctx, k, c, log); err != nil {
			return err
		}
	}
	// What runs beside requests outlives them, and ends before the database.
	beside, end := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	defer func() { end(); wg.Wait() }()
	wg.Go(func() { k.watch(beside, c, log) })
	wg.Go(func() { k.jobs.Run(beside) })
	wg.Go(func() { k.desk.Presence.Share(beside, k.db) })
	wg.Go(func() { chats.Run(beside) })
	if !demo { // nothing of the demo leaves this machine, and nothing comes in
		wg.Go(func() { k.mail.Run(beside) })
		wg.Go(func() { k.digests.run(beside, log) })
		for _, l := range ports {
			wg.Go(func() {
				if err := l.server.Serve(beside, l.port); err != nil {
					log.Error("the mail server ended", "err", err)
				}
			})
		}
	}
	wg.Go(func() { k.catchUp(beside, log) })
	wg.Go(func() { k.index(beside, log) })
	wg.Go(func() {
		if err := hub.Run(beside); err != nil {
			log.Error("open consoles are not told of changes any more", "err", err)
		}
	})
	return serve(ctx, l, h, log)
}

// handler is everything that this program answers.
func (r *runtime) handler(k *core, hub *live.Hub, chats *webchat.Server, c *config.Config, log *slog.Logger, demo bool) (http.Handler, error) {
	var trier api.Trier
	if !demo {
		trier = k.sender
	}
	return api.New(api.Deps{
		Trier: trier, Satisfaction: k.satisfaction, Second: k.second,
		DB: k.db, Engine: k.engine, Access: k.access, Inboxes: k.inboxes, Desk: k.desk, Outbox: k.outbox, Files: k.files, Mailboxes: k.mail, OAuth: k.oauth, Hub: hub, Clock: r.Clock, Log: log,
		Demo: demo, Firm: k.firmName, BaseURL: k.base, Own: k.own, Widgets: chats.Handler(), Console: web.Handler(),
	})
}
