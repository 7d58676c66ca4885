package api

import (
	"context"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
)

// Invitation asks somebody to become a colleague.
type Invitation struct {
	ID        crm.ID    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name,omitempty"`
	Role      string    `json:"role" enum:"owner,admin,lead,agent,viewer"`
	Functions []string  `json:"functions"`
	Teams     []crm.ID  `json:"teams"`
	Author    string    `json:"author"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// NewInvitation is an invitation with its link, which is shown once.
type NewInvitation struct {
	Invitation
	Link   string `json:"link" doc:"Works once, for three days. It is shown once and kept nowhere"`
	Mailed bool   `json:"mailed" doc:"Sent through one of the inboxes; otherwise hand the link over"`
}

// InvitationLook is what an invited person sees before accepting.
type InvitationLook struct {
	Email     string    `json:"email"`
	Name      string    `json:"name,omitempty"`
	Role      string    `json:"role" enum:"owner,admin,lead,agent,viewer"`
	Firm      string    `json:"firm"`
	Author    string    `json:"author"`
	ExpiresAt time.Time `json:"expires_at"`
}

func invitationOf(i access.Invitation) Invitation {
	return Invitation{ID: i.ID, Email: i.Email, Name: i.Name, Role: i.Role, Functions: notNil(i.Functions), Teams: notNil(i.Teams), Author: i.Author,
		CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt}
}

func (s *server) registerInvitations() {
	op(s, http.MethodGet, "/v1/invitations", "list-invitations", "List invitations that can still be accepted", access.People,
		func(ctx context.Context, _ *none) (*body[Page[Invitation]], error) {
			list, err := s.Access.Invitations(ctx)
			return respond(Page[Invitation]{Items: convert(list, invitationOf)}, err)
		})
	op(s, http.MethodPost, "/v1/invitations", "invite", "Invite somebody; earlier invitations to the same address end", access.People,
		func(ctx context.Context, in *struct {
			Body struct {
				Email     string   `json:"email" maxLength:"400"`
				Name      string   `json:"name,omitempty" maxLength:"200"`
				Role      string   `json:"role" enum:"owner,admin,lead,agent,viewer"`
				Functions []string `json:"functions,omitempty" maxItems:"10"`
				Teams     []crm.ID `json:"teams,omitempty" maxItems:"1000"`
			}
		}) (*body[NewInvitation], error) {
			b := in.Body
			i, token, err := s.Access.Invite(ctx, access.Invitation{Email: b.Email, Name: b.Name, Role: b.Role, Functions: b.Functions, Teams: b.Teams})
			if err != nil {
				return nil, err
			}
			link, err := s.Access.InviteLink(ctx, token)
			if err != nil {
				return nil, err
			}
			mailed, err := s.Access.MailInvite(ctx, i, link)
			if err != nil {
				// It exists, and its link can be handed over.
				s.Log.WarnContext(ctx, "an invitation could not be mailed", "request", requestID(ctx), "err", err)
			}
			return respond(NewInvitation{Invitation: invitationOf(i), Link: link, Mailed: mailed && err == nil}, nil)
		})
	op(s, http.MethodDelete, "/v1/invitations/{id}", "revoke-invitation", "Make an invitation worthless", access.People,
		func(ctx context.Context, in *ByID) (*none, error) { return nil, s.Access.RevokeInvitation(ctx, in.ID) }, noContent)
	op(s, http.MethodPost, "/v1/invitations/look", "look-at-invitation", "See whom a token invites; it uses nothing up", "",
		func(ctx context.Context, in *struct {
			Body struct {
				Token string `json:"token" maxLength:"400"`
			}
		}) (*body[InvitationLook], error) {
			i, err := s.Access.LookAtInvitation(ctx, in.Body.Token, access.IP(ctx))
			if err != nil {
				return nil, err
			}
			who, err := s.session(ctx, nil)
			return respond(InvitationLook{Email: i.Email, Name: i.Name, Role: i.Role, Author: i.Author, ExpiresAt: i.ExpiresAt, Firm: who.Firm}, err)
		})
	op(s, http.MethodPost, "/v1/invitations/accept", "accept-invitation", "Become a colleague with the token of an invitation, and sign in", "",
		func(ctx context.Context, in *struct {
			Body struct {
				Token    string `json:"token" maxLength:"400"`
				Name     string `json:"name,omitempty" maxLength:"200"`
				Password string `json:"password" maxLength:"4096"`
			}
		}) (*signedIn, error) {
			session, err := s.Access.Accept(ctx, in.Body.Token, in.Body.Name, in.Body.Password, access.IP(ctx))
			return s.enter(ctx, session, err)
		})
	op(s, http.MethodPost, "/v1/password/ask", "ask-for-password", "Ask for a link to a new password by mail; the answer is the same for every address", "",
		func(ctx context.Context, in *struct {
			Body struct {
				Email string `json:"email" maxLength:"400"`
			}
		}) (*none, error) {
			return nil, s.Access.AskReset(ctx, in.Body.Email, access.IP(ctx))
		}, noContent)
	op(s, http.MethodPost, "/v1/password/reset", "reset-password", "Set a new password with the token of a link; it works once and signs nobody in", "",
		func(ctx context.Context, in *struct {
			Body struct {
				Token    string `json:"token" maxLength:"400"`
				Password string `json:"password" maxLength:"4096"`
			}
		}) (*none, error) {
			return nil, s.Access.Reset(ctx, in.Body.Token, in.Body.Password, access.IP(ctx))
		}, noContent)
	op(s, http.MethodPost, "/v1/users/{id}/reset-link", "make-reset-link", "Make a link to a new password, to hand over; it works once, for ten minutes", access.People,
		func(ctx context.Context, in *ByID) (*body[ResetLink], error) {
			link, err := s.Access.ResetLink(ctx, in.ID)
			return respond(ResetLink{link}, err)
		})
}

// ResetLink is a link to a new password. It is shown once.
type ResetLink struct {
	Link string `json:"link"`
}
