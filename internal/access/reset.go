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

// resetLife is how long a link to a new password works.
const resetLife = 10 * time.Minute

// AskReset mails a link to a new password to the person of an address, when
// there is one and an inbox can send. The answer is the same for every address
// and comes before anything is looked up, so neither its words nor its time
// tell who has an account.
func (s *Service) AskReset(ctx context.Context, email, ip string) error {
	if err := s.allowPeer(ctx, ip); err != nil {
		return err
	}
	email, err := normalEmail(email)
	if err != nil {
		return err
	}
	if ok, wait := s.resets.allow(email); !ok {
		return tooMany(wait)
	}
	background := context.WithoutCancel(ctx)
	s.beside.Go(func() {
		ctx, cancel := context.WithTimeout(background, time.Minute)
		defer cancel()
		if err := s.mailReset(ctx, email); err != nil {
			s.log.ErrorContext(ctx, "a link to a new password could not be mailed", "err", err)
		}
	})
	return nil
}

func (s *Service) mailReset(ctx context.Context, email string) error {
	row, err := s.db.Read().UserByEmail(ctx, email)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Disabled {
		s.event(ctx, "password reset asked for nobody")
		return nil
	}
	if err != nil {
		return err
	}
	if s.mail == nil {
		s.event(ctx, "password reset asked, no inbox sends", "user", row.ID)
		return nil
	}
	token, err := s.newReset(ctx, row.ID)
	if err != nil {
		return err
	}
	s.event(ctx, "password reset asked", "user", row.ID)
	link, err := s.link(ctx, "/password#t="+token)
	if err != nil {
		return err
	}
	_, err = s.mail(ctx, Notice{To: row.Email, Name: row.Name, Subject: "A new password",
		Text: "Somebody, probably you, asked for a new password.\n\nChoose one here within ten minutes:\n" + link +
			"\n\nIf it was not you, do nothing: your password stays as it is."})
	return err
}

// ResetLink makes a link to a new password, for an administrator to hand over
// when nothing can be mailed. Only owners make one for an owner.
func (s *Service) ResetLink(ctx context.Context, user crm.ID) (string, error) {
	row, err := s.db.Read().UserByID(ctx, user)
	if err != nil {
		return "", missingPerson(err)
	}
	if row.Role == Owner && !From(ctx).owns() {
		return "", crm.Errorf(crm.Forbidden, "Only an owner does this for an owner.")
	}
	if row.Disabled {
		return "", crm.Errorf(crm.Conflict, "This person's access was taken away.")
	}
	if err := s.CheckFresh(ctx); err != nil {
		return "", err
	}
	token, err := s.newReset(ctx, user)
	if err != nil {
		return "", err
	}
	s.event(ctx, "password reset link made", "user", user)
	return s.link(ctx, "/password#t="+token)
}

// newReset makes the token and ends earlier ones of the person.
func (s *Service) newReset(ctx context.Context, user crm.ID) (string, error) {
	token := newToken()
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteSignInLinksOf(ctx, sqlgen.DeleteSignInLinksOfParams{Purpose: purposeReset, UserID: user}); err != nil {
			return err
		}
		if err := tx.CreateSignInLink(ctx, sqlgen.CreateSignInLinkParams{Hash: hashToken(token), Purpose: purposeReset, UserID: user,
			ExpiresAt: crm.Micros(s.clock().Add(resetLife))}); err != nil {
			return err
		}
		return s.record(ctx, tx, "password reset link made", user.String(), nil)
	})
	if err != nil {
		return "", fmt.Errorf("password reset: %w", err)
	}
	return token, nil
}

var errBadReset = crm.Errorf(crm.Unauthorized, "This link is not valid any more. Ask for a new one.")

// Reset sets a new password with the token of a link, which works once, and
// ends all sessions of the person. It signs nobody in: a second factor is still
// asked for. A refused password doesn't use the token up.
func (s *Service) Reset(ctx context.Context, token, password, ip string) error {
	if err := s.allowPeer(ctx, ip); err != nil {
		return err
	}
	// Hashing costs time and memory, so an unknown token is refused first.
	link, err := s.db.Read().SignInLink(ctx, sqlgen.SignInLinkParams{Hash: hashToken(token), Purpose: purposeReset})
	if errors.Is(err, sql.ErrNoRows) || err == nil && link.ExpiresAt <= crm.Micros(s.clock()) {
		s.event(ctx, "password reset refused", "ip", ip)
		return errBadReset
	}
	if err != nil {
		return fmt.Errorf("read the link: %w", err)
	}
	row, err := s.db.Read().UserByID(ctx, link.UserID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Disabled {
		return errBadReset
	}
	if err != nil {
		return err
	}
	if err := CheckPassword(password, row.Email, row.Name); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		taken, err := tx.TakeSignInLink(ctx, sqlgen.TakeSignInLinkParams{Hash: hashToken(token), Purpose: purposeReset})
		if errors.Is(err, sql.ErrNoRows) || err == nil && taken.ExpiresAt <= crm.Micros(s.clock()) {
			return errBadReset
		}
		if err != nil {
			return err
		}
		if err := tx.SetPassword(ctx, sqlgen.SetPasswordParams{ID: row.ID, Password: hash}); err != nil {
			return err
		}
		if err := tx.DeleteUserSessions(ctx, row.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, "password reset", row.ID.String(), map[string]any{"email": row.Email})
	})
	if err != nil {
		return err
	}
	s.watchers.wake()
	s.accounts.forget(row.Email)
	s.peers.forget(peerKey(ip))
	s.event(ctx, "password reset", "user", row.ID, "ip", ip)
	return nil
}
