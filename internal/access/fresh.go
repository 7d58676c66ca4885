package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// freshFor is how long a proof of who one is counts for dangerous actions.
const freshFor = 10 * time.Minute

// CheckFresh refuses a dangerous action of a person who has not proved for a
// while who they are, with the code step_up: Prove answers it. Keys and the
// command line are not asked, and neither is a demo, whose people have no
// password that anybody knows.
func (s *Service) CheckFresh(ctx context.Context) error {
	p := From(ctx)
	if p == nil || p.session == nil || s.local || s.clock().Sub(p.fresh) < freshFor {
		return nil
	}
	if p.factor {
		return crm.Errorf(crm.StepUp, "Confirm with a code of your authenticator app that it is you.")
	}
	return crm.Errorf(crm.StepUp, "Confirm with your password that it is you.")
}

// Prove takes the caller's code, or their password when they have no second
// factor, and gives their session a new value. The old one dies at once.
func (s *Service) Prove(ctx context.Context, password, code string) (Session, error) {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() || p.session == nil {
		return Session{}, errNoPerson
	}
	if p.factor {
		if err := s.proveFactor(ctx, p.UserID, code); err != nil {
			return Session{}, asInput(err)
		}
	} else if err := s.provePassword(ctx, p, "/password", password); err != nil {
		return Session{}, err
	}
	var session Session
	err := s.db.InTx(ctx, func(tx *store.Tx) (err error) {
		session, err = s.renew(ctx, tx, p)
		return err
	})
	if err != nil {
		return Session{}, err
	}
	s.watchers.wake()
	s.event(ctx, "proved again", "user", p.UserID)
	return session, nil
}

// asInput makes a wrong code of somebody who is signed in a mistake in the form:
// as Unauthorized it would look like the end of the session.
func asInput(err error) error {
	var e *crm.Error
	if errors.As(err, &e) && e.Code == crm.SecondFactor {
		return invalid("/code", e.Message)
	}
	return err
}

// provePassword compares the caller's password. Whoever found an open browser
// must not guess on without end.
func (s *Service) provePassword(ctx context.Context, p *Principal, pointer, password string) error {
	if ok, wait := s.accounts.allow(p.Email); !ok {
		return tooMany(wait)
	}
	row, err := s.db.Read().UserByID(ctx, p.UserID)
	if err != nil {
		return missingPerson(err)
	}
	if len(password) > 4*passwordMax {
		password = ""
	}
	ok, err := s.matches(ctx, row.Password, password)
	if err != nil {
		return err
	}
	if !ok {
		s.event(ctx, "password refused", "user", p.UserID)
		return invalid(pointer, "This is not your password of now.")
	}
	s.accounts.forget(p.Email)
	return nil
}

// renew gives the caller's session a new value and notes the proof.
func (s *Service) renew(ctx context.Context, tx *store.Tx, p *Principal) (Session, error) {
	session := Session{User: User{ID: p.UserID}, Token: newToken()}
	ends, err := tx.RenewSession(ctx, sqlgen.RenewSessionParams{NewID: hashToken(session.Token), FreshAt: crm.Micros(s.clock()), ID: p.session})
	if errors.Is(err, sql.ErrNoRows) {
		return session, crm.Errorf(crm.Unauthorized, "The session has ended. Sign in again.")
	}
	session.Expires = crm.FromMicros(ends)
	return session, err
}

// factorSetting holds the roles that need a second factor, comma separated.
const factorSetting = "second_factor_roles"

// FactorRoles are the roles whose people must have a second factor.
func (s *Service) FactorRoles(ctx context.Context) ([]string, error) {
	text, err := s.setting(ctx, factorSetting)
	if err != nil {
		return nil, fmt.Errorf("read who needs a second factor: %w", err)
	}
	return splitList(text), nil
}

// SetFactorRoles says which roles need a second factor. Only an owner does.
// People of these roles who have none can do nothing but set one up, from their
// next request on. An owner who requires it of owners must have one: otherwise
// they would lock themselves out of what they are doing.
func (s *Service) SetFactorRoles(ctx context.Context, roles []string) ([]string, error) {
	p := From(ctx)
	if !p.owns() {
		return nil, crm.Errorf(crm.Forbidden, "Only an owner says who needs two-step sign-in.")
	}
	if err := s.CheckFresh(ctx); err != nil {
		return nil, err
	}
	ordered := []string{}
	for _, r := range Roles {
		if slices.Contains(roles, r) {
			ordered = append(ordered, r)
		}
	}
	for _, r := range roles {
		if !slices.Contains(Roles, r) {
			return nil, invalid("/roles", "A role is "+strings.Join(Roles, ", ")+".")
		}
	}
	if slices.Contains(ordered, p.Role) && p.session != nil && !p.factor {
		return nil, crm.Errorf(crm.Conflict, "Set two-step sign-in up for yourself first.")
	}
	old, err := s.FactorRoles(ctx)
	if err != nil {
		return nil, err
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetSetting(ctx, sqlgen.SetSettingParams{Name: factorSetting, Value: joinList(ordered)}); err != nil {
			return err
		}
		return s.record(ctx, tx, "setting changed", factorSetting, map[string]any{"roles": change(joinList(old), joinList(ordered))})
	})
	if err != nil {
		return nil, err
	}
	s.Changed()
	s.event(ctx, "second factor required", "roles", joinList(ordered))
	return ordered, nil
}

// recordAs tells the trail of something that a person does before they are
// signed in.
func (s *Service) recordAs(ctx context.Context, tx *store.Tx, verb, user string) error {
	if s.audit == nil {
		return nil
	}
	text, err := json.Marshal(map[string]any{"ip": IP(ctx)})
	if err != nil {
		return err
	}
	author := From(ctx).Author()
	if author == "" {
		author = "sign-in"
	}
	return s.audit(ctx, tx, author, verb, user, string(text))
}
