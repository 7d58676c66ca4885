package app

import (
	"log/slog"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/internal/webchat"
	"github.com/rapport-crm/rapport/web"
)

// widgets answers the chat widgets of all sites.
func (k *core) widgets(hub *live.Hub, clock crm.Clock, log *slog.Logger) *webchat.Server {
	chats := &webchat.Server{DB: k.db, Inboxes: k.inboxes, Desk: k.desk, Outbox: k.outbox, Engine: k.engine, Hub: hub, Files: k.files, Surveys: k.satisfaction, Clock: clock, Log: log,
		Firm: k.firmName, Page: web.File("widget/frame.html"), Script: web.File("widget.js")}
	k.jobs.Register(unseenJob, jobs.Options{}, k.continueByMail(chats, clock))
	return chats
}
