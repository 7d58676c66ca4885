package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The purposes of sign_in_links.
const (
	purposeSetup  = "setup"
	purposeSignIn = "sign_in"
	purposeReset  = "reset"
)

// setupLife is how long a setup token works.
const setupLife = 30 * time.Minute

// errClaimed answers whoever comes second.
var errClaimed = crm.Errorf(crm.Conflict, "This installation has an owner already. Sign in instead.")

// NewSetupToken makes the token of the setup link and ends earlier ones. With
// an owner there is nothing to set up, and it is a Conflict.
func (s *Service) NewSetupToken(ctx context.Context) (string, error) {
	has, err := s.HasOwner(ctx)
	if err != nil {
		return "", err
	}
	if has {
		return "", errClaimed
	}
	token := newToken()
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteSignInLinks(ctx, purposeSetup); err != nil {
			return err
		}
		return tx.CreateSignInLink(ctx, sqlgen.CreateSignInLinkParams{
			Hash: hashToken(token), Purpose: purposeSetup, ExpiresAt: crm.Micros(s.clock().Add(setupLife)),
		})
	})
	if err != nil {
		return "", fmt.Errorf("setup link: %w", err)
	}
	return token, nil
}

// CreateOwner claims the installation with the setup token, keeps the firm's
// settings, and signs the owner in. A refused password doesn't use the token
// up; of two claims at once one wins.
func (s *Service) CreateOwner(ctx context.Context, token string, n NewUser, firm Firm, ip string) (Session, error) {
	if err := s.allowPeer(ctx, ip); err != nil {
		return Session{}, err
	}
	// Hashing costs time and memory, so an unknown token is refused first.
	if err := s.checkSetup(ctx, token); err != nil {
		return Session{}, err
	}
	n.Role = Owner
	u, hash, err := s.prepare(ctx, n)
	if err != nil {
		return Session{}, err
	}
	var session Session
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		link, err := tx.TakeSignInLink(ctx, sqlgen.TakeSignInLinkParams{Hash: hashToken(token), Purpose: purposeSetup})
		if errors.Is(err, sql.ErrNoRows) || err == nil && link.ExpiresAt <= crm.Micros(s.clock()) {
			return errBadSetup
		}
		if err != nil {
			return err
		}
		_, err = tx.ClaimSetting(ctx, sqlgen.ClaimSettingParams{Name: ownerSetting, Value: u.ID.String()})
		if errors.Is(err, sql.ErrNoRows) {
			return errClaimed
		}
		if err != nil {
			return err
		}
		if err := insertUser(ctx, tx, u, hash); err != nil {
			return err
		}
		if firm.Name != "" || len(firm.Own) > 0 {
			if err := writeFirm(ctx, tx, firm); err != nil {
				return err
			}
		}
		session, err = s.newSession(ctx, tx, u)
		return err
	})
	if err != nil {
		s.event(ctx, "setup refused", "ip", ip, "code", crm.CodeOf(err))
		return Session{}, s.userError(err)
	}
	s.owner.Store(true)
	s.event(ctx, "owner created", "user", u.ID, "ip", ip)
	return session, nil
}

var errBadSetup = crm.Errorf(crm.Unauthorized, "This setup link is not valid any more. Run rapport setup-url for a new one.")

// checkSetup refuses a token that can't work.
func (s *Service) checkSetup(ctx context.Context, token string) error {
	has, err := s.HasOwner(ctx)
	if err != nil {
		return err
	}
	if has {
		return errClaimed
	}
	link, err := s.db.Read().SignInLink(ctx, sqlgen.SignInLinkParams{Hash: hashToken(token), Purpose: purposeSetup})
	if errors.Is(err, sql.ErrNoRows) || err == nil && link.ExpiresAt <= crm.Micros(s.clock()) {
		s.event(ctx, "setup refused", "code", crm.Unauthorized)
		return errBadSetup
	}
	return err
}
