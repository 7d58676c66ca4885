package access

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// watchEvery is how often a long answer asks whether its caller still may what
// it might: other processes change people too.
const watchEvery = 3 * time.Second

// watchers are the long answers of this process, woken by every change.
type watchers struct {
	mu sync.Mutex
	m  map[chan struct{}]struct{}
}

func (w *watchers) add() chan struct{} {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.m == nil {
		w.m = map[chan struct{}]struct{}{}
	}
	w.m[c] = struct{}{}
	return c
}

func (w *watchers) remove(c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.m, c)
}

func (w *watchers) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.m {
		select {
		case c <- struct{}{}:
		default: // it is awake already
		}
	}
}

// Watch gives a context for a long answer. It ends when the caller of ctx signed
// out, was disabled, or may more or less than before: at once for changes of
// this process, within five seconds for others. Call stop when the answer ends.
func (s *Service) Watch(ctx context.Context) (watched context.Context, stop func()) {
	watched, cancel := context.WithCancel(ctx)
	woken := s.watchers.add()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer s.watchers.remove(woken)
		tick := time.NewTicker(watchEvery)
		defer tick.Stop()
		for {
			select {
			case <-watched.Done():
				return
			case <-woken:
			case <-tick.C:
			}
			// A database that can't be read for a moment says nothing about the
			// caller, but whoever can't be checked is not served for long.
			if err := s.Valid(watched); err != nil {
				cancel()
				return
			}
		}
	}()
	return watched, func() { cancel(); <-done }
}

// Valid reports whether the caller of ctx is still who it was and may still the
// same: an error otherwise.
func (s *Service) Valid(ctx context.Context) error {
	p := From(ctx)
	if p == nil {
		return nil
	}
	var now *Principal
	var err error
	if p.session != nil {
		now, err = s.bySession(ctx, p.session)
	} else {
		now, err = s.byKey(ctx, p.secret)
	}
	if err != nil {
		return err
	}
	if now == nil {
		return crm.Errorf(crm.Unauthorized, "The session or key has ended.")
	}
	if !now.same(p) {
		return crm.Errorf(crm.Unauthorized, "What this caller may see or do has changed.")
	}
	return nil
}

func (p *Principal) same(o *Principal) bool {
	return p.Role == o.Role && slices.Equal(p.Functions, o.Functions) && slices.Equal(p.Scopes, o.Scopes) &&
		slices.Equal(p.Teams, o.Teams) && slices.Equal(p.Leads, o.Leads) && maps.Equal(p.Hidden, o.Hidden)
}
