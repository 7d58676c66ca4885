package desk_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// Two processes on one database see each other's people, what is repeated keeps
// them, and what ends or is not repeated is gone.
func TestPresenceOfTwoProcesses(t *testing.T) {
	t.Parallel()
	url := storetest.PostgresURL(t)
	var mu sync.Mutex
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	later := func(d time.Duration) { mu.Lock(); now = now.Add(d); mu.Unlock() }
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	var nodes [2]*desk.Presence
	for n := range nodes {
		db := storetest.Open(t, url)
		nodes[n] = desk.NewPresence(clock)
		wg.Go(func() { nodes[n].Share(ctx, db) })
	}
	one, two := nodes[0], nodes[1]
	heard, stop := two.Watch()
	defer stop()
	anna := desk.Sign{ConversationID: crm.NewID(now), UserID: crm.NewID(now), Name: "Anna", State: desk.Viewing}
	// Until the other one listens, a sign is lost; people say it again.
	hears := func(state string) desk.Sign {
		t.Helper()
		deadline := time.After(time.Minute)
		for {
			anna.State = state
			one.Say(anna)
			select {
			case s := <-heard:
				if s.State == state {
					return s
				}
			case <-time.After(20 * time.Millisecond):
				later(6 * time.Second) // it is told again only after a while
			case <-deadline:
				t.Fatalf("%s was not heard", state)
			}
		}
	}
	if s := hears(desk.Viewing); s.Name != "Anna" || s.UserID != anna.UserID || s.ConversationID != anna.ConversationID {
		t.Errorf("heard %+v", s)
	}
	hears(desk.Typing)
	if of := two.Of(anna.ConversationID); len(of) != 1 || of[0].State != desk.Typing {
		t.Errorf("with the conversation: %+v", of)
	}
	later(21 * time.Second)
	if of := two.Of(anna.ConversationID); len(of) != 0 {
		t.Errorf("whose process was killed is still there: %+v", of)
	}
	hears(desk.Viewing)
	anna.State = desk.Left
	one.Say(anna)
	for s := range heard {
		if s.State == desk.Left {
			break
		}
	}
	if of := two.Of(anna.ConversationID); len(of) != 0 {
		t.Errorf("who left is still there: %+v", of)
	}
}

// Who says the same every second is told to watchers every five.
func TestPresenceIsToldAgain(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	p := desk.NewPresence(func() time.Time { return now })
	heard, stop := p.Watch()
	defer stop()
	for range 21 {
		p.Say(desk.Sign{ConversationID: crm.ID{1}, UserID: crm.ID{2}, State: desk.Viewing})
		now = now.Add(time.Second)
	}
	if n := len(heard); n != 5 {
		t.Errorf("told %d times in 20 seconds, want 5", n)
	}
}
