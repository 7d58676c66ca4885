package flow_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // drivers of connections beside the store's
	_ "modernc.org/sqlite"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// poison makes the database refuse any contact whose text is "poison", as it
// would refuse a value that it can't hold.
func poison(t *testing.T, db *store.DB) (heal func()) {
	t.Helper()
	statements := []string{"CREATE TRIGGER poison BEFORE INSERT ON interactions WHEN NEW.text = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END"}
	undo := "DROP TRIGGER poison"
	if db.Engine == store.Postgres {
		statements = []string{"CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.text = ''poison'' THEN RAISE SQLSTATE ''22021''; END IF; RETURN NEW; END'",
			"CREATE TRIGGER poison BEFORE INSERT ON interactions FOR EACH ROW EXECUTE FUNCTION poison()"}
		undo += " ON interactions"
	}
	for _, statement := range statements {
		storetest.Exec(t, db, statement)
	}
	return func() { storetest.Exec(t, db, undo) }
}

// numbered are n contacts of n/5 people, in one text.
func numbered(name string, n int) []crm.Item {
	var items []crm.Item
	for i := range n {
		item := mail(fmt.Sprintf("%s-%d", name, i), monday.Add(time.Duration(i)*time.Minute), fmt.Sprintf("%s-%d@x.example", name, i/5), "", "Hello there", "")
		item.Raw, item.RawType = []byte(item.Envelope.ExternalID), "text/plain"
		items = append(items, item)
	}
	return items
}

func TestOneBadContactOfManyFailsAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setupWith(t, db, flow.Options{Parsers: map[string]flow.Parser{"text/plain": func(raw []byte, source, id string) (crm.Envelope, error) {
			item := mail(id, monday, "healed@x.example", "", "poison", "")
			return item.Envelope, nil
		}}})
		heal := poison(t, db)
		items := numbered("many", 500)
		const bad = 317
		items[bad].Envelope.Text = "poison"
		items = append(items, items[bad], items[3]) // repeats of it, and of a good one
		res := b.submit(items...)
		for i, r := range res {
			want := flow.StatusNew
			if i == bad {
				want = flow.StatusQuarantined
			} else if i >= 500 {
				want = flow.StatusRepeated
			}
			if r.Status != want {
				t.Errorf("contact %d: %s (%v), want %s", i, r.Status, r.Problem, want)
			}
		}
		if res[bad].Problem == nil || strings.Contains(res[bad].Problem.Message, "poison") || res[500].Problem == nil {
			t.Errorf("the reason must be there, and safe to show: %v and %v", res[bad].Problem, res[500].Problem)
		}
		held := quarantined(t, db)
		if len(held) != 1 || string(held[0].Head) != items[bad].Envelope.ExternalID {
			t.Fatalf("%d stand in quarantine: %+v", len(held), held)
		}
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
		again, err := b.e.Retry(context.Background(), held[0].ID)
		if err != nil || again.Status != flow.StatusQuarantined {
			t.Errorf("it is still refused: %+v, %v", again, err)
		}
		heal()
		again, err = b.e.Retry(context.Background(), held[0].ID)
		if err != nil || again.Status != flow.StatusNew || len(quarantined(t, db)) != 0 {
			t.Errorf("it would be taken now: %+v, %v", again, err)
		}
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
	})
}

// A stage that panics over one contact takes no other with it, and no text of
// the panic reaches the sender.
func TestAPanicOfAStageFailsAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.e.Journey.Adjacent = func(x, y string) bool { panic("secret: " + x + y) }
		items := numbered("panic", 40)
		for i := range items { // a person apart, but two contacts on different matters
			items[i].Envelope.Participants[0].Value = fmt.Sprintf("p%d@x.example", i)
		}
		items[20].Envelope.Participants = items[4].Envelope.Participants
		items[4].Envelope.Text, items[20].Envelope.Text = "Please cancel my subscription.", "You have charged me twice, the invoice is wrong."
		broken := 0
		for i, r := range b.submit(items...) {
			if r.Status == flow.StatusQuarantined {
				broken++
				if i != 20 || strings.Contains(r.Problem.Error(), "secret") {
					t.Errorf("contact %d: %v", i, r.Problem)
				}
			}
		}
		if broken != 1 {
			t.Errorf("%d contacts were quarantined, want the one that panics", broken)
		}
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
	})
}

// A full disk is nobody's fault: what can't be stored is refused as a whole,
// nothing is quarantined or half there, and sending it again later is enough.
func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	dir := storetest.SmallDisk(t, 8<<20)
	filler := filepath.Join(dir, "filler")
	db := storetest.Open(t, "sqlite:"+filepath.Join(dir, "rapport.db"))
	b := setup(t, db)
	if err := os.WriteFile(filler, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	var batches [][]crm.Item
	var err error
	for n := 0; err == nil && n < 200; n++ {
		items := numbered(fmt.Sprint("full", n), 20)
		for i := range items {
			items[i].Raw = make([]byte, 5000)
		}
		batches = append(batches, items)
		_, err = b.e.Submit(ctx, items)
	}
	if crm.CodeOf(err) != crm.Unavailable {
		t.Fatalf("after %d batches: %v, want unavailable", len(batches), err)
	}
	if _, err := b.e.Submit(ctx, batches[len(batches)-1]); crm.CodeOf(err) != crm.Unavailable {
		t.Errorf("sent again at once: %v", err)
	}
	if wrong := sound(t, db); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	for n, batch := range batches {
		for i, r := range b.submit(batch...) {
			want := flow.StatusRepeated
			if n == len(batches)-1 {
				want = flow.StatusNew
			}
			if r.Status != want {
				t.Fatalf("batch %d of %d, contact %d: %s, want %s", n, len(batches), i, r.Status, want)
			}
		}
	}
	if held := quarantined(t, db); len(held) != 0 {
		t.Errorf("%d contacts were quarantined for a full disk", len(held))
	}
	if wrong := sound(t, db); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
}

// A server that ends connections is nobody's fault either.
func TestAServerThatGoesAwayLosesNothing(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	b := setup(t, db)
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, db.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	stop := make(chan struct{})
	var killing sync.WaitGroup
	killing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := admin.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"); err != nil {
				t.Error(err)
				return
			}
		}
	})
	failed := 0
	var all []crm.Item
	for n := range 150 {
		items := numbered(fmt.Sprint("away", n), 3)
		all = append(all, items...)
		res, err := b.e.Submit(ctx, items)
		var known *crm.Error
		if err != nil {
			failed++
			if !errors.As(err, &known) || known.Code != crm.Unavailable {
				t.Errorf("%v, want unavailable", err)
			}
		}
		for _, r := range res {
			if r.Status != flow.StatusNew {
				t.Errorf("%s: %v", r.Status, r.Problem)
			}
		}
	}
	close(stop)
	killing.Wait()
	t.Logf("%d of 150 submits met a connection that was ended", failed)
	for len(all) > 0 { // the pool may still hold connections that are gone
		res, err := b.e.Submit(ctx, all)
		if err != nil {
			continue
		}
		for _, r := range res {
			if r.Status != flow.StatusNew && r.Status != flow.StatusRepeated {
				t.Errorf("%s: %v", r.Status, r.Problem)
			}
		}
		break
	}
	if held := quarantined(t, db); len(held) != 0 {
		t.Errorf("%d contacts were quarantined for a server that went away", len(held))
	}
	if wrong := sound(t, db); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
}

// Close answers everybody: with results that are on disk, or with a refusal.
func TestCloseWaitsForWhatWasTaken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		const senders = 16
		taken := make(chan []flow.Result, 1000)
		var wg sync.WaitGroup
		first := make(chan struct{})
		var once sync.Once
		for s := range senders {
			wg.Go(func() {
				for n := 0; ; n++ {
					res, err := b.e.Submit(context.Background(), numbered(fmt.Sprintf("close%d-%d", s, n), 2))
					if err != nil {
						if crm.CodeOf(err) != crm.Unavailable {
							t.Error(err)
						}
						return
					}
					taken <- res
					once.Do(func() { close(first) })
				}
			})
		}
		<-first
		b.e.Close()
		count := len(rows(t, db, "interactions")) // nothing may be written from here on
		b.e.Close()                               // twice does no harm
		wg.Wait()
		close(taken)
		answered := 0
		for res := range taken {
			answered += len(res)
		}
		if answered != count || len(rows(t, db, "interactions")) != count {
			t.Errorf("%d contacts were answered, %d were there when Close returned, %d are now", answered, count, len(rows(t, db, "interactions")))
		}
		if _, err := b.e.Submit(context.Background(), numbered("late", 1)); crm.CodeOf(err) != crm.Unavailable {
			t.Errorf("after Close: %v", err)
		}
	})
}
