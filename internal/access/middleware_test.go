package access

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// call sends a request through the middleware and says who arrived.
func (b *bundle) call(t *testing.T, method, target string, change func(*http.Request)) (*httptest.ResponseRecorder, *Principal, string) {
	t.Helper()
	r := httptest.NewRequest(method, "http://localhost:8080"+target, nil)
	r.RemoteAddr = "127.0.0.1:5000"
	if change != nil {
		change(r)
	}
	var who *Principal
	var ip string
	w := httptest.NewRecorder()
	b.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ip = From(r.Context()), IP(r.Context())
		w.WriteHeader(http.StatusNoContent)
	})).ServeHTTP(w, r)
	return w, who, ip
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	session := b.claim(t)
	secret, _, err := b.CreateKey(b.ctx, "k", []string{Write}, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
		name   string
	}{
		"nobody":        {nil, 204, ""},
		"bearer":        {func(r *http.Request) { r.Header.Set("Authorization", "bearer "+secret) }, 204, "k"},
		"basic":         {func(r *http.Request) { r.SetBasicAuth(secret, "") }, 204, "k"},
		"wrong key":     {func(r *http.Request) { r.Header.Set("Authorization", "Bearer rpk_wrong") }, 401, ""},
		"wrong scheme":  {func(r *http.Request) { r.Header.Set("Authorization", "Digest x") }, 401, ""},
		"cookie":        {func(r *http.Request) { r.AddCookie(b.Cookie(session)) }, 204, "Olga"},
		"unknown":       {func(r *http.Request) { r.AddCookie(&http.Cookie{Name: plainCookie, Value: "guess"}) }, 204, ""},
		"planted name":  {func(r *http.Request) { r.AddCookie(&http.Cookie{Name: secureCookie, Value: session.Token}) }, 204, ""},
		"key as cookie": {func(r *http.Request) { r.AddCookie(&http.Cookie{Name: plainCookie, Value: secret}) }, 204, ""},
	} {
		w, who, _ := b.call(t, "GET", "/v1/customers", c.change)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, c.status)
		}
		if got := ""; who != nil && who.Name != c.name || who == nil && c.name != got {
			t.Errorf("%s: arrived as %+v", name, who)
		}
		if w.Code == 401 {
			var problem struct{ Code, Detail string }
			if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || problem.Code != "unauthorized" || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: answer %s", name, w.Body)
			}
		}
	}
}

// TestCrossSite is row 29: a foreign page posts with simple content types and
// the browser adds the cookie.
func TestCrossSite(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	session := b.claim(t)
	secret, _, err := b.CreateKey(b.ctx, "k", []string{Track}, "")
	if err != nil {
		t.Fatal(err)
	}
	foreign := func(r *http.Request) {
		r.AddCookie(b.Cookie(session))
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Content-Type", "text/plain")
	}
	for name, c := range map[string]struct {
		method, path string
		change       func(*http.Request)
		status       int
		who          bool
	}{
		"foreign post":      {"POST", "/v1/keys", foreign, 403, false},
		"foreign delete":    {"DELETE", "/v1/keys/1", foreign, 403, false},
		"no fetch metadata": {"POST", "/v1/keys", func(r *http.Request) { foreign(r); r.Header.Del("Sec-Fetch-Site") }, 403, false},
		"login CSRF": {"POST", "/v1/session", func(r *http.Request) {
			r.Header.Set("Origin", "https://evil.example")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}, 403, false},
		"own page": {"POST", "/v1/keys", func(r *http.Request) {
			r.AddCookie(b.Cookie(session))
			r.Header.Set("Origin", "http://localhost:8080")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}, 204, true},
		"a link from mail":         {"GET", "/customers", foreign, 204, true},
		"event of a page, cookie":  {"POST", "/v1/track", foreign, 204, false}, // the cookie must not count
		"event of a page, its key": {"POST", "/v1/track", func(r *http.Request) { foreign(r); r.SetBasicAuth(secret, "") }, 204, true},
	} {
		w, who, _ := b.call(t, c.method, c.path, c.change)
		if w.Code != c.status || (who != nil) != c.who {
			t.Errorf("%s: status %d as %v, want %d", name, w.Code, who, c.status)
		}
	}
}

func TestOnlyThisMachineUntilAnOwnerExists(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t), BaseURL("https://crm.firm.example"))
	cases := map[string]func(*http.Request){
		"other machine": func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1" },
		"rebound name":  func(r *http.Request) { r.Host = "evil.example" },
		"reverse proxy": func(r *http.Request) { r.Host = "other.firm.example" },
	}
	for name, change := range cases {
		if w, _, _ := b.call(t, "GET", "/", change); w.Code != 403 {
			t.Errorf("%s: status %d", name, w.Code)
		}
	}
	for _, host := range []string{"localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost", "crm.firm.example"} {
		if w, _, _ := b.call(t, "GET", "/", func(r *http.Request) { r.Host = host }); w.Code != 204 {
			t.Errorf("%s: status %d", host, w.Code)
		}
	}
	for address, ok := range map[string]bool{"127.0.0.1:0": true, "localhost:1": true, "[::1]:1": true, ":8080": false, "0.0.0.0:1": false, "192.0.2.1:1": false, "nonsense": false} {
		if err := b.CheckListen(b.ctx, address); (err == nil) != ok {
			t.Errorf("CheckListen(%s) = %v", address, err)
		}
	}
	b.claim(t)
	for name, change := range cases {
		if w, _, _ := b.call(t, "GET", "/", change); w.Code != 204 {
			t.Errorf("%s with an owner: status %d", name, w.Code)
		}
	}
	if err := b.CheckListen(b.ctx, ":8080"); err != nil {
		t.Error(err)
	}
}

func TestDemoStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t), LoopbackOnly())
	b.claim(t)
	if w, _, _ := b.call(t, "GET", "/", func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1" }); w.Code != 403 {
		t.Errorf("the demo answered another machine: %d", w.Code)
	}
	wantCode(t, b.CheckListen(b.ctx, ":8080"), crm.Forbidden)
}

// TestProxyHeaders is row 34, and the part of row 30 that is ours: what an
// unlisted peer claims is not believed.
func TestProxyHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t), Proxies([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}))
	b.claim(t)
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:1", "", "192.0.2.1"},
		{"192.0.2.1:1", "198.51.100.7", "192.0.2.1"},
		{"10.0.0.1:1", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.1:1", "203.0.113.9, 198.51.100.7, 10.9.9.9", "198.51.100.7"},
		{"10.0.0.1:1", "evil\r\nline", "10.0.0.1"},
		{"[::1]:1", "198.51.100.7", "::1"},
	} {
		_, who, ip := b.call(t, "GET", "/", func(r *http.Request) {
			r.RemoteAddr = c.peer
			r.Header["X-Forwarded-For"] = []string{c.forwarded}
			r.Header.Set("X-Remote-User", "olga@firm.example")
			r.Header.Set("X-Forwarded-Host", "evil.example")
		})
		if ip != c.want || who != nil {
			t.Errorf("%s forwarding %q: %s as %v, want %s", c.peer, c.forwarded, ip, who, c.want)
		}
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	secure := New(nil, nil, BaseURL("https://crm.firm.example"))
	c := secure.Cookie(Session{Token: "t"}).String()
	for _, want := range []string{"__Host-rapport=t", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(c, want) {
			t.Errorf("%q lacks %s", c, want)
		}
	}
	if strings.Contains(c, "Domain") {
		t.Errorf("%q has a domain", c)
	}
	plain := New(nil, nil, BaseURL("http://localhost:8080"))
	if c := plain.Cookie(Session{Token: "t"}).String(); !strings.HasPrefix(c, "rapport_session=t") || strings.Contains(c, "Secure") || !strings.Contains(c, "HttpOnly") {
		t.Errorf("over plain http: %q", c)
	}
	if c := secure.NoCookie().String(); !strings.Contains(c, "Max-Age=0") {
		t.Errorf("removal: %q", c)
	}
}
