package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestDecodePointers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"source":7}`:        "/source",
		`{"participants":{}}`: "/participants",
		`{"participants":[{},{"role":"from","value":{}}]}`:    "/participants/1/value",
		`{"participants":[{"role":"from","verified":"yes"}]}`: "/participants/0/verified",
		`{"participants":[{"roll":"from"}]}`:                  "/participants/0/roll",
		`{"occurred_at":"yesterday"}`:                         "/occurred_at",
		`{"occurred_at":1}`:                                   "/occurred_at",
		`{"thread":{"references":"x"}}`:                       "/thread/references",
		`{"thread":{"references":[1]}}`:                       "/thread/references/0",
		`{"traits":[]}`:                                       "/traits",
		`{"attachments":[{"data":"@"}]}`:                      "/attachments/0/data",
		`{"attachments":[{"size":"x"}]}`:                      "/attachments/0/size",
		`{"a/b~c":1}`:                                         "/a~1b~0c",
		`{"zz":1,"aa":1}`:                                     "/aa",
		`7`:                                                   "",
		`null`:                                                "",
		`[]`:                                                  "",
	} {
		_, err := decodeEnvelope(json.RawMessage(body))
		if err == nil || err.Pointer != want || err.Code != crm.Invalid || err.Message == "" {
			t.Errorf("%s: %+v, want the pointer %q", body, err, want)
		}
	}
	for _, body := range []string{`{}`, `{"Source":"x"}`, `{"subject":null,"participants":null,"thread":null,"traits":{"any":{"x":[1]}}}`} {
		if _, err := decodeEnvelope(json.RawMessage(body)); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{}`, `[{"source":"x"},7]`, `{"items":[{"participants":[{"verified":1}]}]}`, `{"items":null}`, "\xef\xbb\xbf[{}]", `[[[[]]]]`, `{"a":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		items, err := splitItems(body)
		if err != nil {
			if p := problemOf(err); p.Code != crm.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		if len(items) == 0 || len(items) > maxItems {
			t.Errorf("%d items", len(items))
		}
		for _, item := range items {
			e, problem := decodeEnvelope(item)
			if problem != nil {
				if problem.Pointer != "" && problem.Pointer[0] != '/' || problem.Message == "" {
					t.Errorf("%+v", problem)
				}
				continue
			}
			if _, err := json.Marshal(e); err != nil {
				// A time can be read that can't be written; the flow replaces it.
				if y := e.OccurredAt.Year(); y >= 0 && y < 10000 {
					t.Errorf("%v", err)
				}
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(newest(listCustomers).String())
	f.Add("")
	f.Add("Yw")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := after(s, newest(listCustomers))
		if err == nil && s != "" {
			if again, err := after(c.String(), c); err != nil || again != c {
				t.Errorf("%q: %+v, %+v", s, c, again)
			}
		}
	})
}

// TestEveryCodeIsAProblem goes over the closed list.
func TestEveryCodeIsAProblem(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := &server{Deps: Deps{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	for code, status := range map[crm.Code]int{crm.Invalid: 422, crm.NotFound: 404, crm.Conflict: 409, crm.Busy: 429, crm.Unauthorized: 401,
		crm.Forbidden: 403, crm.Unavailable: 503, crm.Internal: 500} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/v1/x", nil)
		s.outside(httpFail(s, &crm.Error{Code: code, Message: "Safe to tell.", Pointer: "/x", Err: errors.New("the secret cause")})).ServeHTTP(w, r)
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Code != code || p.Status != status || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", code, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "secret") || (code == crm.Internal) != (p.Detail != "Safe to tell.") {
			t.Errorf("%s tells %s", code, w.Body)
		}
		if again := w.Header().Get("Retry-After"); (again != "") != (code == crm.Busy || code == crm.Unavailable) {
			t.Errorf("%s: Retry-After %q", code, again)
		}
		if code == crm.Internal {
			id := w.Header().Get("X-Request-Id")
			if p.Instance != "urn:request:"+id || !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "the secret cause") {
				t.Errorf("the log does not have the cause of %s: %s", p.Instance, log.String())
			}
		}
	}
	if p := problemOf(fmt.Errorf("wrapped: %w", context.DeadlineExceeded)); p.Code != crm.Unavailable {
		t.Errorf("a timeout is %s", p.Code)
	}
	log.Reset()
	w := httptest.NewRecorder()
	s.outside(httpPanic{}).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/v1/x", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "boom") || !strings.Contains(log.String(), "boom") {
		t.Errorf("a panic: %d %s, log %s", w.Code, w.Body, log.String())
	}
}
