package oauth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// Part names the tokens in the health of an inbox.
const Part = "oauth"

// Times.
const (
	stateFor = 10 * time.Minute
	early    = 2 * time.Minute // a token is renewed before it ends
	leaseFor = 30 * time.Second
)

// CallbackPath is where providers send people back to.
const CallbackPath = "/oauth/callback"

// Endpoint is where a provider's pages are.
type Endpoint struct{ Auth, Token string }

// Service signs inboxes in. It is safe for concurrent use.
type Service struct {
	Inboxes *inboxes.Service
	Clock   crm.Clock
	// Client asks the providers. Default: one that waits 20 s.
	Client *http.Client
	// Endpoints replace the providers' own. Default: none.
	Endpoints map[string]Endpoint

	owner string
	mu    sync.Mutex
	locks map[crm.ID]*sync.Mutex
	used  map[string]time.Time // states that came back
}

// New makes the service.
func New(boxes *inboxes.Service, clock crm.Clock) *Service {
	return &Service{Inboxes: boxes, Clock: clock, owner: rand.Text(), locks: map[crm.ID]*sync.Mutex{}, used: map[string]time.Time{}}
}

// scopes are what the providers are asked for: mail in and out, and a token that
// lasts.
var scopes = map[string][]string{
	"google":    {"https://mail.google.com/"},
	"microsoft": {"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access"},
}

func (s *Service) config(i *inboxes.Inbox, secrets *inboxes.Secrets, callback string) (*oauth2.Config, error) {
	set := i.Settings.OAuth
	c := &oauth2.Config{ClientID: set.ClientID, ClientSecret: secrets.OAuthClientSecret, RedirectURL: callback, Scopes: scopes[set.Provider]}
	if c.ClientID == "" || c.Scopes == nil {
		return nil, &crm.Error{Code: crm.Invalid, Pointer: "/settings/oauth", Message: "Choose Google or Microsoft, and give the client id that you made there."}
	}
	tenant := set.Tenant
	if tenant == "" {
		tenant = "common"
	}
	if strings.Trim(strings.ToLower(tenant), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
		return nil, &crm.Error{Code: crm.Invalid, Pointer: "/settings/oauth/tenant", Message: "This is not the name or id of a tenant."}
	}
	e := map[string]Endpoint{
		"google": {"https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token"},
		"microsoft": {"https://login.microsoftonline.com/" + tenant + "/oauth2/v2.0/authorize",
			"https://login.microsoftonline.com/" + tenant + "/oauth2/v2.0/token"},
	}[set.Provider]
	if own, ok := s.Endpoints[set.Provider]; ok {
		e = own
	}
	c.Endpoint = oauth2.Endpoint{AuthURL: e.Auth, TokenURL: e.Token, AuthStyle: oauth2.AuthStyleInParams}
	return c, nil
}

// state travels with the person, sealed.
type state struct {
	Inbox    crm.ID `json:"i"`
	User     crm.ID `json:"u"`
	Verifier string `json:"v"`
	Until    int64  `json:"t"`
}

const statePlace = "oauth state"

// Start gives the URL that a person signs in at.
func (s *Service) Start(ctx context.Context, inbox, user crm.ID, callback string) (string, error) {
	i, err := s.Inboxes.Get(ctx, inbox)
	if err != nil {
		return "", err
	}
	secrets, err := s.Inboxes.Open(ctx, inbox)
	if err != nil {
		return "", err
	}
	c, err := s.config(i, secrets, callback)
	if err != nil {
		return "", err
	}
	st := state{inbox, user, oauth2.GenerateVerifier(), s.Clock().Add(stateFor).Unix()}
	text, err := json.Marshal(st)
	if err != nil {
		return "", err
	}
	sealed := base64.RawURLEncoding.EncodeToString(s.Inboxes.Keys.Seal(statePlace, text))
	// Google gives a token that lasts only when consent is asked for again.
	return c.AuthCodeURL(sealed, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent"), oauth2.SetAuthURLParam("login_hint", i.Address),
		oauth2.S256ChallengeOption(st.Verifier)), nil
}

// errReturn is said of whoever comes back otherwise than they went.
var errReturn = crm.Errorf(crm.Invalid, "This sign-in is not valid any more. Begin again at the inbox's settings.")

// Finish takes a person who comes back and connects the inbox.
func (s *Service) Finish(ctx context.Context, sealed, code string, user crm.ID, callback string) (*inboxes.Inbox, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return nil, errReturn
	}
	text, err := s.Inboxes.Keys.Open(statePlace, raw)
	var st state
	if err != nil || json.Unmarshal(text, &st) != nil || st.User != user || user.IsZero() || s.Clock().Unix() > st.Until || !s.first(sealed) {
		return nil, errReturn
	}
	i, err := s.Inboxes.Get(ctx, st.Inbox)
	if err != nil {
		return nil, err
	}
	if code == "" {
		return i, crm.Errorf(crm.Invalid, "The provider did not let you in. Nothing was changed.")
	}
	secrets, err := s.Inboxes.Open(ctx, i.ID)
	if err != nil {
		return i, err
	}
	c, err := s.config(i, secrets, callback)
	if err != nil {
		return i, err
	}
	token, err := c.Exchange(s.with(ctx), code, oauth2.VerifierOption(st.Verifier))
	if err != nil {
		return i, s.refused(ctx, i, err)
	}
	if token.RefreshToken == "" {
		return i, crm.Errorf(crm.Invalid, "The provider gave no permission that lasts. Take the program's access back there, and begin again.")
	}
	if err := s.keep(ctx, i.ID, token); err != nil {
		return i, err
	}
	if err := s.Inboxes.Succeeded(ctx, i.ID, Part, time.Time{}, ""); err != nil {
		return i, err
	}
	return i, s.Inboxes.SetState(ctx, i.ID, inboxes.Active)
}

// first reports whether a state comes back for the first time.
func (s *Service) first(sealed string) bool {
	now := s.Clock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, until := range s.used {
		if now.After(until) {
			delete(s.used, k)
		}
	}
	if _, again := s.used[sealed]; again {
		return false
	}
	s.used[sealed] = now.Add(stateFor)
	return true
}

func (s *Service) with(ctx context.Context) context.Context {
	client := s.Client
	if client == nil {
		client = &http.Client{Timeout: 20 * time.Second}
	}
	return context.WithValue(ctx, oauth2.HTTPClient, client)
}

func (s *Service) keep(ctx context.Context, inbox crm.ID, t *oauth2.Token) error {
	if t.ExpiresIn > 0 { // by our clock, which decides when it is renewed
		t.Expiry = s.Clock().Add(time.Duration(t.ExpiresIn) * time.Second)
	}
	text, err := json.Marshal(t) //nolint:gosec // it is sealed before it is kept
	if err != nil {
		return err
	}
	return s.Inboxes.KeepToken(ctx, inbox, string(text))
}

// Token gives an access token that is good for a while.
func (s *Service) Token(ctx context.Context, i *inboxes.Inbox) (string, error) {
	lock := s.lock(i.ID)
	lock.Lock()
	defer lock.Unlock()
	t, _, err := s.stored(ctx, i.ID)
	if err != nil || s.fresh(t) {
		return t.AccessToken, err
	}
	if err := s.lease(ctx, i.ID); err != nil {
		return "", err
	}
	defer func() { _ = s.Inboxes.Release(context.WithoutCancel(ctx), i.ID, Part, s.owner) }() // it ends by itself
	// Another process may have renewed it while this one waited.
	t, secrets, err := s.stored(ctx, i.ID)
	if err != nil || s.fresh(t) {
		return t.AccessToken, err
	}
	if t.RefreshToken == "" {
		return "", s.ask(ctx, i, "It was never connected.")
	}
	c, err := s.config(i, secrets, "")
	if err != nil {
		return "", err
	}
	renewed, err := c.TokenSource(s.with(ctx), &oauth2.Token{RefreshToken: t.RefreshToken}).Token()
	if err != nil {
		return "", s.refused(ctx, i, err)
	}
	if err := s.keep(ctx, i.ID, renewed); err != nil {
		return "", err
	}
	return renewed.AccessToken, s.Inboxes.Succeeded(ctx, i.ID, Part, time.Time{}, "")
}

func (s *Service) fresh(t oauth2.Token) bool {
	return t.AccessToken != "" && (t.Expiry.IsZero() || s.Clock().Add(early).Before(t.Expiry))
}

func (s *Service) stored(ctx context.Context, inbox crm.ID) (oauth2.Token, *inboxes.Secrets, error) {
	var t oauth2.Token
	secrets, err := s.Inboxes.Open(ctx, inbox)
	if err != nil || secrets.OAuthToken == "" {
		return t, secrets, err
	}
	if json.Unmarshal([]byte(secrets.OAuthToken), &t) != nil {
		return t, secrets, errors.New("oauth: the stored token can't be read")
	}
	return t, secrets, nil
}

func (s *Service) lock(inbox crm.ID) *sync.Mutex {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locks[inbox] == nil {
		s.locks[inbox] = &sync.Mutex{}
	}
	return s.locks[inbox]
}

// lease waits until no other process renews the token.
func (s *Service) lease(ctx context.Context, inbox crm.ID) error {
	for {
		ok, err := s.Inboxes.Lease(ctx, inbox, Part, s.owner, s.Clock().Add(leaseFor))
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// refused tells a sign-in that was taken back from a provider that is away.
func (s *Service) refused(ctx context.Context, i *inboxes.Inbox, err error) error {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode < 500 && answer.Response.StatusCode != http.StatusTooManyRequests {
		switch answer.ErrorCode {
		case "invalid_client", "unauthorized_client":
			return s.ask(ctx, i, "The provider does not know the client id, or its secret is wrong or out of date.")
		}
		return s.ask(ctx, i, "The provider took the permission back: somebody changed the password, removed the program's access, or it was not used for long.")
	}
	why := crm.Errorf(crm.Unavailable, "The provider could not be asked for a new token; it is tried again.")
	// The cause may quote what was sent, which holds secrets.
	if e := s.Inboxes.Failed(ctx, i.ID, Part, why.Message, s.Clock().Add(time.Minute)); e != nil {
		return e
	}
	return why
}

// ask makes the inbox ask to be connected again.
func (s *Service) ask(ctx context.Context, i *inboxes.Inbox, why string) error {
	why += " Connect the inbox again."
	err := errors.Join(s.Inboxes.Failed(ctx, i.ID, Part, why, time.Time{}), s.Inboxes.SetState(ctx, i.ID, inboxes.Reconnect))
	if err != nil {
		return fmt.Errorf("note that an inbox must be connected: %w", err)
	}
	return crm.Errorf(crm.Invalid, "%s", why)
}
