package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// linkLife bounds a demo's link in case the process dies without ending it.
const linkLife = 7 * 24 * time.Hour

// NewSignInLink makes the token of a link that signs a person in as often as it
// is opened, on this machine only, until EndSignInLink. Only the demo has one.
func (s *Service) NewSignInLink(ctx context.Context, user crm.ID) (string, error) {
	if !s.local {
		return "", crm.Errorf(crm.Forbidden, "Sign-in links are for the demo only.")
	}
	token := newToken()
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteSignInLinks(ctx, purposeSignIn); err != nil {
			return err
		}
		return tx.CreateSignInLink(ctx, sqlgen.CreateSignInLinkParams{
			Hash: hashToken(token), Purpose: purposeSignIn, UserID: user,
			ExpiresAt: crm.Micros(s.clock().Add(linkLife)), Reusable: true,
		})
	})
	return token, err
}

// EndSignInLink makes a sign-in link worthless, and no other: a demo that is being
// opened must not lose its link to one that is still closing.
func (s *Service) EndSignInLink(ctx context.Context, token string) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.TakeSignInLink(ctx, sqlgen.TakeSignInLinkParams{Hash: hashToken(token), Purpose: purposeSignIn})
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
}

// SignInWithLink starts a session for the person of the link.
func (s *Service) SignInWithLink(ctx context.Context, token, ip string) (Session, error) {
	if err := s.allowPeer(ctx, ip); err != nil {
		return Session{}, err
	}
	refused := crm.Errorf(crm.Unauthorized, "This link is not valid any more.")
	if !s.local || !isLoopback(ip) {
		return Session{}, refused
	}
	link, err := s.db.Read().SignInLink(ctx, sqlgen.SignInLinkParams{Hash: hashToken(token), Purpose: purposeSignIn})
	if errors.Is(err, sql.ErrNoRows) || err == nil && link.ExpiresAt <= crm.Micros(s.clock()) {
		s.event(ctx, "sign-in refused", "factor", "link", "ip", ip)
		return Session{}, refused
	}
	if err != nil {
		return Session{}, fmt.Errorf("read the link: %w", err)
	}
	row, err := s.db.Read().UserByID(ctx, link.UserID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Disabled {
		return Session{}, refused
	}
	if err != nil {
		return Session{}, fmt.Errorf("read the person: %w", err)
	}
	s.peers.forget(peerKey(ip))
	return s.start(ctx, userOf(row), "link", ip)
}

// isLoopback reports whether an address is of this machine.
func isLoopback(ip string) bool {
	a, err := netip.ParseAddr(ip)
	return err == nil && a.Unmap().IsLoopback()
}
