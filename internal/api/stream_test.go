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
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// listener reads a stream of events.
type listener struct {
	t     testing.TB
	lines *bufio.Scanner
	id    string
}

func (b *bench) listen(key, query, lastEventID string) *listener {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	b.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", b.server.URL+"/v1/stream"+query, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		b.t.Fatalf("status %d, %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	l := &listener{t: b.t, lines: bufio.NewScanner(res.Body)}
	for l.lines.Scan() && l.lines.Text() != "" { // the first block has only the place
		if id, ok := strings.CutPrefix(l.lines.Text(), "id: "); ok {
			l.id = id
		}
	}
	if l.id == "" {
		b.t.Fatal("the stream did not tell its place")
	}
	return l
}

// next reads the next event; false when the stream ended.
func (l *listener) next() (api.Change, bool) {
	l.t.Helper()
	var c api.Change
	event := ""
	for l.lines.Scan() {
		line := l.lines.Text()
		switch {
		case strings.HasPrefix(line, "id: "):
			l.id = line[4:]
		case strings.HasPrefix(line, "event: "):
			event = line[7:]
		case strings.HasPrefix(line, "data: "):
			if err := json.Unmarshal([]byte(line[6:]), &c); err != nil {
				l.t.Fatal(err)
			}
		case line == "" && event != "":
			if event != "change" {
				l.t.Errorf("event %q", event)
			}
			return c, true
		}
	}
	return c, false
}

// until reads on to the event of the interaction.
func (l *listener) until(id crm.ID) {
	l.t.Helper()
	for {
		c, ok := l.next()
		if !ok {
			l.t.Fatal("the stream ended")
		}
		if c.Type == "interaction" && c.ID == id {
			if c.CustomerID.IsZero() || c.At.IsZero() {
				l.t.Errorf("%+v", c)
			}
			return
		}
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		l := b.listen(b.reader, "", "")
		place := l.id
		post := func(id string) crm.ID {
			return as[api.Results](b.post("/v1/interactions", envelope(id, monday, "jan@postvak.example", "Jan", "Hello", "When does it start?"))).Results[0].ID
		}
		first := post("1")
		l.until(first)
		between := l.id
		second := post("2")
		l.until(second)
		b.listen(b.reader, "?after="+place, "").until(first)
		again := b.listen(b.reader, "", between)
		again.until(second)
		// A browser that comes back asks at the address it began with.
		back := b.listen(b.reader, "?after="+place, between)
		for c, ok := back.next(); ok && c.ID != second; c, ok = back.next() {
			if c.ID == first {
				t.Error("what was heard already is told again")
			}
		}
		b.listen(b.reader, "", "of another server") // begins now
		b.send("GET", "/v1/stream?after=nonsense", b.reader, "", nil).problem(422, crm.Invalid)
		b.send("GET", "/v1/stream", b.track, "", nil).problem(403, crm.Forbidden)
	})
}

// TestStreamEndsWithItsKey takes as long as a stream may outlive its right.
func TestStreamEndsWithItsKey(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	secret, key, err := b.access.CreateKey(t.Context(), "short", []string{access.Read}, "")
	if err != nil {
		t.Fatal(err)
	}
	l := b.listen(secret, "", "")
	if err := b.access.RevokeKey(t.Context(), key.ID); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if c, ok := l.next(); ok {
		t.Errorf("got %+v", c)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("the stream lived on for %v", d)
	}
}
