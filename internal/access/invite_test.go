package access

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestInvitationEnds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.claim(t)
		ctx := With(b.ctx, Operator())
		invite := func(email string) (Invitation, string) {
			i, token, err := b.Invite(ctx, Invitation{Email: email, Role: Agent})
			if err != nil {
				t.Fatal(err)
			}
			return i, token
		}
		refused := func(why, token string) {
			t.Helper()
			_, err := b.Accept(b.ctx, token, "x", goodPassword, thisMachine)
			if crm.CodeOf(err) != crm.Unauthorized {
				t.Errorf("%s: %v", why, err)
			}
		}
		_, old := invite("new@firm.example")
		_, token := invite("NEW@firm.example")
		refused("an earlier one to the address", old)
		refused("a guess", newToken())
		b.pass(inviteLife)
		refused("after three days", token)
		i, token := invite("new@firm.example")
		if err := b.RevokeInvitation(ctx, i.ID); err != nil {
			t.Fatal(err)
		}
		refused("a revoked one", token)
		wantCode(t, b.RevokeInvitation(ctx, i.ID), crm.NotFound)
		// Of many who accept at once, one wins.
		_, token = invite("new@firm.example")
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for range 4 {
			wg.Go(func() {
				if _, err := b.Accept(b.ctx, token, "Nel", goodPassword, thisMachine); err == nil {
					mu.Lock()
					won++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Errorf("%d accepted one invitation", won)
		}
		_, _, err := b.Invite(ctx, Invitation{Email: "new@firm.example", Role: Agent})
		wantCode(t, err, crm.Conflict)
		_, _, err = b.Invite(b.ctx, Invitation{Email: "owner@firm.example", Role: Owner})
		wantCode(t, err, crm.Forbidden)
	})
}

// TestReset is rows 30 and 31: the same answer for every address, a link of the
// configured address, once, within ten minutes, and every session ends.
func TestReset(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db, BaseURL("https://crm.firm.example"))
		session := b.claim(t)
		var mu sync.Mutex
		var mails []Notice
		b.SetMail(func(_ context.Context, n Notice) (bool, error) {
			mu.Lock()
			defer mu.Unlock()
			mails = append(mails, n)
			return true, nil
		})
		known := b.AskReset(b.ctx, "Olga@firm.example", thisMachine)
		unknown := b.AskReset(b.ctx, "nobody@firm.example", thisMachine)
		b.Wait()
		if known != nil || unknown != nil || len(mails) != 1 || mails[0].To != "olga@firm.example" {
			t.Fatalf("%v %v %d mails", known, unknown, len(mails))
		}
		_, rest, ok := strings.Cut(mails[0].Text, "https://crm.firm.example/password#t=")
		token, _, _ := strings.Cut(rest, "\n")
		if !ok || len(token) != 43 {
			t.Fatalf("the mail says %q", mails[0].Text)
		}
		wantCode(t, b.Reset(b.ctx, token, "12345678", thisMachine), crm.Invalid) // uses nothing up
		if err := b.Reset(b.ctx, token, "another quiet river", thisMachine); err != nil || b.live(session) {
			t.Errorf("%v, the old session lives %v", err, b.live(session))
		}
		wantCode(t, b.Reset(b.ctx, token, "a third quiet river", thisMachine), crm.Unauthorized)
		if _, err := b.SignIn(b.ctx, "olga@firm.example", "another quiet river", "", thisMachine); err != nil {
			t.Error(err)
		}
		link, err := b.ResetLink(With(b.ctx, Operator()), session.User.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, token, _ = strings.Cut(link, "#t=")
		b.pass(resetLife)
		wantCode(t, b.Reset(b.ctx, token, "a third quiet river", thisMachine), crm.Unauthorized)
		_, err = b.ResetLink(With(b.ctx, &Principal{Role: Administrator, Scopes: roleVerbs[Administrator]}), session.User.ID)
		wantCode(t, err, crm.Forbidden)
		// One address gets no flood of mails.
		limited := false
		for range resetBurst + 1 {
			limited = crm.CodeOf(b.AskReset(b.ctx, "victim@firm.example", "192.0.2.7")) == crm.Busy || limited
		}
		if !limited {
			t.Error("mails to one address are not limited")
		}
		b.Wait()
		if strings.Contains(b.log.String(), token) {
			t.Error("the log holds a token")
		}
	})
}

func TestOwnersStay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		olga := b.claim(t)
		ctx := b.signedIn(t, olga)
		agent, yes := Agent, true
		_, err := b.ChangeUser(ctx, olga.User.ID, UserChange{Role: &agent})
		wantCode(t, err, crm.Conflict)
		second, err := b.CreateUser(ctx, NewUser{Email: "ole@firm.example", Role: Owner, Password: goodPassword})
		if err != nil {
			t.Fatal(err)
		}
		// Two owners who take each other's role at once: one stays.
		var wg sync.WaitGroup
		for _, id := range []crm.ID{olga.User.ID, second.ID} {
			wg.Go(func() { _, _ = b.ChangeUser(With(b.ctx, Operator()), id, UserChange{Role: &agent}) }) // the loser's error is the point
		}
		wg.Wait()
		owners, err := db.Read().ActiveOwners(b.ctx)
		if err != nil || len(owners) != 1 {
			t.Errorf("%d owners, %v", len(owners), err)
		}
		admin := With(b.ctx, &Principal{UserID: crm.NewID(b.now()), Role: Administrator, Scopes: roleVerbs[Administrator]})
		_, err = b.ChangeUser(admin, owners[0], UserChange{Disabled: &yes})
		wantCode(t, err, crm.Forbidden)
	})
}

// TestRoles holds the table of principal.go.
func TestRoles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role      string
		functions []string
		verbs     string
	}{
		{Owner, nil, "read write reply assign shared members track settings people admin"},
		{Administrator, []string{Marketing}, "read write reply assign shared members track settings people admin"},
		{Lead, nil, "read write reply assign shared members track"},
		{Agent, nil, "read write reply track"},
		{Agent, []string{Sales, Marketing}, "read write reply track"},
		{Agent, []string{Operations, Marketing}, "read write track"},
		{Viewer, []string{Care}, "read"},
		{"king", nil, ""},
	} {
		if got := strings.Join(verbsOf(c.role, c.functions), " "); got != c.verbs {
			t.Errorf("%s %v may %s, not %s", c.role, c.functions, got, c.verbs)
		}
	}
	// The scopes of keys that were made before roles came.
	old := &Principal{KeyID: crm.NewID(time.Now()), Scopes: []string{Admin}}
	for verb, may := range map[string]bool{Settings: true, People: true, Shared: true, Members: true, Read: false, Write: false, Reply: false} {
		if old.Has(verb) != may {
			t.Errorf("an old admin key: %s %v", verb, !may)
		}
	}
	if (&Principal{KeyID: crm.NewID(time.Now()), Scopes: []string{Read, Write}}).Has(Reply) {
		t.Error("a key that takes contacts in learned to send")
	}
	if CanSource(context.Background(), "x") || CanInbox(context.Background(), crm.ID{}) {
		t.Error("nobody sees something")
	}
}

func TestPasswordAndOwnSessions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		first := b.claim(t)
		second, err := b.SignIn(b.ctx, "olga@firm.example", goodPassword, "", thisMachine)
		if err != nil {
			t.Fatal(err)
		}
		ctx := b.signedIn(t, first)
		list, err := b.OwnSessions(ctx)
		if err != nil || len(list) != 2 {
			t.Fatalf("%v %v", list, err)
		}
		wantCode(t, b.ChangePassword(ctx, "wrong", "another quiet river"), crm.Invalid)
		if err := b.ChangePassword(ctx, goodPassword, "another quiet river"); err != nil || b.live(second) || !b.live(first) {
			t.Errorf("%v: others end %v, mine stays %v", err, !b.live(second), b.live(first))
		}
		wantCode(t, b.EndOwnSession(ctx, crm.NewID(b.now())), crm.NotFound)
		i := slices.IndexFunc(list, func(s OwnSession) bool { return s.Current })
		if err := b.EndOwnSession(ctx, list[i].ID); err != nil || b.live(first) {
			t.Errorf("%v, it lives on: %v", err, b.live(first))
		}
	})
}

func TestBase(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://crm.firm.example": "https://crm.firm.example", "HTTPS://CRM.firm.example/": "https://crm.firm.example", "http://localhost:8080": "http://localhost:8080",
		"http://10.0.0.1": "http://10.0.0.1", "ftp://x.example": "", "https://u@x.example": "", "https://x.example/a": "", "https://x.example?q": "", "https://": "",
		"javascript:alert(1)": "", "https://x.example\r\nX: y": "", "//x.example": "", "https://nodot": "",
	} {
		if got, err := CheckBase(base); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", base, got, err)
		}
	}
}
