package access

import (
	"context"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// sealed lets the bundle keep secrets.
func (b *bundle) sealed(t *testing.T) {
	t.Helper()
	keys, err := inboxes.ParseKeys(strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	b.SealWith(keys)
}

// app is an authenticator app.
type app struct {
	b      *bundle
	secret []byte
}

func (a app) code() string { return hotp(a.secret, stepAt(a.b.now()), codeDigits) }

// enrol turns a second factor on and gives the app, the recovery codes and the
// session that goes on.
func (b *bundle) enrol(t *testing.T, session Session) (app, []string, Session) {
	t.Helper()
	ctx := b.signedIn(t, session)
	f, err := b.StartFactor(ctx)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(f.Secret)
	if err != nil || len(secret) != secretSize {
		t.Fatalf("secret of %d bytes, %v", len(secret), err)
	}
	a := app{b, secret}
	_, _, err = b.ConfirmFactor(ctx, "000000x")
	wantCode(t, err, crm.Invalid)
	codes, next, err := b.ConfirmFactor(ctx, " "+a.code()[:3]+" "+a.code()[3:])
	if err != nil || len(codes) != recoveryCodes {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	return a, codes, next
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.sealed(t)
		first := b.claim(t)
		other, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, "", thisMachine)
		if err != nil {
			t.Fatal(err)
		}
		a, codes, session := b.enrol(t, first)
		if b.live(first) || b.live(other) || !b.live(session) {
			t.Errorf("after the change: the old value lives %v, another sign-in %v, the new value %v", b.live(first), b.live(other), b.live(session))
		}
		row, err := db.Read().SecondFactor(b.ctx, first.User.ID)
		if err != nil || strings.Contains(string(row.Data), string(a.secret)) {
			t.Errorf("the secret is kept in the clear, %v", err)
		}
		try := func(code string) error {
			_, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, code, thisMachine)
			return err
		}
		wantCode(t, try(""), crm.SecondFactor)
		wantCode(t, try("123"), crm.SecondFactor)
		wantCode(t, try(a.code()), crm.SecondFactor) // it was used to confirm
		_, err = b.SignIn(b.ctx, "olga@firm.example", "wrong words here", "", thisMachine)
		wantCode(t, err, crm.Unauthorized) // says nothing of a second factor
		b.pass(stepLength)
		if err := try(a.code()); err != nil {
			t.Fatal(err)
		}
		wantCode(t, try(a.code()), crm.SecondFactor)
		b.pass(stepLength)
		// Of many who use one code at once, one wins.
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 4 {
			wg.Go(func() {
				if _, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, a.code(), fmt.Sprintf("192.0.2.%d", i)); err == nil {
					mu.Lock()
					won++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Errorf("%d signed in with one code", won)
		}
		b.pass(time.Hour)
		if err := try(strings.ToUpper(codes[3])); err != nil {
			t.Errorf("a recovery code: %v", err)
		}
		wantCode(t, try(codes[3]), crm.SecondFactor)
		f, err := b.OwnFactor(b.signedIn(t, session))
		if err != nil || !f.On || f.Codes != recoveryCodes-1 {
			t.Errorf("%+v, %v", f, err)
		}
		fresh, err := b.NewRecoveryCodes(With(b.ctx, &Principal{UserID: first.User.ID}))
		if err != nil {
			t.Fatal(err)
		}
		b.pass(time.Hour)
		wantCode(t, try(codes[4]), crm.SecondFactor)
		if err := try(fresh[0]); err != nil {
			t.Error(err)
		}
		// A new password doesn't get around it.
		if err := b.SetPassword(b.ctx, "olga@firm.example", "another quiet river"); err != nil {
			t.Fatal(err)
		}
		_, err = b.SignIn(b.ctx, "olga@firm.example", "another quiet river", "", thisMachine)
		wantCode(t, err, crm.SecondFactor)
	})
}

func TestCodesAreLimited(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	b.sealed(t)
	a, codes, _ := b.enrol(t, b.claim(t))
	limited := 0
	for i := range codeBurst + 4 {
		_, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, fmt.Sprintf("%06d", i), fmt.Sprintf("192.0.2.%d", i))
		if crm.CodeOf(err) == crm.Busy {
			limited++
		}
	}
	if limited != 4 {
		t.Errorf("%d of 4 codes past the limit were stopped", limited)
	}
	_, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, codes[0], "192.0.2.99")
	wantCode(t, err, crm.Busy) // recovery codes can't be guessed past it either
	b.pass(codeEvery)
	if _, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, a.code(), "192.0.2.99"); err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

func TestStepUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.sealed(t)
		session := b.claim(t)
		if _, _, err := b.CreateKey(b.signedIn(t, session), "k", []string{Read}, ""); err != nil {
			t.Fatalf("right after signing in: %v", err)
		}
		b.pass(freshFor)
		ctx := b.signedIn(t, session)
		dangerous := map[string]func(context.Context) error{
			"a key": func(ctx context.Context) error { _, _, err := b.CreateKey(ctx, "k", []string{Read}, ""); return err },
			"an invitation": func(ctx context.Context) error {
				_, _, err := b.Invite(ctx, Invitation{Email: "n@firm.example", Role: Agent})
				return err
			},
			"a role": func(ctx context.Context) error {
				role := Owner
				_, err := b.ChangeUser(ctx, session.User.ID, UserChange{Role: &role})
				return err
			},
			"a reset link":  func(ctx context.Context) error { _, err := b.ResetLink(ctx, session.User.ID); return err },
			"a factor":      func(ctx context.Context) error { _, err := b.StartFactor(ctx); return err },
			"a requirement": func(ctx context.Context) error { _, err := b.SetFactorRoles(ctx, nil); return err },
		}
		for what, do := range dangerous {
			if err := do(ctx); crm.CodeOf(err) != crm.StepUp {
				t.Errorf("%s without a fresh proof: %v", what, err)
			}
		}
		_, err := b.Prove(ctx, "not my password", "")
		wantCode(t, err, crm.Invalid)
		proved, err := b.Prove(ctx, goodPassword, "")
		if err != nil || b.live(session) || !b.live(proved) {
			t.Fatalf("%v, the old value lives %v", err, b.live(session))
		}
		if !proved.Expires.Equal(session.Expires) {
			t.Errorf("proving again prolongs the session from %v to %v", session.Expires, proved.Expires)
		}
		for what, do := range dangerous {
			if err := do(b.signedIn(t, proved)); err != nil {
				t.Errorf("%s after a proof: %v", what, err)
			}
		}
		// With a second factor the password is not enough.
		a, _, next := b.enrol(t, proved)
		b.pass(freshFor)
		_, err = b.Prove(b.signedIn(t, next), goodPassword, "")
		wantCode(t, err, crm.Invalid)
		if _, err = b.Prove(b.signedIn(t, next), "", a.code()); err != nil {
			t.Error(err)
		}
	})
}

func TestRequiredFactor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.sealed(t)
		owner := b.claim(t)
		if _, err := b.CreateUser(b.ctx, NewUser{Email: "ada@firm.example", Role: Administrator, Password: goodPassword}); err != nil {
			t.Fatal(err)
		}
		_, err := b.SetFactorRoles(b.signedIn(t, owner), []string{Owner})
		wantCode(t, err, crm.Conflict) // they have none themselves
		_, _, owner = b.enrol(t, owner)
		ada, err := b.SignIn(b.ctx, "ada@firm.example", goodPassword, "", thisMachine)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.SetFactorRoles(b.signedIn(t, ada), []string{})
		wantCode(t, err, crm.Forbidden)
		roles, err := b.SetFactorRoles(b.signedIn(t, owner), []string{Administrator, Owner})
		if err != nil || fmt.Sprint(roles) != "[owner admin]" {
			t.Fatal(roles, err)
		}
		ctx := b.signedIn(t, ada) // the session that was open
		wantCode(t, Check(ctx, Read), crm.Forbidden)
		if err := Check(ctx, Self); err != nil || !From(ctx).MustEnrol {
			t.Errorf("they can't set it up: %v", err)
		}
		if err := Check(b.signedIn(t, owner), Read); err != nil {
			t.Errorf("who has one is held up: %v", err)
		}
		_, _, ada = b.enrol(t, ada)
		if err := Check(b.signedIn(t, ada), Read); err != nil {
			t.Errorf("after setting it up: %v", err)
		}
		wantCode(t, b.DropFactor(b.signedIn(t, ada)), crm.Conflict)
	})
}

func TestResetFactor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var trail []string
		b := setup(t, db, Audit(func(_ context.Context, _ *store.Tx, author, verb, object, details string) error {
			trail = append(trail, author+" "+verb+" "+object+" "+details)
			return nil
		}))
		b.sealed(t)
		owner := b.claim(t)
		var mu sync.Mutex
		var mails []Notice
		b.SetMail(func(_ context.Context, n Notice) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			mails = append(mails, n)
			return true, nil
		})
		people := map[string]Session{}
		for _, role := range []string{Administrator, Agent} {
			u, err := b.CreateUser(b.ctx, NewUser{Email: role + "@firm.example", Role: role, Password: goodPassword})
			if err != nil {
				t.Fatal(err)
			}
			if people[role], err = b.SignIn(b.ctx, u.Email, goodPassword, "", thisMachine); err != nil {
				t.Fatal(err)
			}
		}
		_, _, agent := b.enrol(t, people[Agent])
		_, _, owner = b.enrol(t, owner)
		admin := b.signedIn(t, people[Administrator])
		wantCode(t, b.ResetFactor(admin, owner.User.ID), crm.Forbidden)
		if err := b.ResetFactor(admin, people[Agent].User.ID); err != nil {
			t.Fatal(err)
		}
		b.Wait()
		if b.live(agent) {
			t.Error("their session goes on")
		}
		if len(mails) != 1 || mails[0].To != "agent@firm.example" || !strings.Contains(mails[0].Text, "admin turned your two-step sign-in off") {
			t.Errorf("mails: %+v", mails)
		}
		if last := trail[len(trail)-1]; !strings.HasPrefix(last, "admin second factor reset "+people[Agent].User.ID.String()) {
			t.Errorf("the trail ends with %q", last)
		}
		if _, err := b.SignIn(b.ctx, "agent@firm.example", goodPassword, "", thisMachine); err != nil {
			t.Errorf("the password alone: %v", err)
		}
		wantCode(t, b.ResetFactor(admin, people[Agent].User.ID), crm.Conflict)
		if err := b.ResetFactorOf(With(b.ctx, Operator()), "olga@firm.example"); err != nil {
			t.Errorf("the command line: %v", err)
		}
	})
}
