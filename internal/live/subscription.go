package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
)

// ErrDropped ends a subscription that could not keep up, or whose hub stopped.
// Resume from the last event's id.
var ErrDropped = errors.New("live: the listener was dropped")

// Subscription is one listener. It is used by one goroutine.
type Subscription struct {
	hub    *Hub
	events chan Event
	at     vector  // while catching up: where it is
	start  vector  // from here on, the hub tells
	queue  []Event // read while catching up, not yet taken
	signs  <-chan desk.Sign
	unsign func()
}

// Subscribe begins to listen: from the place of an event's id, or from now when
// after is empty. The error is crm.Invalid for an id that isn't one.
func (h *Hub) Subscribe(ctx context.Context, after string) (*Subscription, error) {
	var from *vector
	if after != "" {
		var err error
		if from, err = parseVector(after); err != nil {
			return nil, &crm.Error{Code: crm.Invalid, Pointer: "/after", Message: "This is not the id of an event of this stream.", Err: err}
		}
	}
	now, err := h.counters(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	newest, err := h.db.Read().NewestQuarantined(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	s := &Subscription{hub: h, events: make(chan Event, bufferSize), unsign: func() {}}
	if h.Presence != nil {
		s.signs, s.unsign = h.Presence.Watch()
	}
	h.mu.Lock()
	if len(h.subs) == 0 {
		// Nobody was told anything, so the place may be an old one.
		h.at = *now
		h.epoch++
		if len(newest) > 0 {
			h.quarantined = newest[0].ID
		}
	}
	h.subs[s] = struct{}{}
	s.start = h.at
	h.mu.Unlock()
	s.at = s.start
	if from != nil {
		s.at = *from
		for b := range s.at {
			// A number that was never given out comes from another database or
			// from before a restore.
			if s.at[b] > now[b] {
				s.at[b] = s.start[b]
			}
		}
	}
	select {
	case h.wake <- struct{}{}:
	default:
	}
	return s, nil
}

// Place is the id to resume from when no event has come yet.
func (s *Subscription) Place() string { return s.at.String() }

// Next waits for the next event: first those that came while the listener was
// away, then what happens. It ends with ErrDropped, or when ctx ends.
func (s *Subscription) Next(ctx context.Context) (Event, error) {
	for len(s.queue) == 0 {
		spans := behind(&s.at, &s.start)
		if len(spans) == 0 {
			break
		}
		at := s.at
		events, err := read(ctx, s.hub.db.Read(), &at, spans)
		if err != nil {
			return Event{}, err
		}
		s.at, s.queue = at, events
	}
	if len(s.queue) > 0 {
		e := s.queue[0]
		s.queue = s.queue[1:]
		return e, nil
	}
	for {
		select {
		case e, ok := <-s.events:
			if !ok {
				return Event{}, ErrDropped
			}
			return e, nil
		case sign := <-s.signs:
			if sign.State == desk.Seen {
				continue // for the customer's widget
			}
			return Event{Type: Presence, RowID: sign.ConversationID, Sign: &sign}, nil
		case <-ctx.Done():
			return Event{}, ctx.Err()
		}
	}
}

// Idle reports whether Next would wait: the moment to send on what was written.
func (s *Subscription) Idle() bool { return len(s.queue) == 0 && len(s.events) == 0 }

// Close ends the subscription.
func (s *Subscription) Close() {
	s.unsign()
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.drop(s)
}
