package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// TestNestedIDs is row 25: ids and fields inside of bodies. What the caller may
// not name is refused as if it did not exist, and protected fields are no
// fields.
func TestNestedIDs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		open, secret := f.plain, f.secret
		set := func(name string, v any) map[string]any {
			return map[string]any{"ids": []string{open["case"]}, "set": map[string]any{name: v}}
		}
		var seq struct{ Seq int64 }
		f.adam.call("GET", "/v1/cases/"+open["case"], nil).into(&seq)
		reply := func(more map[string]any) map[string]any {
			m := map[string]any{"if_seq": seq.Seq, "html": "<p>x</p>", "attachments": []string{}, "idempotency_key": "k"}
			for k, v := range more {
				m[k] = v
			}
			return m
		}
		for name, c := range map[string]struct {
			method, path string
			body         any
		}{
			"merge a hidden case":             {"POST", "/v1/cases/" + open["case"] + "/merge", map[string]any{"other": secret["case"]}},
			"link to a hidden journey":        {"POST", "/v1/cases/" + open["case"] + "/journey", map[string]any{"journey_id": secret["journey"]}},
			"split off a hidden contact":      {"POST", "/v1/cases/" + open["case"] + "/split", map[string]any{"interaction_ids": []string{secret["interaction"]}}},
			"mark a foreign note":             {"POST", "/v1/cases/" + open["case"] + "/mentions/" + secret["note"] + "/archive", map[string]any{}},
			"merge a hidden journey":          {"POST", "/v1/journeys/" + open["journey"] + "/merge", map[string]any{"journey_id": secret["journey"]}},
			"split a hidden contact":          {"POST", "/v1/journeys/" + open["mixed journey"] + "/split", map[string]any{"interaction_ids": []string{secret["interaction"]}}},
			"move to a hidden journey":        {"POST", "/v1/interactions/" + open["interaction"] + "/move", map[string]any{"journey_id": secret["journey"]}},
			"fact of a hidden contact":        {"POST", "/v1/customers/" + open["customer"] + "/facts", map[string]any{"text": "x", "purpose": "p", "interaction_id": secret["interaction"]}},
			"fact of somebody else's contact": {"POST", "/v1/customers/" + open["customer"] + "/facts", map[string]any{"text": "x", "purpose": "p", "interaction_id": unknown}},
			"fact with words never said":      {"POST", "/v1/customers/" + open["customer"] + "/facts", map[string]any{"text": "x", "purpose": "p", "interaction_id": open["interaction"], "quote": "never said"}},
			"fact in another's name":          {"POST", "/v1/customers/" + open["customer"] + "/facts", map[string]any{"text": "x", "purpose": "p", "author": "olga"}},
			"into a hidden inbox":             {"POST", "/v1/cases/changes", set("inbox_id", secret["inbox"])},
			"to nobody":                       {"POST", "/v1/cases/changes", set("assignee_id", unknown)},
			"to a disabled person":            {"POST", "/v1/cases/changes", set("assignee_id", f.people["dan"].ID)},
			"to no team":                      {"POST", "/v1/cases/changes", set("team_id", unknown)},
			"a tag that is none":              {"POST", "/v1/cases/changes", set("add_tags", []string{unknown})},
			"a protected field":               {"POST", "/v1/cases/changes", set("first_answer_at", "2026-03-02T10:00:00Z")},
			"reply by a hidden inbox":         {"POST", "/v1/cases/" + open["case"] + "/reply", reply(map[string]any{"inbox_id": secret["inbox"]})},
			"reply as somebody":               {"POST", "/v1/cases/" + open["case"] + "/reply", reply(map[string]any{"author_id": f.people["olga"].ID})},
			"macro for a hidden case":         {"POST", "/v1/macros/" + unknown + "/preview", map[string]any{"case_id": secret["case"]}},
			"note to a stranger":              {"POST", "/v1/cases/" + open["case"] + "/note", map[string]any{"html": "x", "mentions": []string{unknown}}},
			"role of an owner":                {"PATCH", "/v1/users/" + f.people["adam"].ID.String(), map[string]any{"role": "owner"}},
			"disable an owner":                {"PATCH", "/v1/users/" + f.people["olga"].ID.String(), map[string]any{"disabled": true}},
			"reset an owner":                  {"POST", "/v1/users/" + f.people["olga"].ID.String() + "/reset-link", nil},
			"password of a colleague":         {"PATCH", "/v1/users/" + f.people["bea"].ID.String(), map[string]any{"password": "another one of mine"}},
			"address of a colleague":          {"PATCH", "/v1/users/" + f.people["bea"].ID.String(), map[string]any{"email": "mine@evil.example"}},
			"a team that is none":             {"PATCH", "/v1/users/" + f.people["bea"].ID.String(), map[string]any{"teams": []string{unknown}}},
			"a member who is nobody":          {"POST", "/v1/teams", map[string]any{"name": "New", "members": []any{map[string]any{"user_id": unknown}}}},
			"invite an owner":                 {"POST", "/v1/invitations", map[string]any{"email": "x@halden.example", "role": "owner"}},
			"invite with an id":               {"POST", "/v1/invitations", map[string]any{"email": "x@halden.example", "role": "agent", "id": unknown}},
			"role in one's settings":          {"PATCH", "/v1/me/settings", map[string]any{"role": "owner"}},
			"keymap that is none":             {"PATCH", "/v1/me/settings", map[string]any{"keymap": map[string]string{"done": strings.Repeat("x", 100)}}},
		} {
			a := f.adam.call(c.method, c.path, c.body)
			if a.status != 403 && a.status != 404 && a.status != 422 {
				t.Errorf("%s: %d %.300s", name, a.status, a.body)
			}
		}
		// Of many cases, those that the caller may not see are skipped like those
		// that don't exist.
		a := f.adam.call("POST", "/v1/cases/changes", map[string]any{"ids": []string{secret["case"], unknown}, "set": map[string]any{"priority": 3}})
		var out struct {
			Changed []any
			Skipped []struct{ Reason string }
		}
		a.into(&out)
		if len(out.Changed) != 0 || len(out.Skipped) != 2 || out.Skipped[0].Reason != out.Skipped[1].Reason {
			t.Errorf("%s", a.body)
		}
	})
}

// TestRightRevokedWhileConnected is row 27: an open stream ends when its person
// is disabled, leaves the team, or gets another role, and shows nothing of a
// restricted inbox.
func TestRightRevokedWhileConnected(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		ctx := access.With(t.Context(), access.Operator())
		for name, change := range map[string]func(){
			"team": func() {
				if _, err := f.access.ChangeTeam(ctx, f.team.ID, access.TeamChange{Members: &[]access.Member{}}); err != nil {
					t.Error(err)
				}
			},
			"role": func() {
				viewer := access.Viewer
				if _, err := f.access.ChangeUser(ctx, f.people["bea"].ID, access.UserChange{Role: &viewer}); err != nil {
					t.Error(err)
				}
			},
			"access": func() {
				yes := true
				if _, err := f.access.ChangeUser(ctx, f.people["vic"].ID, access.UserChange{Disabled: &yes}); err != nil {
					t.Error(err)
				}
			},
		} {
			p := map[string]*browser{"team": f.hana, "role": f.bea, "access": f.vic}[name]
			ended := f.listen(p)
			change()
			select {
			case <-ended:
			case <-time.After(5 * time.Second):
				t.Errorf("the stream outlives a change of %s", name)
			}
		}
		if a := f.vic.call("GET", "/v1/customers", nil); a.status != http.StatusUnauthorized {
			t.Errorf("a disabled person reads: %d", a.status)
		}
		if a := f.bea.call("POST", "/v1/cases/"+f.plain["case"]+"/claim", map[string]any{}); a.status != http.StatusForbidden {
			t.Errorf("a viewer claims: %d", a.status)
		}
	})
}

// listen opens the stream of a person and tells when it has ended.
func (f *firm) listen(p *browser) <-chan struct{} {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	f.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.server.URL+"/v1/stream", nil)
	if err != nil {
		f.t.Fatal(err)
	}
	req.AddCookie(p.cookie)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() {
		f.t.Fatal("the stream did not begin")
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer res.Body.Close()
		for lines.Scan() {
			if strings.Contains(lines.Text(), f.secret["interaction"]) && p != f.hana {
				f.t.Error("the stream tells of a restricted inbox")
			}
		}
	}()
	return ended
}

// TestInvitationByAPI walks an invitation from its link to the first page.
func TestInvitationByAPI(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		made := as[api.NewInvitation](f.adam.call("POST", "/v1/invitations", map[string]any{"email": "New@Halden.example", "role": "agent", "functions": []string{"care"}, "teams": []crm.ID{f.team.ID}}))
		_, token, ok := strings.Cut(made.Link, "#t=")
		if !ok || made.Mailed || len(token) != 43 {
			t.Fatalf("%+v", made)
		}
		f.bea.call("POST", "/v1/invitations", map[string]any{"email": "x@halden.example", "role": "agent"}).problem(403, crm.Forbidden)
		guest := &browser{bench: f.bench}
		// Whoever fetches the link ahead of the person uses nothing up.
		for range 3 {
			look := as[api.InvitationLook](guest.call("POST", "/v1/invitations/look", map[string]any{"token": token}))
			if look.Email != "new@halden.example" || look.Role != access.Agent || look.Firm != "Halden Mobile" {
				t.Errorf("%+v", look)
			}
		}
		guest.call("POST", "/v1/invitations/accept", map[string]any{"token": token, "password": "12345678"}).problem(422, crm.Invalid)
		s := as[api.Session](guest.call("POST", "/v1/invitations/accept", map[string]any{"token": token, "name": "Nel", "password": agreed}))
		if !s.SignedIn || s.Name != "Nel" || s.Role != access.Agent || len(s.Teams) != 1 {
			t.Errorf("%+v", s)
		}
		(&browser{bench: f.bench}).call("POST", "/v1/invitations/accept", map[string]any{"token": token, "password": agreed}).problem(401, crm.Unauthorized)
		// The audit trail has it, without the secret.
		trail := f.adam.call("GET", "/v1/audit", nil)
		if !strings.Contains(string(trail.body), "invitation accepted") || strings.Contains(string(trail.body), token) || strings.Contains(f.log.String(), token) {
			t.Errorf("%s", trail.body)
		}
		again := as[api.NewInvitation](f.adam.call("POST", "/v1/invitations", map[string]any{"email": "other@halden.example", "role": "viewer"}))
		if a := f.adam.call("DELETE", "/v1/invitations/"+again.ID.String(), nil); a.status != http.StatusNoContent {
			t.Errorf("%d %s", a.status, a.body)
		}
		_, token, _ = strings.Cut(again.Link, "#t=")
		guest.call("POST", "/v1/invitations/look", map[string]any{"token": token}).problem(401, crm.Unauthorized)
	})
}

// TestFirstSteps walks the checklist and looks at the address from here.
func TestFirstSteps(t *testing.T) {
	t.Parallel()
	f := newFirm(t, storetest.SQLite(t))
	state := as[api.SetupState](f.olga.call("GET", "/v1/setup/steps", nil))
	at := func(name string) string {
		for _, s := range state.Steps {
			if s.Name == name {
				return s.State
			}
		}
		return ""
	}
	if at("owner") != "done" || at("mailbox") != "done" || at("team") != "done" || at("base_url") != "todo" || at("widget") != "todo" || state.Done {
		t.Errorf("%+v", state)
	}
	f.olga.call("PUT", "/v1/setup/steps", map[string]any{"base_url": "https://crm.example/path"}).problem(422, crm.Invalid)
	f.olga.call("PUT", "/v1/setup/steps", map[string]any{"base_url": "javascript:alert(1)"}).problem(422, crm.Invalid)
	f.olga.call("PUT", "/v1/setup/steps", map[string]any{"base_url": f.server.URL + "/"})
	state = as[api.SetupState](f.olga.call("PUT", "/v1/setup/steps", map[string]any{"name": "widget", "skipped": true}))
	if at("widget") != "skipped" || at("base_url") != "done" || !state.Done || state.BaseURL != f.server.URL {
		t.Errorf("%+v", state)
	}
	check := func(base string) map[string]bool {
		out := map[string]bool{}
		for _, c := range as[api.Page[api.SetupCheck]](f.olga.call("POST", "/v1/setup/check", map[string]any{"base_url": base})).Items {
			out[c.Name] = c.OK
		}
		return out
	}
	if got := check(f.server.URL); !got["reachable"] || !got["host"] || !got["proxy"] || !got["https"] {
		t.Errorf("its own address: %v", got)
	}
	if got := check("http://127.0.0.1:1"); got["reachable"] {
		t.Errorf("an address where nothing listens: %v", got)
	}
	// Row 30: a forged Host changes no link.
	a := f.olga.call("POST", "/v1/users/"+f.people["bea"].ID.String()+"/reset-link", nil, "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example")
	if link := as[api.ResetLink](a).Link; !strings.HasPrefix(link, f.server.URL+"/password#t=") {
		t.Errorf("the link leads to %s", link)
	}
}

// TestFactsAndChanges writes a fact down, takes it back and reads what changed.
func TestFactsAndChanges(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		at := "/v1/customers/" + f.plain["customer"]
		fact := as[api.Fact](f.bea.call("POST", at+"/facts", map[string]any{"text": "Prefers calls\r\nafter six", "purpose": "Reaching them", "topic": "calls"}))
		if fact.Text != "Prefers calls  after six" || fact.Author != "bea" || fact.ExpiresAt.IsZero() {
			t.Errorf("%+v", fact)
		}
		texts := func() string {
			list, err := json.Marshal(as[api.Page[api.Fact]](f.bea.call("GET", at+"/facts", nil)).Items)
			if err != nil {
				t.Fatal(err)
			}
			return string(list)
		}
		if !strings.Contains(texts(), "Prefers") {
			t.Error("the fact is not listed")
		}
		if a := f.bea.call("DELETE", at+"/facts/"+fact.ID.String(), nil); a.status != http.StatusNoContent || strings.Contains(texts(), "Prefers") {
			t.Errorf("removed: %d %s", a.status, texts())
		}
		if f.bea.call("POST", at+"/facts/"+fact.ID.String()+"/restore", nil); !strings.Contains(texts(), "Prefers") {
			t.Error("it did not come back")
		}
		f.bea.call("POST", at+"/facts", map[string]any{"text": "x", "purpose": "p", "expires_at": "2020-01-01T00:00:00Z"}).problem(422, crm.Invalid)
		f.bea.call("POST", "/v1/interactions/"+f.plain["interaction"]+"/intent", map[string]any{"intent": "none"})
		f.bea.call("POST", "/v1/journeys/"+f.plain["mixed journey"]+"/state", map[string]any{"state": "resolved"})
		kinds := map[string]int{}
		for _, c := range as[api.Page[api.CustomerChange]](f.bea.call("GET", at+"/changes", nil)).Items {
			kinds[c.Kind]++
			if c.Author == "" || c.Text == "" {
				t.Errorf("%+v", c)
			}
		}
		if kinds["fact"] < 2 || kinds["fact_removed"] != 1 || kinds["intent"] != 1 || kinds["state"] != 1 {
			t.Errorf("%v", kinds)
		}
	})
}
