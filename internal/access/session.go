package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The lives of a session, and how often its use is written down.
const (
	sessionIdle     = 12 * time.Hour
	sessionAbsolute = 7 * 24 * time.Hour
	touchEvery      = time.Minute
	touchWait       = 500 * time.Millisecond // noting a use must not hold a request
)

// Session is a fresh sign-in. Token goes into the cookie and nowhere else.
type Session struct {
	User    User
	Token   string
	Expires time.Time
}

// errSignIn is the one answer to a wrong password, an unknown account and a
// disabled one.
var errSignIn = crm.Errorf(crm.Unauthorized, "The address or the password is wrong.")

// SignIn checks a password, and the code of those who have a second factor, and
// starts a session. Without the code the answer to a right password is
// SecondFactor. The session that the request
// came with, if any, ends: a reference that somebody planted is worth nothing
// afterwards.
func (s *Service) SignIn(ctx context.Context, email, password, code, ip string) (Session, error) {
	if err := s.allowPeer(ctx, ip); err != nil {
		return Session{}, err
	}
	// Every address that is tried is counted, known or not, so that the limit
	// tells nothing either.
	email, err := normalEmail(email)
	if err != nil || len(password) > 4*passwordMax {
		email, password = "", ""
	}
	if ok, wait := s.accounts.allow(email); !ok {
		s.event(ctx, "sign-in limited", "by", "account", "ip", ip)
		return Session{}, tooMany(wait)
	}
	row, err := s.db.Read().UserByEmail(ctx, email)
	known := err == nil && !row.Disabled
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Session{}, fmt.Errorf("read the account: %w", err)
	}
	hash := s.decoy
	if known {
		hash = row.Password
	}
	ok, err := s.matches(ctx, hash, password)
	if err != nil {
		return Session{}, err
	}
	if !ok || !known {
		s.event(ctx, "sign-in refused", "factor", "password", "user", row.ID, "ip", ip)
		return Session{}, errSignIn
	}
	if err := s.proveFactor(ctx, row.ID, code); err != nil {
		return Session{}, err
	}
	s.accounts.forget(email)
	return s.start(ctx, userOf(row), "password", ip)
}

// start opens a session and ends the one of the context.
func (s *Service) start(ctx context.Context, u User, factor, ip string) (Session, error) {
	var session Session
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if p := From(ctx); p != nil && p.session != nil {
			if err := tx.DeleteSession(ctx, p.session); err != nil {
				return err
			}
		}
		var err error
		session, err = s.newSession(ctx, tx, u)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("start a session: %w", err)
	}
	s.event(ctx, "signed in", "factor", factor, "user", u.ID, "ip", ip)
	return session, nil
}

// newSession writes a session and clears away those that are over.
func (s *Service) newSession(ctx context.Context, tx *store.Tx, u User) (Session, error) {
	now := s.clock()
	if err := tx.DeleteOldSessions(ctx, sqlgen.DeleteOldSessionsParams{
		ExpiresAt: crm.Micros(now), LastUsed: crm.Micros(now.Add(-sessionIdle)),
	}); err != nil {
		return Session{}, err
	}
	session := Session{User: u, Token: newToken(), Expires: now.Add(sessionAbsolute)}
	return session, tx.CreateSession(ctx, sqlgen.CreateSessionParams{
		ID: hashToken(session.Token), UserID: u.ID, CreatedAt: crm.Micros(now), LastUsed: crm.Micros(now), ExpiresAt: crm.Micros(session.Expires),
		Agent: browser(ctx), FreshAt: crm.Micros(now),
	})
}

// Enter gives the caller of a session that has just begun.
func (s *Service) Enter(ctx context.Context, session Session) (*Principal, error) {
	p, err := s.bySession(ctx, hashToken(session.Token))
	if err == nil && p == nil {
		err = errSignIn
	}
	return p, err
}

// bySession finds the person of a session, or nil.
func (s *Service) bySession(ctx context.Context, hash []byte) (*Principal, error) {
	row, err := s.db.Read().SessionUser(ctx, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the session: %w", err)
	}
	now := s.clock()
	used := crm.FromMicros(row.LastUsed)
	if !now.Before(crm.FromMicros(row.ExpiresAt)) || now.Sub(used) >= sessionIdle {
		return nil, nil
	}
	if now.Sub(used) >= touchEvery {
		s.touch(ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.TouchSession(ctx, sqlgen.TouchSessionParams{ID: hash, LastUsed: crm.Micros(now)})
		})
	}
	functions := splitList(row.Functions)
	return s.complete(ctx, &Principal{
		UserID: row.UserID, Name: row.Name, Email: row.Email, Role: row.Role, Functions: functions,
		Scopes: verbsOf(row.Role, functions), session: hash, fresh: crm.FromMicros(row.FreshAt), factor: row.FactorAt > 0,
	})
}

// touch notes a use. It gives up soon and silently: a database that can't be
// written must still be readable.
func (s *Service) touch(ctx context.Context, write func(context.Context, *store.Tx) error) {
	ctx, cancel := context.WithTimeout(ctx, touchWait)
	defer cancel()
	if err := s.db.InTx(ctx, func(tx *store.Tx) error { return write(ctx, tx) }); err != nil {
		s.log.DebugContext(ctx, "last use not written", "err", err)
	}
}

// SignOut ends the session of the context.
func (s *Service) SignOut(ctx context.Context) error {
	p := From(ctx)
	if p == nil || p.session == nil {
		return nil
	}
	s.event(ctx, "signed out", "user", p.UserID)
	if err := s.db.InTx(ctx, func(tx *store.Tx) error { return tx.DeleteSession(ctx, p.session) }); err != nil {
		return err
	}
	s.watchers.wake()
	return nil
}

// SignOutEverywhere ends all sessions of a person.
func (s *Service) SignOutEverywhere(ctx context.Context, user crm.ID) error {
	s.event(ctx, "signed out everywhere", "user", user)
	if err := s.db.InTx(ctx, func(tx *store.Tx) error { return tx.DeleteUserSessions(ctx, user) }); err != nil {
		return err
	}
	s.watchers.wake()
	return nil
}

// allowPeer counts a try of the address.
func (s *Service) allowPeer(ctx context.Context, ip string) error {
	if ok, wait := s.peers.allow(peerKey(ip)); !ok {
		s.event(ctx, "sign-in limited", "by", "address", "ip", ip)
		return tooMany(wait)
	}
	return nil
}

func tooMany(wait time.Duration) error {
	return crm.Errorf(crm.Busy, "Too many attempts. Try again in %d seconds.", int(math.Ceil(wait.Seconds())))
}
