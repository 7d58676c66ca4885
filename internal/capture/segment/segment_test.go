package segment_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/capture/segment"
	"github.com/rapport-crm/rapport/internal/crm"
)

var received = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// bench is a handler with what it handed over.
type bench struct {
	*testing.T
	items []crm.Item
	fail  error
	h     http.Handler
}

func setup(t *testing.T) *bench {
	b := &bench{T: t}
	b.h = segment.Handler(segment.Options{
		Submit: func(_ context.Context, items []crm.Item) error {
			if b.fail == nil {
				b.items = append(b.items, items...)
			}
			return b.fail
		},
		Key: func(_ context.Context, key string) (string, error) {
			if key != "wk" {
				return "", crm.Errorf(crm.Unauthorized, "Unknown key.")
			}
			return "site", nil
		},
		Fail: func(w http.ResponseWriter, _ *http.Request, status int, err error) {
			if status == 0 {
				status = map[crm.Code]int{crm.Unauthorized: 401, crm.NotFound: 404, crm.Busy: 429, crm.Unavailable: 503, crm.Invalid: 422}[crm.CodeOf(err)]
			}
			http.Error(w, err.Error(), status)
		},
		Clock:   func() time.Time { return received },
		BaseURL: "http://127.0.0.1:8080",
	})
	return b
}

func (b *bench) send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	return w
}

// one sends an event with the key in the body and gives the contact.
func (b *bench) one(path, body string) crm.Item {
	b.Helper()
	b.items = nil
	body = strings.Replace(body, "{", `{"writeKey":"wk",`, 1)
	if w := b.send("POST", path, body, "Content-Type", "text/plain"); w.Code != 200 || w.Body.String() != `{"success":true}` {
		b.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	if len(b.items) != 1 {
		b.Fatalf("%s: %d items", path, len(b.items))
	}
	item := b.items[0]
	if item.Problem == "" {
		if err := capture.Normalise(&item.Envelope, received); err != nil {
			b.Errorf("%s breaks the contract: %v", path, err)
		}
	}
	if item.MayVerify {
		b.Error("a write key never verifies")
	}
	return item
}

func TestRoute(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{"/v1/track": "/v1/track", "/v1/t/": "/v1/t", "//v1//batch//": "/v1/batch", "/v1/m": "/v1/m",
		"/v1/projects/wk/settings": "/v1/projects/wk/settings", "/v1/projects/wk/settings/": "/v1/projects/wk/settings",
		"/v1/customers": "", "/v1": "", "/": "", "/v1/track/x": "", "/v2/track": "", "/v1/projects//settings": ""} {
		if got, ok := segment.Route(path); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", path, got, ok)
		}
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, c := range []struct {
		path, body, kind, subject, text, who string
	}{
		{"/v1/track", `{"userId":"u1","event":"Plan added","properties":{"plan":"M","price":7.5,"deep":{"x":1}}}`, "track", "Plan added", "plan: M, price: 7.5", "user_id=u1"},
		{"/v1/t", `{"userId":null,"anonymousId":"d1","event":"Plan added"}`, "track", "Plan added", "", "anonymous_id=d1"},
		{"/v1/page", `{"anonymousId":"d1","name":"Pricing","properties":{"url":"https://halden.example/pricing"}}`, "page", "Pricing", "https://halden.example/pricing", "anonymous_id=d1"},
		{"/v1/p/", `{"anonymousId":"d1","name":null,"properties":{"title":"Plans","path":"/plans"}}`, "page", "Plans", "", "anonymous_id=d1"},
		{"/v1/screen", `{"userId":17,"name":"Home"}`, "screen", "Home", "", "user_id=17"},
		{"/v1/s", `{"userId":"u1"}`, "screen", "Screen", "", "user_id=u1"},
		{"/v1/group", `{"userId":"u1","groupId":"g1","traits":{"name":"Acme"}}`, "group", "Group Acme", "name: Acme", "user_id=u1"},
		{"/v1/g", `{"userId":"u1","groupId":"g1"}`, "group", "Group g1", "", "user_id=u1"},
		{"/v1/identify", `{"userId":"u1","anonymousId":"d1","traits":{"email":"jan@postvak.example","phone":"+31612345678","firstName":"Jan","lastName":"Meijer"}}`, "identify", "Identified",
			"email: jan@postvak.example, firstName: Jan, lastName: Meijer, phone: +31612345678", "user_id=u1 anonymous_id=d1 email=jan@postvak.example phone=+31612345678"},
		{"/v1/i", `{"userId":"u1","traits":null}`, "identify", "Identified", "", "user_id=u1"},
		{"/v1/alias", `{"previousId":"d1","userId":"u1"}`, "alias", "Signed in", "", "user_id=u1 anonymous_id=d1"},
		{"//v1//a", `{"previousId":"u1","userId":"u1"}`, "alias", "Signed in", "", "user_id=u1"},
		{"/v1/track", `{"userId":"u1","event":"X","context":{"traits":{"email":"jan@postvak.example"},"locale":"nl-NL"}}`, "track", "X", "", "user_id=u1 email=jan@postvak.example"},
	} {
		item := b.one(c.path, c.body)
		e := item.Envelope
		var who []string
		for _, p := range e.Participants {
			who = append(who, string(p.Kind)+"="+p.Value)
			if p.Role != crm.From || p.Verified {
				t.Errorf("%s: %+v", c.path, p)
			}
		}
		if item.Problem != "" || e.Subject != c.subject || e.Text != c.text || strings.Join(who, " ") != c.who || string(e.Traits["segment.type"]) != `"`+c.kind+`"` {
			t.Errorf("%s %s: %q %+v", c.path, c.body, item.Problem, e)
		}
		if e.Source != "segment:site" || e.Channel != crm.Web || e.Kind != crm.KindEvent || e.Direction != crm.In || e.OccurredAt != received {
			t.Errorf("%s: %+v", c.path, e)
		}
		if e.Traits["writeKey"] != nil {
			t.Error("the write key is kept with the person")
		}
	}
	if name := b.one("/v1/identify", `{"userId":"u1","traits":{"firstName":"Jan","lastName":"Meijer"}}`).Envelope.Participants[0].Name; name != "Jan Meijer" {
		t.Errorf("name %q", name)
	}
	if e := b.one("/v1/track", `{"userId":"u1","event":"X","odd":{"a":[1]},"context":{"locale":"nl-NL"}}`).Envelope; string(e.Traits["odd"]) != `{"a":[1]}` || e.Locale != "nl-NL" {
		t.Errorf("unknown fields are kept: %+v", e)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for body, want := range map[string]time.Time{
		`{"userId":"u","event":"x","timestamp":"2026-01-01T00:00:05Z","sentAt":"2026-01-01T00:00:15Z"}`:          received.Add(-10 * time.Second),
		`{"userId":"u","event":"x","originalTimestamp":"2026-01-01T00:00:05Z","sentAt":"2026-01-01T00:00:15Z"}`:  received.Add(-10 * time.Second),
		`{"userId":"u","event":"x","timestamp":"2026-01-01T00:01:00Z","sentAt":"2026-01-01T00:00:00.000+00:00"}`: received,
		`{"userId":"u","event":"x","timestamp":"2026-01-01T00:00:05.5Z"}`:                                        time.Date(2026, 1, 1, 0, 0, 5, 5e8, time.UTC),
		`{"userId":"u","event":"x","timestamp":"yesterday"}`:                                                     received,
		`{"userId":"u","event":"x"}`: received,
	} {
		if got := b.one("/v1/track", body).Envelope.OccurredAt; !got.Equal(want) {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}

func TestSameEventSameID(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if id := b.one("/v1/track", `{"userId":"u","event":"x","messageId":"m-1"}`).Envelope.ExternalID; id != "m-1" {
		t.Errorf("id %q", id)
	}
	first := b.one("/v1/track", `{"userId":"u","event":"x","sentAt":"2026-01-01T00:00:15Z"}`).Envelope.ExternalID
	again := b.one("/v1/t", `{"event": "x", "userId":"u","sentAt":"2026-01-01T00:09:15Z"}`).Envelope.ExternalID
	other := b.one("/v1/t", `{"event":"y","userId":"u"}`).Envelope.ExternalID
	if first != again || first == other || !strings.HasPrefix(first, "sha256:") {
		t.Errorf("%s %s %s", first, again, other)
	}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	body := `{"batch":[{"type":"track","userId":"u1","event":"A","messageId":"1"},{"type":"identify","userId":"u1","messageId":"2"},
		{"type":"fly","userId":"u1","messageId":"3"},{"type":"track","event":"B","messageId":"4"},17],"context":{"locale":"de"},"sentAt":"2026-03-02T09:59:00Z"}`
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, body)
	z.Close()
	w := b.send("POST", "/v1/batch", packed.String(), "Authorization", "Basic d2s6", "Content-Encoding", "gzip", "Content-Type", "application/json")
	if w.Code != 200 || len(b.items) != 5 {
		t.Fatalf("%d %s, %d items", w.Code, w.Body, len(b.items))
	}
	for i, problem := range []bool{false, false, true, true, true} {
		if (b.items[i].Problem != "") != problem || !b.items[i].Keep || len(b.items[i].Raw) == 0 || b.items[i].Envelope.ExternalID == "" {
			t.Errorf("event %d: %+v", i, b.items[i])
		}
	}
	if b.items[0].Envelope.Locale != "de" {
		t.Error("what the batch says for all was lost")
	}
	// Out of quarantine, each reads as it did.
	for _, item := range b.items {
		e, err := segment.Parse(item.Raw, item.Envelope.Source, item.Envelope.ExternalID)
		if (err != nil) != (item.Problem != "") || err == nil && (e.Subject != item.Envelope.Subject || e.ExternalID != item.Envelope.ExternalID) {
			t.Errorf("again: %v, %+v", err, e)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	big := `{"writeKey":"wk","userId":"u","event":"x","pad":"` + strings.Repeat("x", 33<<10) + `"}`
	many := `{"writeKey":"wk","batch":[` + strings.Repeat(`{"type":"track","userId":"u","event":"x"},`, 2500) + `{"type":"track"}]}`
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 10<<20))
	z.Close()
	for _, c := range []struct {
		path, body string
		status     int
		headers    []string
	}{
		{"/v1/track", big, 400, nil},
		{"/v1/batch", `{"writeKey":"wk","batch":[` + big + `]}`, 400, nil},
		{"/v1/batch", many, 400, nil},
		{"/v1/batch", `{"writeKey":"wk","batch":"x"}`, 400, nil},
		{"/v1/batch", bomb.String(), 400, []string{"Content-Encoding", "gzip"}},
		{"/v1/batch", "no gzip", 400, []string{"Content-Encoding", "gzip"}},
		{"/v1/track", "{", 400, nil},
		{"/v1/track", "[]", 400, nil},
		{"/v1/track", "", 400, nil},
		{"/v1/track", `{"userId":"u","event":"x"}`, 401, nil},
		{"/v1/track", `{"writeKey":"other","userId":"u","event":"x"}`, 401, nil},
		{"/v1/nothing", `{}`, 404, nil},
	} {
		if w := b.send("POST", c.path, c.body, c.headers...); w.Code != c.status {
			t.Errorf("%s %.40s: %d, want %d", c.path, c.body, w.Code, c.status)
		}
	}
	if len(b.items) != 0 {
		t.Errorf("%d items came through", len(b.items))
	}
	if w := b.send("POST", "/v1/batch", `{"writeKey":"wk","batch":[]}`); w.Code != 200 {
		t.Errorf("an empty batch: %d", w.Code)
	}
	for err, status := range map[crm.Code]int{crm.Busy: 429, crm.Unavailable: 503} {
		b.fail = crm.Errorf(err, "later")
		if w := b.send("POST", "/v1/track", `{"writeKey":"wk","userId":"u","event":"x"}`); w.Code != status {
			t.Errorf("%s: %d", err, w.Code)
		}
	}
}

func TestBrowsers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := b.send("OPTIONS", "/v1/track", "", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST")
	if w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	w = b.send("GET", "/v1/projects/wk/settings", "")
	var s struct {
		Integrations map[string]map[string]string `json:"integrations"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || s.Integrations["Segment.io"]["apiKey"] != "wk" ||
		s.Integrations["Segment.io"]["apiHost"] != "127.0.0.1:8080/v1" || s.Integrations["Segment.io"]["protocol"] != "http" {
		t.Errorf("settings: %v %s", err, w.Body)
	}
	if w := b.send("GET", "/v1/projects/other/settings", ""); w.Code != 401 {
		t.Errorf("settings of an unknown key: %d", w.Code)
	}
	if w := b.send("GET", "/v1/track", ""); w.Code == 200 {
		t.Error("GET sent an event")
	}
}

func FuzzCollect(f *testing.F) {
	f.Add("track", `{"writeKey":"wk","userId":"u","event":"x","properties":{"a":1},"timestamp":"2026-01-01T00:00:05Z","sentAt":"2026-01-01T00:00:15Z"}`)
	f.Add("batch", `{"writeKey":"wk","batch":[{"type":"identify","userId":"u","traits":{"email":"a@b.example"}},null,7,{"type":"alias","previousId":"x"}]}`)
	f.Add("page", `{"writeKey":"wk","anonymousId":1e400,"context":[],"properties":"x"}`)
	f.Add("group", "{\"writeKey\":\"wk\",\"userId\":\"\\u0000\xff\",\"traits\":{\"name\":\"\\ud800\"}}")
	f.Fuzz(func(t *testing.T, call, body string) {
		if _, ok := segment.Route("/v1/" + call); !ok || strings.ContainsAny(call, " ?#%\x00") {
			return
		}
		b := setup(t)
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/v1/batch", strings.NewReader(body))
		r.URL.Path = "/v1/" + call
		w := httptest.NewRecorder()
		b.h.ServeHTTP(w, r)
		if w.Code != 200 && len(b.items) > 0 {
			t.Errorf("status %d, but items were taken", w.Code)
		}
		for _, item := range b.items {
			if item.Envelope.ExternalID == "" || item.Envelope.Source != "segment:site" || len(item.Raw) == 0 {
				t.Errorf("%+v", item)
			}
			if _, err := json.Marshal(item.Envelope.Traits); err != nil {
				t.Errorf("traits: %v", err)
			}
		}
	})
}
