package webchat_test

import (
	"context"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// Attacks 27 and 28: sockets from other pages, tickets twice, inboxes that close.
func TestSockets(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	v := b.begin("", "")
	b.write(text(v["session"]), "m1", "Hello")
	_, out := b.call("POST", b.inbox.ID, "/ticket", text(v["session"]), nil)
	for _, origin := range []string{"https://evil.example", "", "null", b.url + ".evil.example"} {
		c, res, err := b.socket(text(out["ticket"]), origin, 0)
		if err == nil {
			c.CloseNow()
		}
		if err == nil || res == nil || res.StatusCode != 403 {
			t.Errorf("Origin %q: %v", origin, err)
		}
	}
	c, _, err := b.socket(text(out["ticket"]), b.url, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	for _, tok := range []string{text(out["ticket"]), text(v["session"]), "", "x"} {
		second, res, err := b.socket(tok, b.url, 0)
		if err == nil {
			second.CloseNow()
		}
		if err == nil || res == nil || res.StatusCode != 401 {
			t.Errorf("a ticket that does not count: %v", err)
		}
	}
	b.next(c, "message")
	if err := b.boxes.SetState(t.Context(), b.inbox.ID, inboxes.Paused); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	start := time.Now()
	for err == nil {
		_, _, err = c.Read(ctx)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("a socket of a paused inbox ended after %s", d)
	}
}
