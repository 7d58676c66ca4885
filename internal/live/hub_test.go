package live_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/store/storetest/fixture"
)

// start runs a hub for the length of the test.
// patience bounds what would otherwise hang. It is no measure of speed: the race
// detector on a shared machine is many times slower.
const patience = 3 * time.Minute

func start(t *testing.T, db *store.DB) *live.Hub {
	t.Helper()
	h := live.New(db)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := h.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return h
}

func subscribe(t *testing.T, h *live.Hub, after string) *live.Subscription {
	t.Helper()
	s, err := h.Subscribe(context.Background(), after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// take reads n events of a type.
func take(t *testing.T, s *live.Subscription, kind string, n int) []live.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var out []live.Event
	for len(out) < n {
		e, err := s.Next(ctx)
		if err != nil {
			t.Fatalf("after %d of %d events: %v", len(out), n, err)
		}
		if e.Type == kind {
			out = append(out, e)
		}
	}
	return out
}

func TestEventsOfOneContact(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		h := start(t, db)
		s := subscribe(t, h, "")
		place := s.Place()
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		var b fixture.Batch
		p := b.Person("Jan", now)
		j := b.Journey(fixture.Journey{Profile: p, State: crm.WaitingForUs, At: now})
		i := b.Contact(fixture.Contact{Profile: p, At: now, Text: "When does it start?", Journey: j})
		raw := b.Raw("shop", "1", "application/json", "{", "not JSON", now, crm.ID{}, crm.ID{})
		if err := b.Write(ctx, db); err != nil {
			t.Fatal(err)
		}
		db.Ring(ctx)
		want := map[string]crm.ID{live.Customer: p, live.Journey: j, live.Interaction: i, live.Quarantine: raw}
		for range 4 {
			waiting, cancel := context.WithTimeout(ctx, patience)
			e, err := s.Next(waiting)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			if want[e.Type] != e.RowID {
				t.Errorf("%s event of %s, want %s", e.Type, e.RowID, want[e.Type])
			}
			if e.Type != live.Quarantine && e.CustomerID != p {
				t.Errorf("%s event of customer %s", e.Type, e.CustomerID)
			}
			delete(want, e.Type)
		}
		// From the place before it, a listener of another hub gets the same.
		other := subscribe(t, start(t, db), place)
		if got := take(t, other, live.Interaction, 1); got[0].RowID != i {
			t.Errorf("resumed to %s, want %s", got[0].RowID, i)
		}
	})
}

// TestNoRowIsMissed is the conformance test of the feed: eight writers of mixed
// buckets, some of whose transactions roll back, a listener from the start and
// one that goes away and comes back after every few events.
func TestNoRowIsMissed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		const writers, rounds, perRound = 8, 12, 5
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		var b fixture.Batch
		var people []crm.ID
		for range 24 {
			people = append(people, b.Person("Jan", now))
		}
		if err := b.Write(ctx, db); err != nil {
			t.Fatal(err)
		}
		h := start(t, db)
		steady := subscribe(t, h, "")
		beginning := steady.Place()

		var mu sync.Mutex
		want := map[crm.ID]bool{}
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(w), 7))
				for round := range rounds {
					var b fixture.Batch
					ids := make([]crm.ID, perRound)
					for k := range ids {
						ids[k] = b.Contact(fixture.Contact{Profile: people[r.IntN(len(people))],
							At: now.Add(time.Duration(w*rounds+round) * time.Second), Text: "hello", ExternalID: crm.NewID(now).String()})
					}
					fail := r.IntN(4) == 0
					err := b.WriteOr(ctx, db, fail)
					if fail != errors.Is(err, fixture.ErrRolledBack) {
						t.Errorf("write: %v", err)
					}
					if err == nil {
						mu.Lock()
						for _, id := range ids {
							want[id] = true
						}
						mu.Unlock()
						db.Ring(ctx)
					}
				}
			})
		}
		// The restless listener begins over from its last id, as a browser does
		// that loses its connection, until it has all that was committed.
		var total atomic.Int64
		total.Store(math.MaxInt64)
		restless := make(chan map[crm.ID]int, 1)
		go func() {
			got := map[crm.ID]int{}
			defer func() { restless <- got }()
			waiting, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			place := beginning
			for n := 0; int64(len(got)) < total.Load(); n++ {
				s, err := h.Subscribe(ctx, place)
				if err != nil {
					t.Error(err)
					return
				}
				for left := 1 + n%7; left > 0 && int64(len(got)) < total.Load(); left-- {
					e, err := s.Next(waiting)
					if err != nil {
						t.Errorf("has %d of %d, n=%d: %v", len(got), total.Load(), n, err)
						s.Close()
						return
					}
					place = e.ID
					if e.Type == live.Interaction {
						got[e.RowID]++
					}
				}
				s.Close()
			}
		}()
		wg.Wait()
		total.Store(int64(len(want)))
		// Whoever has everything already is woken, to see that it is all.
		var more fixture.Batch
		for range 10 {
			more.Person("Anna", now)
		}
		if err := more.Write(ctx, db); err != nil {
			t.Fatal(err)
		}
		check := func(who string, got map[crm.ID]int) {
			for id := range want {
				if got[id] != 1 {
					t.Errorf("%s got %s %d times", who, id, got[id])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s got %d rows, want %d", who, len(got), len(want))
			}
		}
		events := take(t, steady, live.Interaction, len(want))
		got := map[crm.ID]int{}
		for _, e := range events {
			got[e.RowID]++
		}
		check("the steady listener", got)

		// From the id of any event, a new listener gets exactly the rest.
		for _, at := range []int{0, len(events) / 3, len(events) - 2} {
			rest := take(t, subscribe(t, h, events[at].ID), live.Interaction, len(events)-at-1)
			seen := map[crm.ID]bool{}
			for _, e := range events[:at+1] {
				seen[e.RowID] = true
			}
			for _, e := range rest {
				if seen[e.RowID] {
					t.Errorf("resumed after %d events: %s again", at+1, e.RowID)
				}
				seen[e.RowID] = true
			}
			if len(seen) != len(want) {
				t.Errorf("resumed after %d events: %d rows, want %d", at+1, len(seen), len(want))
			}
		}
		check("the restless listener", <-restless)
	})
}

func TestSlowListenerIsDropped(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	ctx := context.Background()
	h := start(t, db)
	slow := subscribe(t, h, "")
	quick := subscribe(t, h, "")
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var b fixture.Batch
	for range 1500 {
		b.Person("Jan", now)
	}
	if err := b.Write(ctx, db); err != nil {
		t.Fatal(err)
	}
	db.Ring(ctx)
	take(t, quick, live.Customer, 1500)
	n := 0
	place := ""
	for {
		e, err := slow.Next(ctx)
		if errors.Is(err, live.ErrDropped) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n, place = n+1, e.ID
	}
	if n == 1500 {
		t.Fatal("a listener that read nothing was not dropped")
	}
	take(t, subscribe(t, h, place), live.Customer, 1500-n)
}

func TestSubscribeRefusesForeignIDs(t *testing.T) {
	t.Parallel()
	h := live.New(storetest.SQLite(t))
	if _, err := h.Subscribe(context.Background(), "17"); crm.CodeOf(err) != crm.Invalid {
		t.Errorf("got %v", err)
	}
}
