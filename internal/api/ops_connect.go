package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes/discover"
	"github.com/rapport-crm/rapport/internal/inboxes/oauth"
)

// SignInAt is where a person goes to connect an inbox.
type SignInAt struct {
	URL string `json:"url"`
}

func (s *server) registerConnect() {
	op(s, http.MethodPost, "/v1/inboxes/discover", "discover-inbox", "Propose the mail servers of an address", access.Settings,
		func(ctx context.Context, in *struct {
			Body struct {
				Address string `json:"address" maxLength:"254"`
			}
		}) (*body[discover.Found], error) {
			return respond(s.Discover.Find(ctx, in.Body.Address))
		})
	op(s, http.MethodGet, "/v1/inboxes/{id}/oauth/start", "connect-inbox", "Where to sign in at Google or Microsoft, for ten minutes", access.Settings,
		func(ctx context.Context, in *ByID) (*body[SignInAt], error) {
			if _, err := s.canInbox(ctx, in.ID); err != nil {
				return nil, err
			}
			user := access.From(ctx).UserID
			if s.OAuth == nil || user.IsZero() {
				return nil, crm.Errorf(crm.Invalid, "A person connects an inbox, in the console.")
			}
			if s.BaseURL == "" {
				return nil, crm.Errorf(crm.Invalid, "Set base_url first: the provider sends people back to it.")
			}
			at, err := s.OAuth.Start(ctx, in.ID, user, s.callback())
			return respond(SignInAt{at}, err)
		})
}

// callback is the address that is registered at the provider. It is never taken
// from a request, because codes are sent there.
func (s *server) callback() string { return s.BaseURL + oauth.CallbackPath }

// connected takes a person who comes back from a provider. It is a page and not
// an operation: a browser is sent here.
func (s *server) connected(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	q, to := r.URL.Query(), url.Values{}
	err := access.Check(r.Context(), access.Settings)
	if err == nil && s.OAuth != nil {
		i, e := s.OAuth.Finish(r.Context(), q.Get("state"), q.Get("code"), access.From(r.Context()).UserID, s.callback())
		if err = e; i != nil {
			to.Set("inbox", i.ID.String())
			if err == nil {
				err = s.audited(r.Context(), nil, "connected", "inbox "+i.Name)
			}
		}
	}
	to.Set("connected", "yes")
	if err != nil {
		to.Set("connected", "no")
		to.Set("why", logged(r.Context(), s.Log, err).Detail)
	}
	http.Redirect(w, r, "/settings/inboxes?"+to.Encode(), http.StatusSeeOther)
}
