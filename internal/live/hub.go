package live

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/store"
)

// The pace of the reader: how long a lost ring may cost, and how long rings are
// gathered, so that a busy writer costs a bounded number of reads.
const (
	pollEvery = 250 * time.Millisecond
	gather    = 20 * time.Millisecond
)

// bufferSize is how many events wait for a slow listener before it is dropped.
const bufferSize = 1024

// Hub reads the feed once for all listeners of this process.
type Hub struct {
	// Presence tells who looks at what. Default: nil, nobody does.
	Presence *desk.Presence

	db   *store.DB
	wake chan struct{} // a listener came

	mu          sync.Mutex
	at          vector // what the listeners have been told
	epoch       int    // raised when at is set anew, which makes a read under way worthless
	subs        map[*Subscription]struct{}
	quarantined crm.ID // the newest one told
}

// New makes a hub; Run makes it work.
func New(db *store.DB) *Hub {
	return &Hub{db: db, wake: make(chan struct{}, 1), subs: map[*Subscription]struct{}{}}
}

// Run tells the listeners what changes until ctx ends. A read that fails is
// tried again with the next ring or tick; the place stays.
func (h *Hub) Run(ctx context.Context) error {
	ring, stop := h.db.Subscribe()
	defer stop()
	defer h.dropAll()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ring:
		case <-tick.C:
		case <-h.wake:
		}
		if h.listeners() == 0 {
			continue
		}
		if err := h.step(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(gather):
		}
	}
}

func (h *Hub) listeners() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs)
}

// counters reads how far the feed is. Everything up to these numbers is
// committed and visible to reads that begin later.
func (h *Hub) counters(ctx context.Context) (*vector, error) {
	rows, err := h.db.Read().Counters(ctx)
	if err != nil {
		return nil, err
	}
	v := new(vector)
	for _, r := range rows {
		if r.Bucket >= 0 && r.Bucket < crm.Buckets {
			v[r.Bucket] = r.NextSeq
		}
	}
	return v, nil
}

// Place is the id of now, to subscribe from: whoever reads after it and then
// listens from it misses nothing.
func (h *Hub) Place(ctx context.Context) (string, error) {
	now, err := h.counters(ctx)
	if err != nil {
		return "", fmt.Errorf("read the feed: %w", err)
	}
	return now.String(), nil
}

// step tells the listeners everything up to now.
func (h *Hub) step(ctx context.Context) error {
	target, err := h.counters(ctx)
	if err != nil {
		return err
	}
	for {
		h.mu.Lock()
		at, epoch := h.at, h.epoch
		h.mu.Unlock()
		spans := behind(&at, target)
		if len(spans) == 0 {
			return h.hint(ctx, &at)
		}
		// A listener that comes during the read starts at the old place, so it is
		// told these too.
		events, err := read(ctx, h.db.Read(), &at, spans)
		if err != nil {
			return err
		}
		h.mu.Lock()
		if h.epoch != epoch {
			h.mu.Unlock()
			return nil
		}
		h.at = at
		for _, e := range events {
			h.tell(e)
		}
		h.mu.Unlock()
	}
}

// hint tells that something new stands in quarantine.
func (h *Hub) hint(ctx context.Context, at *vector) error {
	rows, err := h.db.Read().NewestQuarantined(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if rows[0].ID != h.quarantined {
		h.quarantined = rows[0].ID
		h.tell(Event{ID: at.String(), Type: Quarantine, RowID: rows[0].ID, At: crm.FromMicros(rows[0].ReceivedAt)})
	}
	return nil
}

// tell hands an event to every listener; who has no room is dropped. h.mu is
// held.
func (h *Hub) tell(e Event) {
	for s := range h.subs {
		select {
		case s.events <- e:
		default:
			h.drop(s)
		}
	}
}

// drop ends a subscription; what it has in its buffer can still be read. h.mu
// is held.
func (h *Hub) drop(s *Subscription) {
	if _, ok := h.subs[s]; ok {
		delete(h.subs, s)
		close(s.events)
	}
}

func (h *Hub) dropAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		h.drop(s)
	}
}
