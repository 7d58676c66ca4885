package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// inviteLife is how long an invitation works.
const inviteLife = 72 * time.Hour

// Invitation asks somebody to become a colleague. Its token is in the link and
// nowhere else.
type Invitation struct {
	ID        crm.ID
	Email     string
	Name      string
	Role      string
	Functions []string
	Teams     []crm.ID
	Author    string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Invite makes an invitation and its token; earlier ones to the same address
// end. Only an owner invites an owner.
func (s *Service) Invite(ctx context.Context, i Invitation) (Invitation, string, error) {
	var err error
	if i.Email, err = normalEmail(i.Email); err != nil {
		return i, "", err
	}
	if i.Name, err = checkName(i.Name); err != nil {
		return i, "", err
	}
	if i.Functions, err = checkRole(i.Role, i.Functions); err != nil {
		return i, "", err
	}
	if i.Role == Owner && !From(ctx).owns() {
		return i, "", crm.Errorf(crm.Forbidden, "Only an owner invites an owner.")
	}
	if err := s.CheckFresh(ctx); err != nil {
		return i, "", err
	}
	token, now := newToken(), s.clock()
	i.ID, i.Author, i.CreatedAt, i.ExpiresAt = crm.NewID(now), From(ctx).Author(), now.UTC(), now.Add(inviteLife).UTC()
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := s.lockPeople(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.UserByEmail(ctx, i.Email); err == nil {
			return &crm.Error{Code: crm.Conflict, Pointer: "/email", Message: "Somebody has this address already."}
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := checkTeams(ctx, tx, i.Teams); err != nil {
			return err
		}
		if err := tx.RevokeInvitationsOf(ctx, sqlgen.RevokeInvitationsOfParams{Email: i.Email, RevokedAt: crm.Micros(now)}); err != nil {
			return err
		}
		if err := tx.CreateInvitation(ctx, sqlgen.CreateInvitationParams{ID: i.ID, Hash: hashToken(token), Email: i.Email, Name: i.Name, Role: i.Role,
			Functions: joinList(i.Functions), Teams: joinIDs(i.Teams), Author: i.Author, CreatedAt: crm.Micros(now), ExpiresAt: crm.Micros(i.ExpiresAt)}); err != nil {
			return err
		}
		return s.record(ctx, tx, "person invited", i.ID.String(), map[string]any{"email": i.Email, "role": i.Role, "functions": i.Functions, "teams": i.Teams})
	})
	if err != nil {
		return i, "", err
	}
	s.event(ctx, "person invited", "invitation", i.ID, "role", i.Role)
	return i, token, nil
}

// Invitations lists those that can still be accepted, the oldest first.
func (s *Service) Invitations(ctx context.Context) ([]Invitation, error) {
	rows, err := s.db.Read().Invitations(ctx, crm.Micros(s.clock()))
	if err != nil {
		return nil, fmt.Errorf("read invitations: %w", err)
	}
	out := make([]Invitation, len(rows))
	for i, r := range rows {
		if out[i], err = invitationOf(sqlgen.InvitationByHashRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RevokeInvitation makes an invitation worthless.
func (s *Service) RevokeInvitation(ctx context.Context, id crm.ID) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.RevokeInvitation(ctx, sqlgen.RevokeInvitationParams{ID: id, RevokedAt: crm.Micros(s.clock())}); err != nil {
			return err
		}
		return s.record(ctx, tx, "invitation revoked", id.String(), nil)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return crm.Errorf(crm.NotFound, "There is no invitation of this id that can be accepted.")
	}
	if err == nil {
		s.event(ctx, "invitation revoked", "invitation", id)
	}
	return err
}

// errBadInvite answers an unknown, used, revoked or expired token alike.
var errBadInvite = crm.Errorf(crm.Unauthorized, "This invitation is not valid any more. Ask whoever invited you for a new one.")

// LookAtInvitation tells whom a token invites. It changes nothing, so whoever
// fetches links ahead of people uses nothing up.
func (s *Service) LookAtInvitation(ctx context.Context, token, ip string) (Invitation, error) {
	if err := s.allowPeer(ctx, ip); err != nil {
		return Invitation{}, err
	}
	row, err := s.db.Read().InvitationByHash(ctx, hashToken(token))
	if errors.Is(err, sql.ErrNoRows) {
		s.event(ctx, "invitation refused", "ip", ip)
		return Invitation{}, errBadInvite
	}
	if err != nil {
		return Invitation{}, fmt.Errorf("read the invitation: %w", err)
	}
	if row.AcceptedAt != 0 || row.RevokedAt != 0 || row.ExpiresAt <= crm.Micros(s.clock()) {
		return Invitation{}, errBadInvite
	}
	s.peers.forget(peerKey(ip))
	return invitationOf(row)
}

// Accept makes the person of an invitation, with the address, role and teams
// that it was made for, and signs them in. A refused password doesn't use the
// token up; of two who accept at once one wins.
func (s *Service) Accept(ctx context.Context, token, name, password, ip string) (Session, error) {
	// Hashing costs time and memory, so an unknown token is refused first.
	i, err := s.LookAtInvitation(ctx, token, ip)
	if err != nil {
		return Session{}, err
	}
	if strings.TrimSpace(name) == "" {
		name = i.Name
	}
	u, hash, err := s.prepare(ctx, NewUser{Email: i.Email, Name: name, Role: i.Role, Functions: i.Functions, Password: password})
	if err != nil {
		return Session{}, err
	}
	var session Session
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := s.lockPeople(ctx, tx); err != nil {
			return err
		}
		_, err := tx.AcceptInvitation(ctx, sqlgen.AcceptInvitationParams{ID: i.ID, AcceptedAt: crm.Micros(s.clock())})
		if errors.Is(err, sql.ErrNoRows) {
			return errBadInvite
		}
		if err != nil {
			return err
		}
		if err := insertUser(ctx, tx, u, hash); err != nil {
			return err
		}
		for _, t := range i.Teams {
			if err := tx.SetTeamMember(ctx, sqlgen.SetTeamMemberParams{TeamID: t, UserID: u.ID}); err != nil {
				return err
			}
		}
		if p := From(ctx); p != nil && p.session != nil {
			if err := tx.DeleteSession(ctx, p.session); err != nil {
				return err
			}
		}
		if err := s.record(ctx, tx, "invitation accepted", u.ID.String(), map[string]any{"email": u.Email, "role": u.Role, "invited_by": i.Author}); err != nil {
			return err
		}
		session, err = s.newSession(ctx, tx, u)
		return err
	})
	if err != nil {
		s.event(ctx, "invitation refused", "ip", ip, "code", crm.CodeOf(err))
		return Session{}, s.userError(err)
	}
	s.Changed()
	s.event(ctx, "invitation accepted", "user", u.ID, "role", u.Role, "ip", ip)
	return session, nil
}

func checkTeams(ctx context.Context, tx *store.Tx, teams []crm.ID) error {
	known, err := tx.Teams(ctx)
	if err != nil {
		return err
	}
	exists := map[crm.ID]bool{}
	for _, t := range known {
		exists[t.ID] = true
	}
	for _, t := range teams {
		if !exists[t] {
			return invalid("/teams", "One of these teams does not exist.")
		}
	}
	return nil
}

func invitationOf(r sqlgen.InvitationByHashRow) (Invitation, error) {
	teams, err := splitIDs(r.Teams)
	return Invitation{ID: r.ID, Email: r.Email, Name: r.Name, Role: r.Role, Functions: splitList(r.Functions), Teams: teams, Author: r.Author,
		CreatedAt: crm.FromMicros(r.CreatedAt), ExpiresAt: crm.FromMicros(r.ExpiresAt)}, err
}

func joinIDs(ids []crm.ID) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return joinList(list)
}

func splitIDs(s string) ([]crm.ID, error) {
	list := splitList(s)
	out := make([]crm.ID, len(list))
	for i, text := range list {
		var err error
		if out[i], err = crm.ParseID(text); err != nil {
			return nil, fmt.Errorf("a list of ids: %w", err)
		}
	}
	return out, nil
}
