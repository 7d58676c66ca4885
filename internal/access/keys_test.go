package access

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		secret, key, err := b.CreateKey(b.ctx, "web shop", []string{Verified, Write}, "shop")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(secret, "rpk_") || len(secret) < 50 || !strings.HasPrefix(secret, key.Prefix) || len(key.Prefix) > 12 {
			t.Errorf("secret %q, prefix %q", secret, key.Prefix)
		}
		p, err := b.Authenticate(b.ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		ctx := With(b.ctx, p)
		if p.Source != "shop" || p.Author() != "key web shop" || !p.UserID.IsZero() || p.KeyID != key.ID {
			t.Errorf("principal %+v", p)
		}
		for verb, allowed := range map[string]bool{Read: false, Write: true, Verified: true, Track: true, Admin: false} {
			if err := b.Check(ctx, verb); (err == nil) != allowed {
				t.Errorf("Check(%s) = %v", verb, err)
			}
		}
		wantCode(t, Check(ctx, Read), crm.Forbidden)
		wantCode(t, Check(b.ctx, Read), crm.Unauthorized)

		list, err := b.Keys(b.ctx)
		if err != nil || len(list) != 1 || !list[0].LastUsed.Equal(b.now()) || !slices.Equal(list[0].Scopes, []string{Write, Verified}) {
			t.Errorf("keys %+v, %v", list, err)
		}
		if err := b.RevokeKey(b.ctx, key.ID); err != nil {
			t.Fatal(err)
		}
		_, err = b.Authenticate(b.ctx, secret)
		wantCode(t, err, crm.Unauthorized)
		wantCode(t, b.Valid(ctx), crm.Unauthorized)
		wantCode(t, b.RevokeKey(b.ctx, key.ID), crm.NotFound)
	})
}

func TestRevokedElsewhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		secret, key, err := b.CreateKey(b.ctx, "k", []string{Read}, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Authenticate(b.ctx, secret); err != nil {
			t.Fatal(err)
		}
		if err := New(db, b.now).RevokeKey(b.ctx, key.ID); err != nil { // another process
			t.Fatal(err)
		}
		b.pass(5 * time.Second)
		_, err = b.Authenticate(b.ctx, secret)
		wantCode(t, err, crm.Unauthorized)
	})
}

func TestLastUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	secret, _, err := b.CreateKey(b.ctx, "k", []string{Read}, "")
	if err != nil {
		t.Fatal(err)
	}
	lastUsed := func() time.Time {
		t.Helper()
		if _, err := b.Authenticate(b.ctx, secret); err != nil {
			t.Fatal(err)
		}
		list, err := b.Keys(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		return list[0].LastUsed
	}
	first := lastUsed()
	for range 5 {
		b.pass(11 * time.Second)
		if got := lastUsed(); !got.Equal(first) {
			t.Fatalf("written again after %s", got.Sub(first))
		}
	}
	b.pass(11 * time.Second)
	if got := lastUsed(); !got.Equal(b.now()) {
		t.Errorf("last use is %s old", b.now().Sub(got))
	}
}

// TestReadWithoutWriting holds the writer's only connection: a key must still
// be accepted.
func TestReadWithoutWriting(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	secret, _, err := b.CreateKey(b.ctx, "k", []string{Read}, "")
	if err != nil {
		t.Fatal(err)
	}
	err = b.db.InTx(b.ctx, func(*store.Tx) error {
		_, err := b.Authenticate(b.ctx, secret)
		return err
	})
	if err != nil {
		t.Errorf("a busy writer refused a reader: %v", err)
	}
}

func TestKeyRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	for name, make := range map[string]func() error{
		"no name":       func() error { _, _, err := b.CreateKey(b.ctx, " ", []string{Read}, ""); return err },
		"forged line":   func() error { _, _, err := b.CreateKey(b.ctx, "a\r\nb", []string{Read}, ""); return err },
		"no scope":      func() error { _, _, err := b.CreateKey(b.ctx, "k", nil, ""); return err },
		"unknown scope": func() error { _, _, err := b.CreateKey(b.ctx, "k", []string{"root"}, ""); return err },
	} {
		if err := make(); crm.CodeOf(err) != crm.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, secret := range []string{"", "rpk_", "rpk_" + strings.Repeat("a", 52), "Bearer x", strings.Repeat("rpk_", 1e6)} {
		if _, err := b.Authenticate(b.ctx, secret); crm.CodeOf(err) != crm.Unauthorized {
			t.Errorf("a wrong key: %v", err)
		}
	}
}

func TestReadMarks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		user, read, unread := crm.NewID(b.now()), crm.NewID(b.now()), crm.NewID(b.now())
		at := b.now().Truncate(time.Microsecond)
		for _, when := range []time.Time{at, at.Add(-time.Hour)} { // an earlier mark changes nothing
			if err := b.MarkRead(b.ctx, user, read, when); err != nil {
				t.Fatal(err)
			}
		}
		marks, err := b.ReadMarks(b.ctx, user, []crm.ID{read, unread})
		if err != nil || len(marks) != 1 || !marks[read].Equal(at) {
			t.Errorf("marks %v, %v", marks, err)
		}
		other, err := b.ReadMarks(b.ctx, crm.NewID(b.now()), []crm.ID{read})
		if err != nil || len(other) != 0 {
			t.Errorf("another person has read: %v, %v", other, err)
		}
	})
}

func BenchmarkAuthenticate(b *testing.B) {
	s := New(storetest.SQLite(b), time.Now)
	secret, _, err := s.CreateKey(context.Background(), "k", []string{Write}, "")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Authenticate(context.Background(), secret); err != nil {
			b.Fatal(err)
		}
	}
}
