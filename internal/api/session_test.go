package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// browser is a person at the console: it keeps the cookie.
type browser struct {
	*bench
	cookie *http.Cookie
}

func (p *browser) call(method, path string, body any, headers ...string) *answer {
	p.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.server.URL+path, bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if p.cookie != nil {
		req.AddCookie(p.cookie)
	}
	a := p.do(req)
	for _, line := range a.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			p.t.Fatal(err)
		}
		if p.cookie = c; c.MaxAge < 0 {
			p.cookie = nil
		}
	}
	return a
}

func TestSetupAndSession(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	token, err := b.access.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := &browser{bench: b}
	if s := as[api.Session](p.call("GET", "/v1/session", nil)); s.SignedIn || s.Firm != "Halden Mobile" || !s.Demo {
		t.Errorf("%+v", s)
	}
	const password = "a long enough password for tests"
	owner := map[string]any{"token": token, "firm": "Halden", "name": "Ada", "email": "ada@halden.example", "password": password}
	wrong := map[string]any{"token": "x", "firm": "Halden", "name": "Ada", "email": "ada@halden.example", "password": password}
	if a := p.call("POST", "/v1/setup", wrong); a.status < 400 {
		t.Errorf("a wrong token: %d", a.status)
	}
	a := p.call("POST", "/v1/setup", owner)
	s := as[api.Session](a)
	if !s.SignedIn || s.Name != "Ada" || s.Role != "owner" || s.Firm != "Halden" {
		t.Errorf("%+v", s)
	}
	// What comes in before the console listens is told when it does.
	between := as[api.Results](b.post("/v1/interactions", envelope("1", monday, "jan@postvak.example", "Jan", "Hello", "When does it start?"))).Results[0].ID
	b.listen(b.reader, "?after="+s.Place, "").until(between)
	if p.cookie == nil || !p.cookie.HttpOnly || p.cookie.SameSite != http.SameSiteLaxMode {
		t.Fatalf("cookie %+v", p.cookie)
	}
	if a := p.call("POST", "/v1/setup", owner); a.status < 400 {
		t.Errorf("the token works twice: %d", a.status)
	}
	if s := as[api.Session](p.call("GET", "/v1/session", nil)); s.Email != "ada@halden.example" || s.NeedsSetup {
		t.Errorf("%+v", s)
	}
	// Another site can't use the cookie.
	p.call("POST", "/v1/keys", map[string]any{"name": "x", "scopes": []string{"read"}}, "Sec-Fetch-Site", "cross-site").problem(403, crm.Forbidden)
	made := as[api.NewKey](p.call("POST", "/v1/keys", map[string]any{"name": "site", "scopes": []string{access.Track}}))
	if made.Secret == "" || !strings.HasPrefix(made.Secret, made.Prefix) {
		t.Errorf("%+v", made)
	}
	p.call("POST", "/v1/keys", map[string]any{"name": "x", "scopes": []string{"fly"}}).problem(422, crm.Invalid)
	list := p.call("GET", "/v1/keys", nil)
	if strings.Contains(string(list.body), made.Secret) {
		t.Error("the list tells a secret")
	}
	if a := p.call("DELETE", "/v1/keys/"+made.ID.String(), nil); a.status != 204 {
		t.Errorf("revoke: %d %s", a.status, a.body)
	}
	b.send("GET", "/v1/session", made.Secret, "", nil).problem(401, crm.Unauthorized)

	// What a person has read.
	r := as[api.Results](p.call("POST", "/v1/interactions", envelope("1", monday, "jan@postvak.example", "Jan", "Hello", "Hello?"))).Results[0]
	unread := func(filter string) int {
		return len(as[api.Page[api.CustomerRow]](p.call("GET", "/v1/customers?filter="+filter, nil)).Items)
	}
	if unread("unread") != 1 || !as[api.Customer](p.call("GET", "/v1/customers/"+r.CustomerID.String(), nil)).Unread {
		t.Error("a new contact is unread")
	}
	if a := p.call("POST", "/v1/customers/"+r.CustomerID.String()+"/read", map[string]any{"until": monday.Add(time.Second)}); a.status != 204 {
		t.Errorf("read: %d %s", a.status, a.body)
	}
	if unread("unread") != 0 || unread("all") != 1 {
		t.Error("it is read now")
	}
	b.post("/v1/customers/"+r.CustomerID.String()+"/read", map[string]any{"until": monday}).problem(403, crm.Forbidden)

	if a := p.call("DELETE", "/v1/session", nil); a.status != 204 || p.cookie != nil {
		t.Errorf("sign out: %d", a.status)
	}
	p.call("GET", "/v1/customers", nil).problem(401, crm.Unauthorized)
	p.call("POST", "/v1/session", map[string]any{"email": "ada@halden.example", "password": "wrong wrong wrong"}).problem(401, crm.Unauthorized)
	if s := as[api.Session](p.call("POST", "/v1/session", map[string]any{"email": "ada@halden.example", "password": password})); !s.SignedIn {
		t.Errorf("%+v", s)
	}
	if strings.Contains(b.log.String(), password) || strings.Contains(b.log.String(), token) {
		t.Error("the log holds a secret")
	}
}
