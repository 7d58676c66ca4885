package access

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

const (
	goodPassword = "a quiet river at dawn"
	thisMachine  = "127.0.0.1"
)

// bundle is what a test of access needs.
type bundle struct {
	*Service
	ctx context.Context
	db  *store.DB
	log *bytes.Buffer // the security log; read it only when nothing runs
	mu  sync.Mutex
	at  time.Time
}

func setup(t *testing.T, db *store.DB, options ...Option) *bundle {
	t.Helper()
	b := &bundle{ctx: t.Context(), db: db, log: &bytes.Buffer{}, at: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
	logger := slog.New(slog.NewTextHandler(b.log, nil))
	b.Service = New(db, b.now, append([]Option{Log(logger)}, options...)...)
	return b
}

func (b *bundle) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bundle) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

// owner claims the installation.
func (b *bundle) claim(t *testing.T) Session {
	t.Helper()
	token, err := b.NewSetupToken(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	session, err := b.CreateOwner(b.ctx, token, NewUser{Email: "Olga@Firm.example ", Name: "Olga", Password: goodPassword},
		Firm{Name: "Firm", Own: []string{"firm.example"}}, thisMachine)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// signedIn is the context of a request with the session's cookie.
func (b *bundle) signedIn(t *testing.T, session Session) context.Context {
	t.Helper()
	p, err := b.bySession(b.ctx, hashToken(session.Token))
	if err != nil {
		t.Fatal(err)
	}
	if p == nil {
		t.Fatal("the session is not valid")
	}
	return With(b.ctx, p)
}

func (b *bundle) live(session Session) bool {
	p, err := b.bySession(b.ctx, hashToken(session.Token))
	return err == nil && p != nil
}

func wantCode(t *testing.T, err error, code crm.Code) {
	t.Helper()
	if err == nil || crm.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestSetup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		if has, err := b.HasOwner(b.ctx); err != nil || has {
			t.Fatalf("an empty installation has an owner: %v, %v", has, err)
		}
		first, err := b.NewSetupToken(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		second, err := b.NewSetupToken(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		n := NewUser{Email: "olga@firm.example", Name: "Olga", Password: goodPassword}
		_, err = b.CreateOwner(b.ctx, first, n, Firm{}, thisMachine)
		wantCode(t, err, crm.Unauthorized) // replaced by the second
		_, err = b.CreateOwner(b.ctx, "", n, Firm{}, thisMachine)
		wantCode(t, err, crm.Unauthorized)
		_, err = b.CreateOwner(b.ctx, second, NewUser{Email: n.Email, Password: "12345678"}, Firm{}, thisMachine)
		wantCode(t, err, crm.Invalid) // and doesn't use the token up
		session, err := b.CreateOwner(b.ctx, second, n, Firm{Name: "Firm", Own: []string{"firm.example"}}, thisMachine)
		if err != nil {
			t.Fatal(err)
		}
		if p := From(b.signedIn(t, session)); p.Role != Owner || !p.Has(Admin) || p.Author() != "Olga" {
			t.Errorf("the owner is %+v", p)
		}
		if f, err := b.Firm(b.ctx); err != nil || f.Name != "Firm" || len(f.Own) != 1 {
			t.Errorf("firm %+v, %v", f, err)
		}
		_, err = b.CreateOwner(b.ctx, second, NewUser{Email: "eve@firm.example", Password: goodPassword}, Firm{}, thisMachine)
		wantCode(t, err, crm.Conflict) // reuse
		_, err = b.NewSetupToken(b.ctx)
		wantCode(t, err, crm.Conflict)
		if strings.Contains(b.log.String(), second) || strings.Contains(b.log.String(), goodPassword) || strings.Contains(b.log.String(), "olga@") {
			t.Errorf("the log holds a secret or an address:\n%s", b.log)
		}
	})
}

func TestSetupExpires(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		token, err := b.NewSetupToken(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		b.pass(setupLife)
		_, err = b.CreateOwner(b.ctx, token, NewUser{Email: "o@firm.example", Password: goodPassword}, Firm{}, thisMachine)
		wantCode(t, err, crm.Unauthorized)
	})
}

// TestTwoClaims has eight people open the same link at the same moment.
func TestTwoClaims(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.Service.log = slog.New(slog.DiscardHandler)
		token, err := b.NewSetupToken(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		const claims = 8
		results := make(chan error, claims)
		var start sync.WaitGroup
		start.Add(1)
		for i := range claims {
			go func() {
				start.Wait()
				_, err := b.CreateOwner(b.ctx, token, NewUser{Email: string(rune('a'+i)) + "@firm.example", Password: goodPassword}, Firm{}, thisMachine)
				results <- err
			}()
		}
		start.Done()
		won := 0
		for range claims {
			if err := <-results; err == nil {
				won++
			} else if c := crm.CodeOf(err); c != crm.Conflict && c != crm.Unauthorized {
				t.Errorf("a loser got %v", err)
			}
		}
		users, err := b.Users(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if won != 1 || len(users) != 1 {
			t.Errorf("%d claims won and %d people exist", won, len(users))
		}
	})
}

// TestClaimAgainstCommandLine has the operator make an owner while a link is
// open: the link dies.
func TestClaimAgainstCommandLine(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		token, err := b.NewSetupToken(b.ctx)
		if err != nil {
			t.Fatal(err)
		}
		other := New(db, b.now) // the command line is another process
		if _, err := other.CreateUser(b.ctx, NewUser{Email: "o@firm.example", Role: Owner, Password: goodPassword}); err != nil {
			t.Fatal(err)
		}
		_, err = b.CreateOwner(b.ctx, token, NewUser{Email: "eve@firm.example", Password: goodPassword}, Firm{}, thisMachine)
		wantCode(t, err, crm.Conflict)
		_, err = other.CreateUser(b.ctx, NewUser{Email: "O@firm.example", Role: Agent, Password: goodPassword})
		wantCode(t, err, crm.Conflict)
	})
}
