package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		first := b.claim(t)
		_, wrong := b.SignIn(b.ctx, "olga@firm.example", "not the password", "", thisMachine)
		_, unknown := b.SignIn(b.ctx, "nobody@firm.example", goodPassword, "", thisMachine)
		_, nonsense := b.SignIn(b.ctx, "no address", goodPassword, "", thisMachine)
		wantCode(t, wrong, crm.Unauthorized)
		if wrong == nil || unknown == nil || nonsense == nil || wrong.Error() != unknown.Error() || wrong.Error() != nonsense.Error() {
			t.Errorf("the answers differ: %v / %v / %v", wrong, unknown, nonsense)
		}
		second, err := b.SignIn(b.ctx, " OLGA@firm.example", goodPassword, "", thisMachine)
		if err != nil {
			t.Fatal(err)
		}
		if second.Token == first.Token || len(second.Token) != 43 {
			t.Errorf("the session's token is %d characters", len(second.Token))
		}
		if !b.live(first) || !b.live(second) {
			t.Error("two sign-ins of one person don't live side by side")
		}
		if err := b.SignOut(b.signedIn(t, first)); err != nil || b.live(first) || !b.live(second) {
			t.Errorf("sign-out: %v", err)
		}
		if err := b.SignOutEverywhere(b.ctx, second.User.ID); err != nil || b.live(second) {
			t.Errorf("sign-out everywhere: %v", err)
		}
	})
}

// TestFixation signs in on a browser that already holds a session, such as one
// that somebody planted: it ends, and the new one has a new value.
func TestFixation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		planted := b.claim(t)
		fresh, err := b.SignIn(b.signedIn(t, planted), "olga@firm.example", goodPassword, "", thisMachine)
		if err != nil {
			t.Fatal(err)
		}
		if fresh.Token == planted.Token || b.live(planted) || !b.live(fresh) {
			t.Error("the session that the browser came with still lives")
		}
	})
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		idle := b.claim(t)
		b.pass(sessionIdle - time.Second)
		if !b.live(idle) { // this use counts
			t.Fatal("the session ended early")
		}
		b.pass(sessionIdle - time.Second)
		if !b.live(idle) {
			t.Fatal("use did not prolong the session")
		}
		b.pass(sessionIdle)
		if b.live(idle) {
			t.Error("an idle session lives on")
		}
		used, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, "", thisMachine)
		if err != nil {
			t.Fatal(err)
		}
		for range 13 {
			b.pass(11 * time.Hour)
			if !b.live(used) {
				t.Fatal("a used session ended before its absolute life")
			}
		}
		b.pass(26 * time.Hour)
		if b.live(used) {
			t.Error("a session outlived its absolute life")
		}
	})
}

func TestDisabledAndResetEndSessions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		session := b.claim(t)
		ctx := b.signedIn(t, session)
		if err := b.Valid(ctx); err != nil {
			t.Fatal(err)
		}
		if err := b.SetPassword(b.ctx, "olga@firm.example", "another quiet river"); err != nil {
			t.Fatal(err)
		}
		wantCode(t, b.Valid(ctx), crm.Unauthorized)
		_, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, "", thisMachine)
		wantCode(t, err, crm.Unauthorized)
		session, err = b.SignIn(b.ctx, "olga@firm.example", "another quiet river", "", thisMachine)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.SetDisabled(b.ctx, "olga@firm.example", true); err != nil || b.live(session) {
			t.Errorf("disable: %v", err)
		}
		_, err = b.SignIn(b.ctx, "olga@firm.example", "another quiet river", "", thisMachine)
		wantCode(t, err, crm.Unauthorized)
		wantCode(t, b.SetPassword(b.ctx, "nobody@firm.example", goodPassword), crm.NotFound)
	})
}

func TestBruteForceOfOneAccount(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	b.claim(t)
	limited := 0
	for i := range accountBurst + 3 { // from many addresses
		_, err := b.SignIn(b.ctx, "olga@firm.example", "guess number "+fmt.Sprint(i), "", fmt.Sprintf("192.0.2.%d", i))
		if crm.CodeOf(err) == crm.Busy {
			limited++
		}
	}
	if limited != 3 {
		t.Errorf("%d of 3 tries past the limit were stopped", limited)
	}
	// The limit must not tell which accounts exist.
	for i := range accountBurst + 1 {
		_, err := b.SignIn(b.ctx, "nobody@firm.example", "x", "", fmt.Sprintf("198.51.100.%d", i))
		if want := crm.Unauthorized; i == accountBurst {
			wantCode(t, err, crm.Busy)
		} else {
			wantCode(t, err, want)
		}
	}
	b.pass(accountEvery)
	if _, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, "", "203.0.113.1"); err != nil {
		t.Errorf("after a minute the owner still can't come in: %v", err)
	}
}

func TestCredentialStuffingFromOneAddress(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	limited := 0
	for i := range peerBurst + 5 { // addresses of one IPv6 customer are one peer
		_, err := b.SignIn(b.ctx, fmt.Sprintf("user%d@firm.example", i), "x", "", fmt.Sprintf("2001:db8:1:2::%x", i))
		if crm.CodeOf(err) == crm.Busy {
			limited++
		}
	}
	if limited != 5 {
		t.Errorf("%d of 5 tries past the limit were stopped", limited)
	}
	if !strings.Contains(b.log.String(), "sign-in limited") {
		t.Error("limits are not logged")
	}
}

// TestUnknownAccountTakesAsLong compares the work, not the wall clock: both
// paths must compute one hash of the same cost.
func TestUnknownAccountTakesAsLong(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	b.claim(t)
	row, err := b.db.Read().UserByEmail(b.ctx, "olga@firm.example")
	if err != nil {
		t.Fatal(err)
	}
	cost := func(hash string) string { return strings.Join(strings.Split(hash, "$")[:4], "$") }
	if cost(row.Password) != cost(b.decoy) || len(row.Password) != len(b.decoy) {
		t.Errorf("a real hash costs %s, the decoy %s", cost(row.Password), cost(b.decoy))
	}
	// Hold the only place in which hashes are made: a sign-in that skips the hash
	// would answer, one that makes it waits until its caller leaves.
	b.hashing <- struct{}{}
	ctx, cancel := context.WithTimeout(b.ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := b.SignIn(ctx, "nobody@firm.example", "x", "", thisMachine); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an unknown account was answered without a hash: %v", err)
	}
}

func TestSignInLink(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db, LoopbackOnly())
		owner := b.claim(t)
		token, err := b.NewSignInLink(b.ctx, owner.User.ID)
		if err != nil {
			t.Fatal(err)
		}
		for range 50 { // reusable, also past the limit of an address
			if _, err := b.SignInWithLink(b.ctx, token, "::1"); err != nil {
				t.Fatal(err)
			}
		}
		_, err = b.SignInWithLink(b.ctx, token, "192.0.2.7")
		wantCode(t, err, crm.Unauthorized)
		_, err = b.SignInWithLink(b.ctx, token+"x", thisMachine)
		wantCode(t, err, crm.Unauthorized)
		second, err := b.NewSignInLink(b.ctx, owner.User.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.SignInWithLink(b.ctx, token, thisMachine)
		wantCode(t, err, crm.Unauthorized)
		for _, end := range []string{token, second} { // the first program of two ends late
			if _, err := b.SignInWithLink(b.ctx, second, thisMachine); err != nil {
				t.Fatal(err)
			}
			if err := b.EndSignInLink(b.ctx, end); err != nil {
				t.Fatal(err)
			}
		}
		_, err = b.SignInWithLink(b.ctx, second, thisMachine)
		wantCode(t, err, crm.Unauthorized)

		open := setup(t, db)
		_, err = open.NewSignInLink(b.ctx, owner.User.ID)
		wantCode(t, err, crm.Forbidden)
	})
}
