package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// signedIn is the answer to a sign-in: the session, and its cookie.
type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Session
}

func (s *server) registerSession() {
	op(s, http.MethodGet, "/v1/session", "get-session", "Who is signed in, and what the sign-in page needs to know", "",
		func(ctx context.Context, _ *none) (*body[Session], error) {
			return respond(s.session(ctx, access.From(ctx)))
		})
	op(s, http.MethodPost, "/v1/session", "sign-in", "Sign in with a password", "",
		func(ctx context.Context, in *struct {
			Body struct {
				Email    string `json:"email" maxLength:"400"`
				Password string `json:"password" maxLength:"4096"`
				Code     string `json:"code,omitempty" maxLength:"100" doc:"Of the authenticator app, or a recovery code; asked for with the code second_factor"`
			}
		}) (*signedIn, error) {
			session, err := s.Access.SignIn(ctx, in.Body.Email, in.Body.Password, in.Body.Code, access.IP(ctx))
			return s.enter(ctx, session, err)
		})
	op(s, http.MethodPost, "/v1/session/link", "sign-in-by-link", "Sign in with the token of a sign-in link", "",
		func(ctx context.Context, in *struct {
			Body struct {
				Token string `json:"token" maxLength:"400"`
			}
		}) (*signedIn, error) {
			session, err := s.Access.SignInWithLink(ctx, in.Body.Token, access.IP(ctx))
			return s.enter(ctx, session, err)
		})
	op(s, http.MethodPost, "/v1/setup", "set-up", "Claim the installation with the token of the setup link", "",
		func(ctx context.Context, in *struct {
			Body struct {
				Token    string   `json:"token" maxLength:"400"`
				Firm     string   `json:"firm" maxLength:"200" doc:"The firm's name"`
				Own      []string `json:"own,omitempty" maxItems:"100" doc:"Its mail domains and addresses"`
				Name     string   `json:"name" maxLength:"200"`
				Email    string   `json:"email" maxLength:"400"`
				Password string   `json:"password" maxLength:"4096"`
			}
		}) (*signedIn, error) {
			b := in.Body
			session, err := s.Access.CreateOwner(ctx, b.Token, access.NewUser{Email: b.Email, Name: b.Name, Role: access.Owner, Password: b.Password},
				access.Firm{Name: b.Firm, Own: b.Own}, access.IP(ctx))
			return s.enter(ctx, session, err)
		})
	op(s, http.MethodDelete, "/v1/session", "sign-out", "Sign out", "",
		func(ctx context.Context, _ *none) (*struct {
			SetCookie http.Cookie `header:"Set-Cookie"`
		}, error) {
			if access.From(ctx) != nil {
				if err := s.Access.SignOut(ctx); err != nil {
					return nil, err
				}
			}
			return &struct {
				SetCookie http.Cookie `header:"Set-Cookie"`
			}{*s.Access.NoCookie()}, nil
		}, noContent)
}

// enter answers a sign-in.
func (s *server) enter(ctx context.Context, session access.Session, err error) (*signedIn, error) {
	if err != nil {
		return nil, err
	}
	p, err := s.Access.Enter(ctx, session)
	if err != nil {
		return nil, err
	}
	view, err := s.session(ctx, p)
	return &signedIn{SetCookie: *s.Access.Cookie(session), Body: view}, err
}

func (s *server) session(ctx context.Context, p *access.Principal) (Session, error) {
	has, err := s.Access.HasOwner(ctx)
	if err != nil {
		return Session{}, err
	}
	mails, err := s.sends(ctx)
	if err != nil {
		return Session{}, err
	}
	out := Session{Mails: mails, Demo: s.Demo, NeedsSetup: !has && !s.Demo, Firm: s.Firm()}
	if f, err := s.Access.Firm(ctx); err == nil && f.Name != "" {
		out.Firm = f.Name
	}
	if p != nil && !p.UserID.IsZero() {
		out.SignedIn, out.UserID, out.Name, out.Email, out.Role = true, p.UserID, p.Name, p.Email, p.Role
		out.Functions, out.Verbs, out.Teams, out.Leads = p.Functions, p.Scopes, p.Teams, p.Leads
		out.MustEnrol = p.MustEnrol
		if out.Place, err = s.Hub.Place(ctx); err != nil {
			return Session{}, err
		}
	}
	return out, nil
}

// sends reports whether an inbox can mail a link to a new password.
func (s *server) sends(ctx context.Context) (bool, error) {
	if s.Inboxes == nil {
		return false, nil
	}
	all, err := s.Inboxes.All(ctx)
	return slices.ContainsFunc(all, func(i *inboxes.Inbox) bool { return i.CanSend() && !i.Restricted }), err
}

// NewKey is a key with its secret, which is shown once.
type NewKey struct {
	Key
	Secret string `json:"key" doc:"The secret. It is shown once and kept nowhere"`
}

func (s *server) registerKeys() {
	op(s, http.MethodGet, "/v1/keys", "list-keys", "List API keys, revoked ones too", access.Admin,
		func(ctx context.Context, _ *none) (*body[Page[Key]], error) {
			keys, err := s.Access.Keys(ctx)
			return respond(Page[Key]{Items: convert(keys, keyOf)}, err)
		})
	op(s, http.MethodPost, "/v1/keys", "create-key", "Make an API key", access.Admin,
		func(ctx context.Context, in *struct {
			Body struct {
				Name   string   `json:"name"`
				Scopes []string `json:"scopes" doc:"read, write, reply, assign, verified, track, settings, people, admin"`
				Source string   `json:"source,omitempty" maxLength:"200" doc:"The only source that the key may write as"`
			}
		}) (*body[NewKey], error) {
			secret, key, err := s.Access.CreateKey(ctx, in.Body.Name, in.Body.Scopes, in.Body.Source)
			return respond(NewKey{Key: keyOf(key), Secret: secret}, err)
		})
	op(s, http.MethodDelete, "/v1/keys/{id}", "revoke-key", "End an API key at once", access.Admin,
		func(ctx context.Context, in *ByID) (*none, error) { return nil, s.Access.RevokeKey(ctx, in.ID) }, noContent)
}

func keyOf(k access.Key) Key {
	return Key{ID: k.ID, Name: k.Name, Prefix: k.Prefix, Scopes: k.Scopes, CreatedAt: k.CreatedAt, LastUsed: zeroed(k.LastUsed), RevokedAt: zeroed(k.RevokedAt)}
}

func zeroed(t time.Time) time.Time { return crm.FromMicros(crm.Micros(t)) }
