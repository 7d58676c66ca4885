package access

import (
	"context"
	"net"
	"net/url"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Notice is a mail to a colleague.
type Notice struct {
	To, Name      string
	Subject, Text string
	Unsubscribe   string // an address that turns such mail off (RFC 8058), or ""
}

// MailFunc sends a notice through one of the firm's inboxes. False: none can
// send, so a link must be handed over by other means.
type MailFunc func(ctx context.Context, n Notice) (bool, error)

// SetMail says how notices leave. Call it before the first request. Default:
// they don't.
func (s *Service) SetMail(f MailFunc) { s.mail = f }

// mailed sends a notice if anything can.
func (s *Service) mailed(ctx context.Context, n Notice) (bool, error) {
	if s.mail == nil {
		return false, nil
	}
	return s.mail(ctx, n)
}

// baseSetting is the address that people open, as it was given at setup.
const baseSetting = "base_url"

// Listening is the address that this process answers on, such as
// http://localhost:8080. Links use it while nobody said a better one.
func (s *Service) Listening(u string) { s.listening.Store(&u) }

// Base is the address that links are built from: the configured one, else the
// one given at setup, else where this process listens. Never what a request
// claims.
func (s *Service) Base(ctx context.Context) (string, error) {
	v, err := s.PublicBase(ctx)
	if err != nil || v != "" {
		return v, err
	}
	if u := s.listening.Load(); u != nil {
		return *u, nil
	}
	return "http://localhost:8080", nil
}

// PublicBase is the address that somebody said people reach this server by: the
// configured one, else the one given at setup; empty: nobody did.
func (s *Service) PublicBase(ctx context.Context) (string, error) {
	if s.base != "" {
		return s.base, nil
	}
	return s.setting(ctx, baseSetting)
}

// UseStoredBase takes the address that was given at setup into use for cookies
// and for who may claim the installation, when the configuration says none.
// Call it before the first request. It returns the address in use, or "".
func (s *Service) UseStoredBase(ctx context.Context) (string, error) {
	if s.base != "" {
		return s.base, nil
	}
	v, err := s.setting(ctx, baseSetting)
	if err != nil || v == "" {
		return "", err
	}
	scheme, host, _ := strings.Cut(v, "://")
	s.secure, s.host = scheme == "https", host
	return v, nil
}

// BaseFixed reports whether the configuration says the address, so that nobody
// can change it here.
func (s *Service) BaseFixed() bool { return s.base != "" }

// SetBase keeps the address that people open. Links use it at once; cookies
// become Secure, and HTTP Strict Transport Security begins, with the next start.
func (s *Service) SetBase(ctx context.Context, base string) (string, error) {
	if s.base != "" {
		return "", crm.Errorf(crm.Conflict, "The configuration says the address: base_url.")
	}
	base, err := CheckBase(base)
	if err != nil {
		return "", err
	}
	old, err := s.setting(ctx, baseSetting)
	if err != nil {
		return "", err
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetSetting(ctx, sqlgen.SetSettingParams{Name: baseSetting, Value: base}); err != nil {
			return err
		}
		return s.record(ctx, tx, "setting changed", baseSetting, map[string]any{"base_url": change(old, base)})
	})
	return base, err
}

// CheckBase refuses what is no address of a site: http or https, a host, no
// path, no user.
func CheckBase(base string) (string, error) {
	base = strings.TrimSuffix(strings.TrimSpace(base), "/")
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" ||
		u.Fragment != "" || u.Opaque != "" || len(base) > 300 || !strings.EqualFold(base, u.Scheme+"://"+u.Host) {
		return "", invalid("/base_url", "An address is like https://rapport.example.com, without a path.")
	}
	if h := u.Hostname(); h != "localhost" && net.ParseIP(h) == nil && !strings.Contains(h, ".") && u.Scheme == "https" {
		return "", invalid("/base_url", "A name without a dot can't be reached by https from outside.")
	}
	return strings.ToLower(u.Scheme) + "://" + strings.ToLower(u.Host), nil
}

// link makes an address that people open. What is secret in it stands behind
// the #, which browsers send to nobody.
func (s *Service) link(ctx context.Context, path string) (string, error) {
	base, err := s.Base(ctx)
	return base + path, err
}

// InviteLink is where an invitation is accepted.
func (s *Service) InviteLink(ctx context.Context, token string) (string, error) {
	return s.link(ctx, "/invitation#t="+token)
}

// MailInvite mails an invitation's link, if an inbox can send.
func (s *Service) MailInvite(ctx context.Context, i Invitation, link string) (bool, error) {
	firm, err := s.Firm(ctx)
	if err != nil {
		return false, err
	}
	where := firm.Name
	if where == "" {
		where = "a team that uses Rapport"
	}
	return s.mailed(ctx, Notice{To: i.Email, Name: i.Name, Subject: line(i.Author + " invites you to " + where),
		Text: i.Author + " invites you to work with customers at " + where + ".\n\nAccept here within three days; the link works once:\n" + link +
			"\n\nIf you did not expect this, do nothing."})
}

// line keeps what people typed from adding lines to a header.
func line(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

// Wait waits for what runs beside requests.
func (s *Service) Wait() { s.beside.Wait() }
