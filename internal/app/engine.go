package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/capture/email"
	"github.com/rapport-crm/rapport/internal/capture/segment"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/understand"
)

// core is what takes contacts in: database, access and the stages.
type core struct {
	db     *store.DB
	access *access.Service
	engine *flow.Engine

	firm         access.Firm                       // at the start
	addresses    atomic.Pointer[func(string) bool] // whose the firm's are; setup may say so while a server runs
	modelVersion int64                             // of watch
}

// own reports whether a mail address is one of the firm's.
func (k *core) own(address string) bool { return (*k.addresses.Load())(address) }

func (k *core) setFirm(f access.Firm) {
	own := ownAddress(f.Own)
	k.addresses.Store(&own)
}

// openCore opens the database and starts the engine on it.
func (r *runtime) openCore(ctx context.Context, c *config.Config, log *slog.Logger, options ...access.Option) (*core, error) {
	db, err := openStore(ctx, c)
	if err != nil {
		return nil, err
	}
	k := &core{db: db}
	if err := r.startCore(ctx, k, c, log, options); err != nil {
		db.Close()
		return nil, err
	}
	return k, nil
}

func (r *runtime) startCore(ctx context.Context, k *core, c *config.Config, log *slog.Logger, options []access.Option) error {
	nets, err := c.ProxyNets()
	if err != nil {
		return err
	}
	k.access = access.New(k.db, r.Clock, append([]access.Option{access.Log(log), access.BaseURL(c.BaseURL), access.Proxies(nets)}, options...)...)
	if k.firm, err = firmOf(ctx, k.access, c); err != nil {
		return err
	}
	k.setFirm(k.firm)
	reader, err := understand.Default()
	if err != nil {
		return fmt.Errorf("read the language models: %w", err)
	}
	k.engine, err = flow.New(k.db, flow.Options{
		Clock: r.Clock, Reader: reader, Region: c.Region, Own: k.own, QueueItems: c.QueueItems, Log: log,
		Parsers: map[string]flow.Parser{"message/rfc822": k.parseMail(r.Clock), "application/json": api.ParseJSON, segment.RawType: segment.Parse},
	})
	if err != nil {
		return err
	}
	if err := k.engine.LoadModels(ctx); err != nil {
		k.engine.Close()
		return fmt.Errorf("load the trained models: %w", err)
	}
	return nil
}

// close ends the engine, which finishes what it took, and then the database.
func (k *core) close() {
	k.engine.Close()
	k.db.Close()
}

// parseMail reads a quarantined mail again, with the parser of today.
func (k *core) parseMail(clock crm.Clock) flow.Parser {
	return func(raw []byte, source, externalID string) (crm.Envelope, error) {
		e, err := email.Parse(raw, email.Options{Source: source, Own: k.own, Now: clock()})
		e.ExternalID = externalID // the name under which its bytes are kept
		return e, err
	}
}
