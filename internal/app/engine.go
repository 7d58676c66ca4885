package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/act/send"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/capture/email"
	"github.com/rapport-crm/rapport/internal/capture/imap"
	"github.com/rapport-crm/rapport/internal/capture/segment"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/inboxes/oauth"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/second"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// core is what takes contacts in: database, access and the stages.
type core struct {
	digests      *digests
	db           *store.DB
	access       *access.Service
	engine       *flow.Engine
	inboxes      *inboxes.Service
	desk         *desk.Service
	mail         *imap.Supervisor
	jobs         *jobs.Runner
	outbox       *act.Outbox
	mailIn       *mailIn
	oauth        *oauth.Service
	received     *act.Receiver
	sender       *send.Mail
	files        *files.Service
	satisfaction *satisfaction.Service
	second       *second.Service

	base      string                            // the address that people open, when somebody said it
	firm      atomic.Pointer[access.Firm]       // setup may name it while a server runs
	addresses atomic.Pointer[func(string) bool] // whose the firm's are; as firm
	models    sqlgen.ModelInUseRow              // of watch
}

// own reports whether a mail address is one of the firm's.
func (k *core) own(address string) bool { return (*k.addresses.Load())(address) }

// firmName is how customers and colleagues know the firm; empty until setup.
func (k *core) firmName() string { return k.firm.Load().Name }

func (k *core) setFirm(f access.Firm) {
	k.firm.Store(&f)
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
	k.access = access.New(k.db, r.Clock, append([]access.Option{access.Log(log), access.BaseURL(c.BaseURL), access.Proxies(nets), auditTrail(r.Clock)}, options...)...)
	if k.base, err = k.access.UseStoredBase(ctx); err != nil {
		return fmt.Errorf("read the address that people open: %w", err)
	}
	keys, err := inboxes.LoadKeys(c.SecretKey, c.Data)
	if err != nil {
		return err
	}
	k.inboxes = inboxes.New(k.db, r.Clock, keys)
	k.access.SealWith(keys)
	k.oauth = oauth.New(k.inboxes, r.Clock)
	k.desk = desk.New(k.db, r.Clock, k.inboxes)
	if err := k.beginDesk(ctx); err != nil {
		return fmt.Errorf("prepare the desk: %w", err)
	}
	if err := k.takeFirm(ctx, c); err != nil {
		return err
	}
	reader, err := understand.Default()
	if err != nil {
		return fmt.Errorf("read the language models: %w", err)
	}
	k.outbox = act.New(k.db, r.Clock)
	k.files = files.New(k.db, r.Clock, k.inboxes.Keys.DeriveAll, api.ReadAttachment(k.db))
	k.received = &act.Receiver{Outbox: k.outbox, Inboxes: k.inboxes, Own: k.ownOrInbox}
	k.second = &second.Service{DB: k.db, Clock: r.Clock, Keys: keys, Inboxes: k.inboxes, Files: api.ReadAttachment(k.db), Log: log}
	k.engine, err = flow.New(k.db, flow.Options{
		Clock: r.Clock, Reader: reader, Region: c.Region, Own: k.ownOrInbox, Desk: k.desk, Act: k.received, QueueItems: c.QueueItems, Log: log, Open: k.second.Open,
		Parsers: map[string]flow.Parser{"message/rfc822": k.parseMail(r.Clock), "application/json": api.ParseJSON, segment.RawType: segment.Parse},
	})
	if err != nil {
		return err
	}
	k.second.Engine = k.engine
	k.jobs = jobs.New(k.db, r.Clock, log)
	k.second.Register(k.jobs)
	k.startOutbox(r.Clock)
	k.startNotices(r.Clock)
	k.digests = k.newDigests(r.Clock)
	k.startRefit(r.Clock)
	k.startSurveys(r.Clock, log)
	k.mailIn = k.newMailIn(r.Clock)
	k.mail = k.mailboxes(k.mailIn, r.Clock, log)
	if err := errors.Join(k.engine.LoadModels(ctx), k.engine.Journey.LoadParameters(ctx)); err != nil {
		k.engine.Close()
		return fmt.Errorf("load the trained models: %w", err)
	}
	return nil
}

// close ends the engine, which finishes what it took, and then the database.
func (k *core) close() {
	k.engine.Close()
	k.access.Wait()
	k.db.Close()
}

// parseMail reads a quarantined mail again, with the parser of today.
func (k *core) parseMail(clock crm.Clock) flow.Parser {
	return func(raw []byte, source, externalID string) (crm.Envelope, error) {
		e, err := email.Parse(raw, email.Options{Source: source, Own: k.ownOrInbox, Now: clock()})
		e.ExternalID = externalID // the name under which its bytes are kept
		return e, err
	}
}
