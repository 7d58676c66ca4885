package e2e

import (
	"net/http"
	"net/http/cookiejar"
	"strconv"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// TestErrorContract wants the right status and a problem document for
// everything that goes wrong.
func TestErrorContract(t *testing.T) {
	beside(t)
	s, c := serving(t, "read,write,verified")
	nobody, wrong := s.client(""), s.client("rpk_wrong")
	reader := s.client(s.place.key(t, "reader", "read"))
	writer := s.client(s.place.key(t, "writer", "write"))
	item := newCrowd("errors", 2, 6).next()
	missing := crm.NewID(start).String()

	for _, x := range []*client{nobody, wrong} {
		for _, path := range []string{"/v1/customers", "/v1/journeys", "/v1/quarantine", "/v1/customers/" + missing, "/v1/stream"} {
			x.wantProblem(x.do("GET", path, nil), 401, crm.Unauthorized)
		}
		x.wantProblem(x.do("POST", "/v1/interactions", item), 401, crm.Unauthorized)
	}
	reader.wantProblem(reader.do("POST", "/v1/interactions", item), 403, crm.Forbidden)
	reader.wantProblem(reader.do("POST", "/v1/customers/"+missing+"/merge", map[string]any{"customer_id": missing}), 403, crm.Forbidden)
	writer.wantProblem(writer.do("GET", "/v1/customers", nil), 403, crm.Forbidden)
	c.wantProblem(c.do("GET", "/v1/keys", nil), 403, crm.Forbidden)
	for _, path := range []string{"/v1/nothing", "/v1/customers/" + missing, "/v1/customers/" + missing + "/timeline", "/v1/customers/" + missing + "/journeys",
		"/v1/journeys/" + missing, "/v1/interactions/" + missing} {
		c.wantProblem(c.do("GET", path, nil), 404, crm.NotFound)
	}
	c.wantProblem(c.do("POST", "/v1/merges/"+missing+"/undo", nil), 404, crm.NotFound)
	for _, path := range []string{"/v1/customers/not-an-id", "/v1/customers?limit=0", "/v1/customers?limit=many", "/v1/customers?cursor=x", "/v1/customers?filter=odd"} {
		c.wantProblem(c.do("GET", path, nil), 422, crm.Invalid)
	}
	if a := c.do("DELETE", "/v1/customers", nil); a.status != http.StatusMethodNotAllowed && a.status != http.StatusNotFound {
		t.Errorf("an operation that is not there: %d", a.status)
	}

	// A key that was revoked in another process ends within seconds.
	code, out, errs := rapport(t, s.place, "keys", "list", "--json")
	list := lastJSON[page[struct {
		ID   crm.ID `json:"id"`
		Name string `json:"name"`
	}]](t, out)
	if code != 0 || len(list.Items) != 3 {
		t.Fatalf("keys list: %d %s %s", code, out, errs)
	}
	for _, k := range list.Items {
		if k.Name == "reader" {
			if code, _, errs := rapport(t, s.place, "keys", "revoke", k.ID.String()); code != 0 {
				t.Fatalf("revoke: %s", errs)
			}
		}
	}
	eventually(t, "the revoked key ends", func() bool { return reader.do("GET", "/v1/customers", nil).status == 401 })
	if a := c.do("GET", "/v1/customers", nil); a.status != 200 {
		t.Errorf("another key ends too: %d", a.status)
	}
}

// TestOpenAPI wants a document of version 3.1 that names the operations of the
// contract.
func TestOpenAPI(t *testing.T) {
	beside(t)
	s, c := serving(t, "read")
	a := c.do("GET", "/openapi.json", nil)
	if !strings.Contains(a.header.Get("Content-Type"), "json") {
		t.Errorf("content type %s", a.header.Get("Content-Type"))
	}
	doc := decode[struct {
		Version string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string         `json:"operationId"`
			Responses   map[string]any `json:"responses"`
		} `json:"paths"`
	}](t, a)
	if !strings.HasPrefix(doc.Version, "3.1") {
		t.Errorf("OpenAPI %s", doc.Version)
	}
	for path, method := range map[string]string{"/v1/interactions": "post", "/v1/customers": "get", "/v1/customers/{id}": "get",
		"/v1/customers/{id}/timeline": "get", "/v1/customers/{id}/journeys": "get", "/v1/customers/{id}/merge": "post",
		"/v1/merges/{id}/undo": "post", "/v1/journeys": "get", "/v1/conversations/{id}": "get", "/v1/quarantine": "get", "/v1/stream": "get"} {
		if o := doc.Paths[path][method]; o.OperationID == "" || len(o.Responses) == 0 {
			t.Errorf("%s %s is not described", method, path)
		}
	}
	if s.SignIn == "" || s.Key != "" {
		t.Errorf("the ready line of serve: %+v", s)
	}
}

// password is good enough for an owner.
const password = "tulip-harbour-lantern-42"

// TestSetupAndSignIn claims an installation, once, and then signs in.
func TestSetupAndSignIn(t *testing.T) {
	beside(t)
	p := newPlace(t, "")
	if code, _, errs := rapport(t, p, "serve", "--listen", "0.0.0.0:0", "--json"); code == 0 || !strings.Contains(errs, "nobody owns") {
		t.Errorf("it listens to everybody before it has an owner: exit %d, %s", code, errs)
	}
	s := boot(t, p, "serve")
	c := s.person()
	c.wantProblem(c.do("GET", "/v1/session", nil, "Host", "rapport.firm.example"), 403, crm.Forbidden)
	setup, token, ok := strings.Cut(s.SignIn, "#t=")
	if !ok || setup != s.URL+"/setup" {
		t.Fatalf("the setup link is %s", s.SignIn)
	}
	claim := func(token, password string) map[string]any {
		return map[string]any{"token": token, "firm": "Firm", "own": []string{"firm.example"}, "name": "Ann", "email": "ann@firm.example", "password": password}
	}
	c.wantProblem(c.do("POST", "/v1/setup", claim("wrong", password)), 401, crm.Unauthorized)
	c.wantProblem(c.do("POST", "/v1/setup", claim(token, "short")), 422, crm.Invalid)
	c.wantProblem(c.do("POST", "/v1/setup", claim(token, "password123456")), 422, crm.Invalid)
	if me := ask[map[string]any](c, "POST", "/v1/setup", claim(token, password)); me["signed_in"] != true {
		t.Errorf("after setup: %v", me)
	}
	second := s.person()
	if a := second.do("POST", "/v1/setup", claim(token, password)); a.status/100 == 2 {
		t.Error("the setup link works twice")
	}
	if me := ask[map[string]any](c, "GET", "/v1/session", nil); me["signed_in"] != true || me["needs_setup"] != false || me["email"] != "ann@firm.example" {
		t.Errorf("the session: %v", me)
	}
	if a := c.do("GET", "/v1/customers", nil); a.status != 200 {
		t.Errorf("a person who signed in reads: %d", a.status)
	}

	// A page of another site that makes the browser post.
	for _, from := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		c.wantProblem(c.do("POST", "/v1/interactions", newCrowd("csrf", 2, 1).next(), from...), 403, crm.Forbidden)
		second.wantProblem(second.do("POST", "/v1/session", map[string]any{"email": "ann@firm.example", "password": password}, from...), 403, crm.Forbidden)
	}
	if a := c.do("POST", "/v1/interactions", newCrowd("csrf", 2, 1).next(), "Sec-Fetch-Site", "same-origin", "Origin", s.URL); a.status != 200 {
		t.Errorf("our own page posts: %d %s", a.status, a.body)
	}

	// Sessions live on the server: they survive a kill, and end when one signs out.
	s.kill()
	s = boot(t, p, "serve")
	c.base, second.base = s.URL, s.URL
	if strings.Contains(s.SignIn, "#t=") {
		t.Errorf("there is an owner, and still a setup link: %s", s.SignIn)
	}
	if a := c.do("GET", "/v1/customers", nil); a.status != 200 {
		t.Errorf("the session after a kill: %d", a.status)
	}
	if a := c.do("DELETE", "/v1/session", nil); a.status/100 != 2 {
		t.Errorf("sign-out: %d", a.status)
	}
	c.wantProblem(c.do("GET", "/v1/customers", nil), 401, crm.Unauthorized)
	if me := ask[map[string]any](second, "POST", "/v1/session", map[string]any{"email": "Ann@Firm.example", "password": password}); me["signed_in"] != true {
		t.Errorf("sign-in: %v", me)
	}
	limited(t, s)
}

// limited guesses passwords until it is told to wait.
func limited(t *testing.T, s *server) {
	t.Helper()
	c := s.person()
	for n := 1; ; n++ {
		a := c.do("POST", "/v1/session", map[string]any{"email": "ann@firm.example", "password": "guess-" + strconv.Itoa(n)})
		if a.status == http.StatusTooManyRequests {
			if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait < 1 {
				t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
			}
			t.Logf("limited after %d wrong passwords", n-1)
			return
		}
		c.wantProblem(a, 401, crm.Unauthorized)
		if n > 40 {
			t.Fatal("wrong passwords are not limited")
		}
	}
}

// person is a client that keeps cookies, as a browser does.
func (s *server) person() *client {
	c := s.client("")
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c.http.Jar = jar
	return c
}
