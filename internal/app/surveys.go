package app

import (
	"context"
	"log/slog"
	"strings"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/satisfaction"
)

// startSurveys registers what asks customers after their cases.
func (k *core) startSurveys(clock crm.Clock, log *slog.Logger) {
	k.satisfaction = &satisfaction.Service{DB: k.db, Clock: clock, Inboxes: k.inboxes, Log: log, Base: k.publicBase, Firm: k.firmName,
		Unsubscribe: func(base, address string) string {
			return k.unsubscribe(base, address, act.Surveys)
		},
		Answerable: k.received.MayAnswer, Mailer: k.mailsFor}
	k.satisfaction.Register(k.jobs)
}

// publicBase is the address that customers reach, as the configuration or the
// first steps said it; empty: nobody said it yet, and what this machine calls
// itself would lead customers nowhere.
func (k *core) publicBase(ctx context.Context) (string, error) {
	base, err := k.access.PublicBase(ctx)
	return strings.TrimSuffix(base, "/"), err
}

// unsubscribe is the address at which somebody ends mail of a kind.
func (k *core) unsubscribe(base, address, kind string) string {
	return (&act.Unsubscribe{Base: base, Keys: k.inboxes.Keys.DeriveAll}).URL(address, kind)
}
