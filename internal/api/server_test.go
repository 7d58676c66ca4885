package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// bench is a running API over real parts, with keys of several scopes.
type bench struct {
	t       testing.TB
	db      *store.DB
	access  *access.Service
	engine  *flow.Engine
	server  *httptest.Server
	log     *syncBuffer
	key     string // read, write, verified
	reader  string // read
	track   string // track
	admin   string
	inboxes *inboxes.Service
	desk    *desk.Service
	later   atomic.Int64 // how much later than a week after monday it is
}

// syncBuffer takes log lines from many goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// setup makes one; without options it is for this machine only, as a demo is.
func setup(t testing.TB, db *store.DB, options ...access.Option) *bench {
	t.Helper()
	if len(options) == 0 {
		options = append(options, access.LoopbackOnly())
	}
	ctx := context.Background()
	b := &bench{t: t, db: db, log: new(syncBuffer)}
	log := slog.New(slog.NewJSONHandler(b.log, nil))
	clock := func() time.Time { return monday.Add(7*24*time.Hour + time.Duration(b.later.Load())) }
	b.access = access.New(db, clock, append(options, access.Log(log),
		access.Audit(func(ctx context.Context, tx *store.Tx, author, verb, object, details string) error {
			return records.Audit(ctx, tx, clock(), author, verb, object, details)
		}))...)
	reader, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b.inboxes = inboxes.New(db, clock, keys)
	b.desk = desk.New(db, clock, b.inboxes)
	b.engine, err = flow.New(db, flow.Options{Clock: clock, Reader: reader, Region: "NL", Desk: b.desk, Log: log, Parsers: map[string]flow.Parser{"application/json": api.ParseJSON}})
	if err != nil {
		t.Fatal(err)
	}
	hub := live.New(db)
	hub.Presence = b.desk.Presence
	running, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- hub.Run(running) }()
	h, err := api.New(api.Deps{DB: db, Engine: b.engine, Access: b.access, Inboxes: b.inboxes, Desk: b.desk, Outbox: act.New(db, clock), Hub: hub, Clock: clock, Log: log, Firm: func() string { return "Halden Mobile" }, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	b.server = httptest.NewServer(h)
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		b.server.CloseClientConnections()
		b.server.Close()
		b.engine.Close()
	})
	b.key = b.newKey("shop", access.Read, access.Write, access.Verified)
	b.reader = b.newKey("reader", access.Read)
	b.track = b.newKey("site", access.Track)
	b.admin = b.newKey("root", access.Admin)
	return b
}

func (b *bench) newKey(name string, scopes ...string) string {
	b.t.Helper()
	secret, _, err := b.access.CreateKey(context.Background(), name, scopes, "")
	if err != nil {
		b.t.Fatal(err)
	}
	return secret
}

// answer is a response that was read to its end.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

func (b *bench) send(method, path, key, contentType string, body []byte) *answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, b.server.URL+path, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return b.do(req)
}

func (b *bench) do(req *http.Request) *answer {
	b.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	out := &answer{t: b.t, status: res.StatusCode, header: res.Header}
	if out.body, err = io.ReadAll(res.Body); err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) get(path string) *answer { b.t.Helper(); return b.send("GET", path, b.key, "", nil) }

func (b *bench) post(path string, body any) *answer {
	b.t.Helper()
	data, ok := body.(string)
	if !ok {
		raw, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		data = string(raw)
	}
	return b.send("POST", path, b.key, "application/json", []byte(data))
}

// into decodes a 2xx answer.
func (a *answer) into(v any) {
	a.t.Helper()
	if a.status < 200 || a.status > 299 {
		a.t.Fatalf("status %d: %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("%v in %s", err, a.body)
	}
}

// problem checks that the answer is a problem document.
func (a *answer) problem(status int, code crm.Code) *api.Problem {
	a.t.Helper()
	p := new(api.Problem)
	if a.status != status || a.header.Get("Content-Type") != "application/problem+json" || json.Unmarshal(a.body, p) != nil || p.Code != code {
		a.t.Fatalf("status %d, %s, want a problem %d %s: %s", a.status, a.header.Get("Content-Type"), status, code, a.body)
	}
	if p.Status != status || p.Title == "" || p.Detail == "" {
		a.t.Errorf("incomplete problem: %s", a.body)
	}
	return p
}

func as[T any](a *answer) T {
	a.t.Helper()
	var v T
	a.into(&v)
	return v
}

// envelope is a mail of a person.
func envelope(id string, at time.Time, from, name, subject, text string) map[string]any {
	return map[string]any{"source": "mail:support", "external_id": id, "channel": "mail", "kind": "message", "direction": "in", "occurred_at": at,
		"participants": []map[string]any{{"role": "from", "kind": "email", "value": from, "name": name}}, "subject": subject, "text": text,
		"thread": map[string]any{"message_id": id}}
}

func each(t *testing.T, f func(b *bench)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(setup(t, db)) })
}

func TestHealthAndHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	for _, path := range []string{"/healthz", "/readyz"} {
		if a := b.send("GET", path, "", "", nil); a.status != 200 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	a := b.get("/v1/intents")
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Cross-Origin-Opener-Policy": "same-origin", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if a.header.Get("X-Request-Id") == "" {
		t.Error("no request id")
	}
	if list := as[api.Page[api.Intent]](a); len(list.Items) < 60 {
		t.Errorf("%d intents", len(list.Items))
	}
	b.get("/v1/nothing").problem(404, crm.NotFound)
	b.send("PATCH", "/v1/customers", b.key, "", nil).problem(404, crm.NotFound)
	b.send("GET", "/v1/customers", "", "", nil).problem(401, crm.Unauthorized)
	b.send("GET", "/v1/customers", b.track, "", nil).problem(403, crm.Forbidden)
	b.send("POST", "/v1/interactions", b.reader, "application/json", []byte("{}")).problem(403, crm.Forbidden)
	b.send("GET", "/v1/customers", "wrong", "", nil).problem(401, crm.Unauthorized)
	b.get("/v1/customers?cursor=xx").problem(422, crm.Invalid)
	b.get("/v1/customers?limit=0").problem(422, crm.Invalid)
	b.get("/v1/customers?limit=1000").problem(422, crm.Invalid)
	b.get("/v1/customers/xx").problem(422, crm.Invalid)
	b.get("/v1/customers/0190163d-8694-739b-aea5-966c26f8ad91").problem(404, crm.NotFound)
	b.get("/v1/interactions/0190163d-8694-739b-aea5-966c26f8ad91").problem(404, crm.NotFound)
	b.get("/v1/journeys/0190163d-8694-739b-aea5-966c26f8ad91").problem(404, crm.NotFound)
	b.get("/v1/conversations/0190163d-8694-739b-aea5-966c26f8ad91").problem(404, crm.NotFound)
	if strings.Contains(b.log.String(), "request failed") {
		t.Errorf("an outsider's mistake is no failure of ours: %s", b.log)
	}
}
