package api_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// objects says of every path of the document what its ids are, in their order.
// A path that is new must be put here, with what keeps strangers from its
// objects:
//
//	open        no sign-in is needed; a token or a password is
//	none        no ids
//	shared      everybody who has the verb sees all of them (settings, people)
//	customer    everybody sees customers; what is hidden of them is left out
//	own         the caller's own, never anybody else's
//	mail        an address
//	anything else: a thing of an inbox, hidden with it
var objects = map[string][]string{
	"/v1/session": {"open"}, "/v1/session/link": {"open"}, "/v1/setup": {"open"}, "/v1/invitations/look": {"open"}, "/v1/invitations/accept": {"open"},
	"/v1/password/ask": {"open"}, "/v1/password/reset": {"open"},

	"/v1/accuracy": {"none"}, "/v1/accuracy/labels": {"none"}, "/v1/accuracy/sample": {"none"}, "/v1/accuracy/sample/{id}": {"interaction"},
	"/v1/audit": {"none"}, "/v1/cases": {"none"}, "/v1/cases/changes": {"none"}, "/v1/cases/counts": {"none"}, "/v1/customers": {"none"}, "/v1/files": {"none"}, "/v1/health": {"none"},
	"/v1/inboxes": {"none"}, "/v1/intents": {"none"}, "/v1/intent-models": {"none"}, "/v1/intent-models/use": {"none"}, "/v1/interactions": {"none"}, "/v1/invitations": {"none"}, "/v1/journeys": {"none"},
	"/v1/keys": {"none"}, "/v1/macros": {"none"}, "/v1/me/password": {"none"}, "/v1/me/sessions": {"none"}, "/v1/me/settings": {"none"}, "/v1/mentions": {"none"}, "/v1/notifications": {"none"},
	"/v1/notifications/read": {"none"}, "/v1/policies": {"none"}, "/v1/satisfaction": {"none"}, "/v1/satisfaction/answers": {"none"}, "/v1/satisfaction/export": {"none"}, "/v1/quarantine": {"none"}, "/v1/schedules": {"none"},
	"/v1/setup/check": {"none"}, "/v1/setup/steps": {"none"}, "/v1/stream": {"none"}, "/v1/suppressions": {"none"}, "/v1/suggestions": {"none"}, "/v1/journeys/figures": {"none"}, "/v1/journeys/paths": {"none"},
	"/v1/journeys/paths/list": {"none"}, "/v1/me/prove": {"none"}, "/v1/me/name": {"none"}, "/v1/me/picture": {"none"}, "/v1/me/second-factor": {"none"}, "/v1/me/second-factor/confirm": {"none"}, "/v1/me/second-factor/recovery": {"none"},
	"/v1/second-factor": {"none"}, "/v1/taxonomy": {"none"}, "/v1/taxonomy/packs": {"none"}, "/v1/taxonomy/train": {"none"}, "/v1/taxonomy/changes": {"none"}, "/v1/taxonomy/read": {"none"}, "/v1/taxonomy/proposals": {"none"}, "/v1/taxonomy/proposals/look": {"none"},
	"/v1/numbers": {"none"}, "/v1/numbers/try": {"none"}, "/v1/numbers/{id}": {"shared"}, "/v1/products": {"none"}, "/v1/products/try": {"none"}, "/v1/products/remove": {"none"}, "/v1/vocabulary/changes": {"none"}, "/v1/vocabulary/restore": {"none"},
	"/v1/second-reader": {"none"}, "/v1/second-reader/test": {"none"},
	"/v1/taxonomy/proposals/{id}/accept": {"shared"}, "/v1/taxonomy/proposals/{id}/dismiss": {"shared"}, "/v1/taxonomy/proposals/{id}/reopen": {"shared"},
	"/v1/taxonomy/{name}": {"shared"}, "/v1/taxonomy/{name}/examples": {"shared"}, "/v1/taxonomy/{name}/examples/remove": {"shared"}, "/v1/taxonomy/{name}/merge": {"shared"},
	"/v1/taxonomy/{name}/split": {"shared"}, "/v1/taxonomy/changes/{id}/undo": {"shared"},
	"/v1/search": {"none"}, "/v1/search/suggest": {"none"}, "/v1/tags": {"none"}, "/v1/teams": {"none"}, "/v1/users": {"none"}, "/v1/views": {"none"},

	"/v1/cases/{id}": {"case"}, "/v1/cases/{id}/claim": {"case"}, "/v1/cases/{id}/forward": {"case"}, "/v1/cases/{id}/draft": {"case"}, "/v1/cases/{id}/journey": {"case"},
	"/v1/cases/{id}/mentions/{note}/archive": {"case", "note"}, "/v1/cases/{id}/merge": {"case"}, "/v1/cases/{id}/messages": {"case"}, "/v1/cases/{id}/note": {"case"},
	"/v1/cases/{id}/presence": {"case"}, "/v1/notifications/{id}": {"case"}, "/v1/cases/{id}/read": {"case"}, "/v1/cases/{id}/reply": {"case"}, "/v1/cases/{id}/split": {"case"}, "/v1/cases/{id}/summary": {"case"}, "/v1/cases/{id}/unread": {"case"},
	"/v1/changes/{id}/undo": {"change"}, "/v1/conversations/{id}": {"case"}, "/v1/conversations/{id}/interactions": {"case"},

	"/v1/customers/{id}": {"customer"}, "/v1/customers/{id}/calls": {"customer"}, "/v1/customers/{id}/changes": {"customer"}, "/v1/customers/{id}/facts": {"customer"}, "/v1/customers/{id}/journeys": {"customer"},
	"/v1/customers/{id}/merge": {"customer"}, "/v1/customers/{id}/merge-preview": {"customer"}, "/v1/customers/{id}/never-link": {"customer"},
	"/v1/customers/{id}/satisfaction": {"customer"}, "/v1/customers/{id}/read": {"customer"}, "/v1/customers/{id}/related": {"customer"}, "/v1/customers/{id}/timeline": {"customer"},
	"/v1/customers/{id}/facts/{fact}": {"customer", "fact"}, "/v1/customers/{id}/facts/{fact}/restore": {"customer", "fact"},

	"/v1/inboxes/discover": {"none"}, "/v1/inboxes/{id}/oauth/start": {"inbox"}, "/v1/inboxes/{id}/test": {"inbox"}, "/v1/inboxes/{id}/test/{run}": {"inbox"},
	"/v1/inboxes/{id}": {"inbox"}, "/v1/inboxes/{id}/backfill": {"inbox"}, "/v1/inboxes/{id}/health": {"inbox"}, "/v1/inboxes/{id}/look": {"inbox"},
	"/v1/inboxes/{id}/reconnect": {"inbox"}, "/v1/inboxes/{id}/simulate": {"inbox"},
	"/v1/interactions/{id}": {"interaction"}, "/v1/interactions/{id}/html": {"interaction"}, "/v1/interactions/{id}/intent": {"interaction"},
	"/v1/interactions/{id}/move": {"interaction"}, "/v1/interactions/{id}/raw": {"interaction"}, "/v1/interactions/{id}/transcription": {"interaction"},
	"/v1/interactions/{id}/attachments/{n}": {"interaction"},
	"/v1/journeys/{id}":                     {"journey"}, "/v1/journeys/{id}/merge": {"journey"}, "/v1/journeys/{id}/split": {"journey"}, "/v1/journeys/{id}/state": {"journey"}, "/v1/journeys/{id}/summary": {"journey"},
	"/v1/outgoing/{id}": {"outgoing"}, "/v1/outgoing/{id}/cancel": {"outgoing"}, "/v1/outgoing/{id}/send-now": {"outgoing"}, "/v1/outgoing/{id}/settle": {"outgoing"},
	"/v1/quarantine/{id}/discard": {"raw"}, "/v1/quarantine/{id}/raw": {"raw"}, "/v1/quarantine/{id}/retry": {"raw"},

	"/v1/invitations/{id}": {"shared"}, "/v1/keys/{id}": {"shared"}, "/v1/macros/{id}": {"shared"}, "/v1/macros/{id}/preview": {"shared"}, "/v1/merges/{id}/undo": {"shared"},
	"/v1/policies/{id}": {"shared"}, "/v1/schedules/{id}": {"shared"}, "/v1/suggestions/{id}/dismiss": {"shared"}, "/v1/suggestions/{id}/later": {"shared"}, "/v1/tags/{id}": {"shared"}, "/v1/teams/{id}": {"shared"}, "/v1/users/{id}": {"shared"},
	"/v1/users/{id}/reset-link": {"shared"}, "/v1/views/{id}": {"shared"}, "/v1/users/{id}/second-factor": {"shared"}, "/v1/users/{id}/picture": {"shared"},
	"/v1/me/sessions/{id}": {"own"}, "/v1/suppressions/{address}": {"mail"},
}

func readDocument(t *testing.T) *document {
	t.Helper()
	text, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	d := new(document)
	if err := json.Unmarshal(text, d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at puts ids into a path, and what its query can't do without.
func (o *operation) at(path string, ids ...string) string {
	path = strings.ReplaceAll(path, "{n}", "0") // a number, not an id
	for i := 0; strings.Contains(path, "{"); i++ {
		from, to := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:from] + ids[min(i, len(ids)-1)] + path[to+1:]
	}
	for _, p := range o.Parameters {
		if p.In == "query" && p.Required {
			path += "?" + p.Name + "=" + unknown
		}
	}
	return path
}

// TestIDORMatrix is row 24: every operation of the document is tried by nobody,
// by somebody whose access was taken away, by a viewer, by keys without the
// right, and with the ids of things that the caller may not see or that don't
// exist.
func TestIDORMatrix(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		d := readDocument(t)
		noRights := f.newKey("nothing", access.Verified)
		d.known = map[string]string{"other": f.plain["other case"], "journey_id": f.plain["mixed journey"], "team_id": f.team.ID.String(), "expr": "true", "include": f.plain["interaction"]}
		tried := map[string]int{}
		expect := func(what, method, path string, a *answer, codes ...int) {
			t.Helper()
			tried[what]++
			if !slices.Contains(codes, a.status) {
				t.Errorf("%s %s, %s: %d %.300s", method, path, what, a.status, a.body)
			}
		}
		for path, methods := range d.Paths {
			kinds, ok := objects[path]
			if !ok {
				t.Errorf("%s is in no row of the matrix: say in objects what its ids are", path)
				continue
			}
			for method, o := range methods {
				method := strings.ToUpper(method)
				verb := o.verb()
				if (verb == "") != (kinds[0] == "open") {
					t.Errorf("%s %s: open %v", method, path, verb == "")
				}
				if verb == "" {
					continue
				}
				body := d.body(&o, unknown)
				nothing := o.at(path, unknown)
				expect("nobody", method, path, f.send(method, nothing, "", "application/json", body), 401)
				expect("a wrong key", method, path, f.send(method, nothing, "rpk_wrong", "application/json", body), 401)
				expect("a disabled person", method, path, f.dan.raw(method, nothing, body), 401)
				expect("a key without the scope", method, path, f.send(method, nothing, noRights, "application/json", body), 403)
				if verb != access.Read && verb != access.Self {
					expect("a viewer", method, path, f.vic.raw(method, nothing, body), 403)
					expect("a key that reads", method, path, f.send(method, nothing, f.reader, "application/json", body), 403)
				}
				if verb == access.Settings || verb == access.People || verb == access.Admin {
					expect("an agent", method, path, f.bea.raw(method, nothing, body), 403)
				}
				switch kinds[0] {
				case "none", "mail":
					continue
				case "shared", "own", "customer":
				default:
					at := make([]string, len(kinds))
					for i, kind := range kinds {
						at[i] = f.secret[kind]
					}
					expect("a thing of a restricted inbox", method, path, f.adam.raw(method, o.at(path, at...), d.body(&o, f.plain[kinds[0]])), 404)
				}
				if kinds[len(kinds)-1] == "fact" {
					expect("a fact of a restricted inbox", method, path, f.adam.raw(method, o.at(path, f.secret["customer"], f.secret["fact"]), body), 404)
				}
				expect("an unknown id", method, path, f.olga.raw(method, nothing, body), 404)
			}
		}
		for path := range objects {
			if d.Paths[path] == nil {
				t.Errorf("%s is in the matrix, but no operation", path)
			}
		}
		t.Logf("tried: %v", tried)
	})
}

// raw sends a body as it is, with the person's cookie.
func (p *browser) raw(method, path string, body []byte) *answer {
	p.t.Helper()
	if body == nil {
		body = []byte("null")
	}
	return p.call(method, path, json.RawMessage(body))
}

// TestHiddenInLists reads everything that lists: nothing of a restricted inbox
// is in it for those who don't work in it, and all of it for those who do.
func TestHiddenInLists(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		customer := f.secret["customer"]
		for _, path := range []string{
			"/v1/cases?status=any", "/v1/cases?queue=all&status=any", "/v1/customers", "/v1/customers?q=jan", "/v1/customers?filter=open", "/v1/customers/" + customer,
			"/v1/customers/" + customer + "/timeline", "/v1/customers/" + customer + "/timeline?channel=mail", "/v1/customers/" + customer + "/journeys",
			"/v1/customers/" + customer + "/facts", "/v1/customers/" + customer + "/changes", "/v1/journeys", "/v1/journeys?sort=effort", "/v1/journeys?sort=waiting",
			"/v1/quarantine", "/v1/inboxes", "/v1/health", "/v1/mentions", "/v1/notifications", "/v1/cases/" + f.plain["case"], "/v1/cases/" + f.plain["case"] + "/messages",
			"/v1/journeys/" + f.plain["mixed journey"],
		} {
			for name, p := range map[string]*browser{"adam": f.adam, "bea": f.bea, "vic": f.vic} {
				a := p.call("GET", path, nil)
				if a.status != http.StatusOK {
					t.Errorf("%s as %s: %d %s", path, name, a.status, a.body)
				}
				for _, secret := range []string{"hr@halden.example", f.hidden.ID.String(), f.hidden.Source, f.secret["interaction"], f.secret["case"]} {
					if strings.Contains(string(a.body), secret) {
						t.Errorf("%s shows %s to %s: %s", path, secret, name, around(a.body, secret))
					}
				}
			}
		}
		for _, p := range []*browser{f.olga, f.hana} {
			if a := p.call("GET", "/v1/customers/"+customer+"/timeline", nil); !strings.Contains(string(a.body), "secret words of hr@halden.example") {
				t.Errorf("who works there sees nothing: %d %.300s", a.status, a.body)
			}
		}
	})
}

// around is where a secret stands in an answer.
func around(body []byte, secret string) string {
	i := strings.Index(string(body), secret)
	return string(body[max(0, i-200):min(len(body), i+100)])
}
