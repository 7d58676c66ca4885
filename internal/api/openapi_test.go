package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/store/storetest"
)

var update = flag.Bool("update", false, "write docs/openapi.json")

// TestOpenAPIIsCurrent compares the served document with the committed one.
// After a change of the API run: go test ./internal/api -run OpenAPI -update
func TestOpenAPIIsCurrent(t *testing.T) {
	t.Parallel()
	const file = "../../docs/openapi.json"
	b := setup(t, storetest.SQLite(t))
	a := b.send("GET", "/openapi.json", "", "", nil)
	var got bytes.Buffer
	if a.status != 200 || json.Indent(&got, a.body, "", "  ") != nil {
		t.Fatalf("%d %s", a.status, a.body)
	}
	got.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s is not current: run go test ./internal/api -run OpenAPI -update", file)
	}
	var doc struct {
		OpenAPI string                               `json:"openapi"`
		Paths   map[string]map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(want, &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("%v, version %q", err, doc.OpenAPI)
	}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			open := strings.HasPrefix(path, "/v1/session") || path == "/v1/setup" || strings.HasPrefix(path, "/v1/password/") ||
				path == "/v1/invitations/look" || path == "/v1/invitations/accept"
			if _, secured := o["security"]; secured == open {
				t.Errorf("%s %s: open %v", method, path, open)
			}
		}
	}
	for _, path := range []string{"/v1/interactions", "/v1/customers/{id}/timeline", "/v1/stream", "/v1/merges/{id}/undo"} {
		if doc.Paths[path] == nil {
			t.Errorf("no %s", path)
		}
	}
}

// TestNothingIsOpen sends every operation of the document without credentials,
// with a revoked key, and with a key that may do nothing of it.
func TestNothingIsOpen(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	var doc struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	b.send("GET", "/openapi.json", "", "", nil).into(&doc)
	n := 0
	for path, methods := range doc.Paths {
		for method, o := range methods {
			if len(o.Security) == 0 {
				continue
			}
			n++
			at := strings.ReplaceAll(path, "{id}", "0190163d-8694-739b-aea5-966c26f8ad91")
			if strings.HasSuffix(path, "merge-preview") {
				at += "?with=0190163d-8694-739b-aea5-966c26f8ad91"
			}
			for key, want := range map[string]int{"": 401, "rk_wrong": 401, b.track: 403} {
				a := b.send(strings.ToUpper(method), at, key, "application/json", bodyFor(path))
				if a.status != want {
					t.Errorf("%s %s with key %.8q: %d %s", method, path, key, a.status, a.body)
				}
			}
		}
	}
	if n < 25 {
		t.Errorf("only %d operations were tried", n)
	}
}

// bodyFor is a body that passes the schema of the path's operation, so that
// what refuses the request is its lack of a right.
func bodyFor(path string) []byte {
	const id = `"0190163d-8694-739b-aea5-966c26f8ad91"`
	switch {
	case strings.HasSuffix(path, "/intent"):
		return []byte(`{"intent":"x"}`)
	case strings.HasSuffix(path, "/split"):
		return []byte(`{"interaction_ids":[` + id + `]}`)
	case strings.HasSuffix(path, "/state"):
		return []byte(`{"state":"open"}`)
	case strings.HasSuffix(path, "/read"):
		return []byte(`{"until":"2026-03-02T10:00:00Z"}`)
	case strings.Contains(path, "/journeys/"), strings.HasSuffix(path, "/move"):
		return []byte(`{"journey_id":` + id + `}`)
	case strings.Contains(path, "/customers/"):
		return []byte(`{"customer_id":` + id + `}`)
	case strings.HasSuffix(path, "/keys"):
		return []byte(`{"name":"x","scopes":["read"]}`)
	}
	return []byte(`{}`)
}
