package app

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
)

func demoConfig(dir string) *config.Config {
	c := config.Default()
	c.Data, c.Region = dir, demoRegion
	return &c
}

func TestDemoFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	var said bytes.Buffer
	r := &runtime{Env: Env{Stdout: &said, Stderr: &said, Clock: func() time.Time { return now }}}
	c := demoConfig(dir)
	ctx := t.Context()
	open := func(reset bool) (*demoFolder, *core) {
		t.Helper()
		f, k, err := (&demoCmd{Reset: reset}).open(ctx, r, c, r.logger(c))
		if err != nil {
			t.Fatal(err)
		}
		return f, k
	}
	raws := func(k *core) int64 {
		t.Helper()
		n, err := k.db.Read().CountRaws(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	contact := func(k *core) {
		t.Helper()
		e := crm.Envelope{Source: "mine", ExternalID: "1", Channel: crm.Chat, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: now, Text: "Hello",
			Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "me@customer.example"}}}
		if _, err := k.engine.Submit(ctx, []crm.Item{{Envelope: e, Raw: []byte("{}"), RawType: "application/json"}}); err != nil {
			t.Fatal(err)
		}
	}

	f, k := open(false)
	contact(k) // stands for the ninety days, which take a while
	f.LoadedAt, f.Raws = now, raws(k)
	if err := f.save(); err != nil {
		t.Fatal(err)
	}
	if err := f.load(ctx, r, k); err != nil || raws(k) != 1 {
		t.Fatalf("a demo that was told is told again: %v", err)
	}
	k.close()

	now = now.Add(demoFresh - time.Minute)
	f, k = open(false)
	if f.LoadedAt.IsZero() || raws(k) != 1 {
		t.Error("a fresh demo was emptied")
	}
	k.close()

	now = now.Add(2 * time.Minute)
	f, k = open(false)
	if !f.LoadedAt.IsZero() || raws(k) != 0 {
		t.Error("an old demo was kept")
	}
	contact(k)
	f.LoadedAt = now // and Raws 0: the contact is somebody's own
	if err := f.save(); err != nil {
		t.Fatal(err)
	}
	k.close()

	now = now.Add(2 * demoFresh)
	f, k = open(false)
	if f.LoadedAt.IsZero() || raws(k) != 1 || !bytes.Contains(said.Bytes(), []byte("so it is kept")) {
		t.Errorf("contacts of one's own were thrown away: %s", said.String())
	}
	k.close()
	f, k = open(true)
	if !f.LoadedAt.IsZero() || raws(k) != 0 {
		t.Error("--reset kept the demo")
	}
	k.close()
}

// TestDemoLeavesOthersAlone opens the demo where a firm's data is.
func TestDemoLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	if code, _, errs := c.run(context.Background(), "keys", "list"); code != exitDone {
		t.Fatal(errs)
	}
	for _, args := range [][]string{{"demo"}, {"demo", "--reset"}} {
		if code, _, _ := c.run(context.Background(), append(args, "--listen", "127.0.0.1:0")...); code != exitUsage {
			t.Errorf("%v: exit %d", args, code)
		}
	}
	if _, err := os.Stat(filepath.Join(c.data, "rapport.db")); err != nil {
		t.Error(err)
	}

	// The same with a database that was named by --db.
	ctx := t.Context()
	r := &runtime{Env: Env{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Clock: time.Now}}
	other := demoConfig(filepath.Join(t.TempDir(), "demo"))
	other.DB = "sqlite:" + filepath.Join(t.TempDir(), "firm.db")
	k, err := r.openCore(ctx, other, r.logger(other))
	if err != nil {
		t.Fatal(err)
	}
	defer k.close()
	if _, err := k.access.CreateUser(ctx, access.NewUser{Email: "olga@firm.example", Role: access.Owner, Password: "a quiet river at dawn"}); err != nil {
		t.Fatal(err)
	}
	f, err := openDemoFolder(other, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.load(ctx, r, k); err == nil || raws(t, k) != 0 {
		t.Errorf("the demo was told into a firm's database: %v", err)
	}
}

func raws(t *testing.T, k *core) int64 {
	t.Helper()
	n, err := k.db.Read().CountRaws(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}
