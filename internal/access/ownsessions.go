package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// OwnSession is one of a person's sign-ins.
type OwnSession struct {
	ID        crm.ID
	Agent     string // the browser, as it names itself
	CreatedAt time.Time
	LastUsed  time.Time
	ExpiresAt time.Time
	Current   bool // the one that asks
}

// browser is the User-Agent of the request, short and without control
// characters: it is shown to its owner and nobody else.
func browser(ctx context.Context) string {
	agent, _ := ctx.Value(agentKey).(string)
	agent = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, agent), "")
	return strings.ToValidUTF8(agent[:min(len(agent), 200)], "")
}

// OwnSessions lists the sign-ins of the caller, the newest use first.
func (s *Service) OwnSessions(ctx context.Context) ([]OwnSession, error) {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return nil, errNoPerson
	}
	rows, err := s.db.Read().SessionsOfUser(ctx, p.UserID)
	if err != nil {
		return nil, fmt.Errorf("read the sessions: %w", err)
	}
	now := s.clock()
	out := []OwnSession{}
	for _, r := range rows {
		used := crm.FromMicros(r.LastUsed)
		if !now.Before(crm.FromMicros(r.ExpiresAt)) || now.Sub(used) >= sessionIdle {
			continue
		}
		out = append(out, OwnSession{ID: sessionID(r.ID), Agent: r.Agent, CreatedAt: crm.FromMicros(r.CreatedAt), LastUsed: used,
			ExpiresAt: crm.FromMicros(r.ExpiresAt), Current: string(r.ID) == string(p.session)})
	}
	return out, nil
}

// EndOwnSession ends one of the caller's sign-ins. Somebody else's is not found.
func (s *Service) EndOwnSession(ctx context.Context, id crm.ID) error {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return errNoPerson
	}
	rows, err := s.db.Read().SessionsOfUser(ctx, p.UserID)
	if err != nil {
		return fmt.Errorf("read the sessions: %w", err)
	}
	for _, r := range rows {
		if sessionID(r.ID) == id {
			if err := s.db.InTx(ctx, func(tx *store.Tx) error { return tx.DeleteSession(ctx, r.ID) }); err != nil {
				return err
			}
			s.watchers.wake()
			s.event(ctx, "session ended", "user", p.UserID)
			return nil
		}
	}
	return crm.Errorf(crm.NotFound, "There is no such sign-in of yours.")
}

// EndOtherSessions ends all sign-ins of the caller but the one that asks.
func (s *Service) EndOtherSessions(ctx context.Context) error {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() || p.session == nil {
		return errNoPerson
	}
	if err := s.db.InTx(ctx, func(tx *store.Tx) error {
		return tx.DeleteOtherSessions(ctx, sqlgen.DeleteOtherSessionsParams{UserID: p.UserID, ID: p.session})
	}); err != nil {
		return err
	}
	s.watchers.wake()
	s.event(ctx, "other sessions ended", "user", p.UserID)
	return nil
}

// ChangePassword gives the caller a new password, after the old one was proven,
// and ends all their other sign-ins.
func (s *Service) ChangePassword(ctx context.Context, old, password string) error {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return errNoPerson
	}
	if err := s.provePassword(ctx, p, "/old", old); err != nil {
		return err
	}
	row, err := s.db.Read().UserByID(ctx, p.UserID)
	if err != nil {
		return missingPerson(err)
	}
	if err := CheckPassword(password, row.Email, row.Name); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetPassword(ctx, sqlgen.SetPasswordParams{ID: p.UserID, Password: hash}); err != nil {
			return err
		}
		if err := tx.DeleteSignInLinksOf(ctx, sqlgen.DeleteSignInLinksOfParams{Purpose: purposeReset, UserID: p.UserID}); err != nil {
			return err
		}
		if err := tx.DeleteOtherSessions(ctx, sqlgen.DeleteOtherSessionsParams{UserID: p.UserID, ID: p.session}); err != nil {
			return err
		}
		return s.record(ctx, tx, "password changed", p.UserID.String(), map[string]any{"email": row.Email})
	})
	if err != nil {
		return err
	}
	s.watchers.wake()
	s.event(ctx, "password changed", "user", p.UserID)
	return nil
}

var errNoPerson = crm.Errorf(crm.Forbidden, "Only people have this; a key has not.")

// sessionID names a session to its owner without being its reference.
func sessionID(hash []byte) crm.ID {
	h := sha256.Sum256(append([]byte("session "), hash...))
	var id crm.ID
	copy(id[:], h[:])
	return id
}

// missingPerson turns "no rows" into not_found.
func missingPerson(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errNobody
	}
	return err
}
