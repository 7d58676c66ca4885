package oauth

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// provider gives tokens that replace each other, as Microsoft does.
type provider struct {
	mu      sync.Mutex
	n       int
	refresh string // the refresh token that is good
	status  int    // of a failure
	code    string // of an error
	asked   []url.Values
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // what is missing is refused below
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.PostForm)
	w.Header().Set("Content-Type", "application/json")
	good := r.PostForm.Get("grant_type") == "authorization_code" && r.PostForm.Get("code") == "the code" && r.PostForm.Get("code_verifier") != "" ||
		r.PostForm.Get("grant_type") == "refresh_token" && r.PostForm.Get("refresh_token") == p.refresh
	switch {
	case p.status != 0:
		w.WriteHeader(p.status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": p.code})
	case !good:
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_grant", "error_description": "revoked"})
	default:
		p.n++
		p.refresh = fmt.Sprintf("refresh-%d", p.n)
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": fmt.Sprintf("access-%d", p.n), "refresh_token": p.refresh, "expires_in": 3600, "token_type": "Bearer"})
	}
}

type bench struct {
	*Service
	provider *provider
	inbox    *inboxes.Inbox
	now      time.Time
}

const callback = "https://rapport.example.com" + CallbackPath

func setup(t *testing.T, db *store.DB) *bench {
	t.Helper()
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{provider: &provider{}, now: time.Now()}
	clock := func() time.Time { return b.now }
	b.Service = New(inboxes.New(db, clock, keys), clock)
	s := httptest.NewServer(b.provider)
	t.Cleanup(s.Close)
	b.Endpoints = map[string]Endpoint{"microsoft": {Auth: "https://login.example/authorize", Token: s.URL}}
	in := inboxes.Inbox{Name: "Support", Kind: inboxes.Mail, Address: "support@halden.example"}
	in.Settings.OAuth = inboxes.OAuth{Provider: "microsoft", ClientID: "client"}
	if b.inbox, err = b.Inboxes.Create(t.Context(), in, inboxes.Secrets{OAuthClientSecret: "client secret"}, nil); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) connect(t *testing.T) {
	t.Helper()
	user := crm.NewID(b.now)
	if _, err := b.Finish(t.Context(), b.start(t, user), "the code", user, callback); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) start(t *testing.T, user crm.ID) string {
	t.Helper()
	at, err := b.Start(t.Context(), b.inbox.ID, user, callback)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(at)
	q := u.Query()
	if err != nil || q.Get("code_challenge_method") != "S256" || q.Get("redirect_uri") != callback || !strings.Contains(q.Get("scope"), "offline_access") || strings.Contains(at, "client+secret") {
		t.Errorf("%s %v", at, err)
	}
	return q.Get("state")
}

func TestOnlyWhoWentComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	user, other := crm.NewID(b.now), crm.NewID(b.now)
	state := b.start(t, user)
	for what, try := range map[string]func() error{
		"another person": func() error { _, err := b.Finish(t.Context(), state, "the code", other, callback); return err },
		"nobody":         func() error { _, err := b.Finish(t.Context(), state, "the code", crm.ID{}, callback); return err },
		"a made-up state": func() error {
			_, err := b.Finish(t.Context(), "AAAA"+state[4:], "the code", user, callback)
			return err
		},
		"no state": func() error { _, err := b.Finish(t.Context(), "", "the code", user, callback); return err },
	} {
		if err := try(); crm.CodeOf(err) != crm.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(b.provider.asked) != 0 {
		t.Error("the provider was asked")
	}
	if _, err := b.Finish(t.Context(), state, "the code", user, callback); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Finish(t.Context(), state, "the code", user, callback); err == nil {
		t.Error("it counted twice")
	}
	late := b.start(t, user)
	b.now = b.now.Add(stateFor + 2*time.Second)
	if _, err := b.Finish(t.Context(), late, "the code", user, callback); err == nil {
		t.Error("it counted after ten minutes")
	}
}

func TestTokensAreRenewed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.connect(t)
		version := b.inbox.Version
		if got, err := b.Token(t.Context(), b.inbox); got != "access-1" || err != nil {
			t.Fatalf("%s %v", got, err)
		}
		b.now = b.now.Add(time.Hour)
		// Ten at once, and another process, renew it once.
		twin := New(b.Inboxes, b.Clock)
		twin.Endpoints = b.Endpoints
		var wg sync.WaitGroup
		for n := range 10 {
			s := b.Service
			if n%2 == 0 {
				s = twin
			}
			wg.Go(func() {
				if got, err := s.Token(t.Context(), b.inbox); got != "access-2" || err != nil {
					t.Errorf("%s %v", got, err)
				}
			})
		}
		wg.Wait()
		if b.provider.n != 2 {
			t.Errorf("%d tokens", b.provider.n)
		}
		now, err := b.Inboxes.Get(t.Context(), b.inbox.ID)
		if err != nil || now.Version != version {
			t.Errorf("a renewed token makes readers sign in again: version %d, was %d (%v)", now.Version, version, err)
		}

		// A provider that is away is no reason to ask a person.
		b.now, b.provider.status = b.now.Add(time.Hour), http.StatusBadGateway
		if _, err := b.Token(t.Context(), b.inbox); crm.CodeOf(err) != crm.Unavailable || strings.Contains(fmt.Sprint(err), "refresh-") {
			t.Error(err)
		}
		if now, _ := b.Inboxes.Get(t.Context(), b.inbox.ID); now.State != inboxes.Active {
			t.Errorf("state %s", now.State)
		}
		b.provider.status = 0
		if got, err := b.Token(t.Context(), b.inbox); got != "access-3" || err != nil {
			t.Fatalf("%s %v", got, err)
		}

		// Taken back.
		b.now, b.provider.refresh = b.now.Add(time.Hour), "another"
		_, err = b.Token(t.Context(), b.inbox)
		now, _ = b.Inboxes.Get(t.Context(), b.inbox.ID)
		h, _ := b.Inboxes.Part(t.Context(), b.inbox.ID, Part)
		if err == nil || now.State != inboxes.Reconnect || !strings.Contains(h.Error, "took the permission back") || strings.Contains(h.Error+err.Error(), "refresh-") {
			t.Errorf("%v, state %s, %q", err, now.State, h.Error)
		}
		b.connect(t)
		if now, _ = b.Inboxes.Get(t.Context(), b.inbox.ID); now.State != inboxes.Active {
			t.Errorf("connected again: state %s", now.State)
		}
	})
}
