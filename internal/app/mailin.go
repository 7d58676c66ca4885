package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/capture/email/authn"
	"github.com/rapport-crm/rapport/internal/capture/imap"
	"github.com/rapport-crm/rapport/internal/capture/inbound"
	"github.com/rapport-crm/rapport/internal/capture/smtpd"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
)

// readers is how many mails of a batch are looked at together: checking a sender
// waits for DNS.
const readers = 8

// mailIn is the way of received mail into the flow.
type mailIn struct {
	k      *core
	intake *inbound.Intake
}

func (k *core) newMailIn(clock crm.Clock) *mailIn {
	return &mailIn{k, &inbound.Intake{DB: k.db, Keys: k.inboxes.Keys, Auth: authn.New(), Own: k.ownOrInbox, Clock: clock, Attribute: k.received.Attribute,
		OwnCopy: func(ctx context.Context, id crm.ID) { _ = k.outbox.Arrived(ctx, id) }}} // a person can settle it as well
}

// ownOrInbox reports whether an address is the firm's, or an inbox's.
func (k *core) ownOrInbox(address string) bool {
	if k.own(address) {
		return true
	}
	all, err := k.inboxes.All(context.Background())
	if err != nil {
		return false
	}
	plain, _ := k.inboxes.Keys.ParseReplyAddress(strings.ToLower(address))
	for _, i := range all {
		if i.Address != "" && i.Address == plain {
			return true
		}
	}
	return false
}

// take stores mails of an inbox, in order, and waits while others are in the way.
func (in *mailIn) take(ctx context.Context, inbox *inboxes.Inbox, mails []inbound.Mail) error {
	made := make([]crm.Item, len(mails))
	keep := make([]bool, len(mails))
	next := make(chan int, len(mails))
	for n := range mails {
		next <- n
	}
	close(next)
	var wg sync.WaitGroup
	for range min(readers, len(mails)) {
		wg.Go(func() {
			for n := range next {
				made[n], keep[n] = in.intake.Item(ctx, inbox, mails[n])
			}
		})
	}
	wg.Wait()
	items := make([]crm.Item, 0, len(mails))
	for n, item := range made {
		if keep[n] {
			items = append(items, item)
		}
	}
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		results, err := in.k.engine.Submit(ctx, items)
		if err == nil {
			return lost(results)
		}
		if crm.CodeOf(err) != crm.Busy {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

// lost is the error of a mail that was not kept, not even in quarantine.
func lost(results []flow.Result) error {
	for _, r := range results {
		if r.Status == flow.StatusRefused {
			return r.Problem
		}
	}
	return nil
}

// mailboxes reads the mailboxes of all inboxes.
func (k *core) mailboxes(in *mailIn, clock crm.Clock, log *slog.Logger) *imap.Supervisor {
	owner := "" // a random one
	if k.db.Engine == store.SQLite {
		owner = "embedded" // a server that was killed has no rivals that must be waited for
	}
	return imap.New(imap.Options{Inboxes: k.inboxes, Owner: owner, Token: k.oauth.Token, Clock: clock, Log: log,
		Take: func(ctx context.Context, inbox *inboxes.Inbox, mails []imap.Mail) error {
			list := make([]inbound.Mail, len(mails))
			for n, m := range mails {
				list[n] = inbound.Mail{Raw: m.Raw, Silent: m.Silent, Cut: m.Cut}
			}
			return in.take(ctx, inbox, list)
		}})
}

// listener is a built-in mail server with its open port.
type listener struct {
	server *smtpd.Server
	port   net.Listener
}

// listeners opens the ports of the mail servers that are configured.
func (r *runtime) listeners(ctx context.Context, k *core, c *config.Config, log *slog.Logger) ([]listener, error) {
	safe, err := mailTLS(c)
	if err != nil {
		return nil, err
	}
	var out []listener
	for _, l := range []struct {
		address string
		lmtp    bool
	}{{c.MailListen, false}, {c.LMTPListen, true}} {
		if l.address == "" {
			continue
		}
		port, err := (&net.ListenConfig{}).Listen(ctx, "tcp", l.address)
		if err != nil {
			for _, o := range out {
				o.port.Close()
			}
			return nil, fmt.Errorf("the mail server: %w", err)
		}
		out = append(out, listener{smtpd.New(smtpd.Options{Inboxes: k.inboxes, Host: c.MailHost, TLS: safe, LMTP: l.lmtp, Clock: r.Clock, Log: log,
			Full: func(err error) bool { return k.db.Classify(err) == store.Full },
			Take: func(ctx context.Context, inbox *inboxes.Inbox, m smtpd.Mail) error {
				return k.mailIn.take(ctx, inbox, []inbound.Mail{{Raw: m.Raw, SPF: m.SPF, Recipient: m.Recipient}})
			}}), port})
		log.Info("the mail server listens", "address", port.Addr().String(), "lmtp", l.lmtp)
	}
	return out, nil
}

// mailTLS is the certificate of STARTTLS. A new one counts when its file changed,
// because certificates last for weeks and servers for years.
func mailTLS(c *config.Config) (*tls.Config, error) {
	if c.MailCert == "" {
		return nil, nil
	}
	var mu sync.Mutex
	var current *tls.Certificate
	var changed time.Time
	load := func() (*tls.Certificate, error) {
		mu.Lock()
		defer mu.Unlock()
		info, err := os.Stat(c.MailCert)
		if err == nil && (current == nil || info.ModTime() != changed) {
			var fresh tls.Certificate
			if fresh, err = tls.LoadX509KeyPair(c.MailCert, c.MailKey); err == nil {
				current, changed = &fresh, info.ModTime()
			}
		}
		if current == nil {
			return nil, errors.Join(errors.New("mail_cert, mail_key"), err)
		}
		return current, nil // half of a new pair is no reason to be without the old one
	}
	if _, err := load(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return load() }}, nil
}
