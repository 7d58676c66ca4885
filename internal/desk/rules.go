package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
)

// Service is the desk of a process. It is safe for concurrent use.
type Service struct {
	Presence *Presence

	db      *store.DB
	clock   crm.Clock
	inboxes *inboxes.Service
	resting atomic.Bool

	mu     sync.Mutex
	cached *rules
	read   time.Time
}

// New makes the service over an open database.
func New(db *store.DB, clock crm.Clock, boxes *inboxes.Service) *Service {
	return &Service{db: db, clock: clock, inboxes: boxes, Presence: NewPresence(clock)}
}

// Rest keeps Sweep from doing anything, while history is told of which nobody is
// to be warned.
func (s *Service) Rest(on bool) { s.resting.Store(on) }

// At is the same desk at another time, for telling what colleagues did then.
func (s *Service) At(clock crm.Clock) *Service { return New(s.db, clock, s.inboxes) }

// rules are the settings that decide about cases, as they stood a moment ago.
type rules struct {
	inboxes   map[string]*inboxes.Inbox // by source
	byID      map[crm.ID]*inboxes.Inbox
	schedules map[crm.ID]*service.Schedule
	first     *service.Schedule // the oldest schedule; none: always open
	policies  []*service.Policy
}

// fresh is how long a change of another node's settings may go unseen.
const fresh = 2 * time.Second

func (s *Service) rules(ctx context.Context) (*rules, error) {
	boxes, err := s.inboxes.All(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	if age := now.Sub(s.read); s.cached != nil && age >= 0 && age < fresh {
		return s.cached.with(boxes), nil
	}
	x := &rules{schedules: map[crm.ID]*service.Schedule{}, first: service.Always()}
	rows, err := s.db.Read().Schedules(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the opening hours: %w", err)
	}
	for i, r := range rows {
		schedule, err := scheduleOf(r.TimeZone, r.Hours, r.Holidays)
		if err != nil {
			return nil, fmt.Errorf("opening hours %s: %w", r.ID, err)
		}
		x.schedules[r.ID] = schedule
		if i == 0 {
			x.first = schedule
		}
	}
	policies, err := s.db.Read().Policies(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the service levels: %w", err)
	}
	for _, r := range policies {
		p := &service.Policy{ID: r.ID, Name: r.Name, Place: r.Place}
		if err := json.Unmarshal([]byte(r.Conditions), &p.Conditions); err != nil {
			return nil, fmt.Errorf("service level %s: %w", r.ID, err)
		}
		if err := json.Unmarshal([]byte(r.Targets), &p.Targets); err != nil {
			return nil, fmt.Errorf("service level %s: %w", r.ID, err)
		}
		x.policies = append(x.policies, p)
	}
	s.cached, s.read = x, now
	return x.with(boxes), nil
}

func (s *Service) forget() {
	s.mu.Lock()
	s.cached = nil
	s.mu.Unlock()
}

func (x *rules) with(boxes []*inboxes.Inbox) *rules {
	y := *x
	y.inboxes, y.byID = make(map[string]*inboxes.Inbox, len(boxes)), make(map[crm.ID]*inboxes.Inbox, len(boxes))
	for _, b := range boxes {
		y.inboxes[b.Source], y.byID[b.ID] = b, b
	}
	return &y
}

func scheduleOf(zone, hours, holidays string) (*service.Schedule, error) {
	s := &service.Schedule{Zone: zone}
	if err := json.Unmarshal([]byte(hours), &s.Hours); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(holidays), &s.Holidays); err != nil {
		return nil, err
	}
	return s, s.Check()
}

// scheduleOf are the opening hours of an inbox.
func (x *rules) scheduleOf(inbox crm.ID) *service.Schedule {
	if i := x.byID[inbox]; i != nil {
		if s := x.schedules[i.Settings.ScheduleID]; s != nil {
			return s
		}
	}
	return x.first
}

// serviceOf finds the policy of a case, and the hours in which it runs: that of
// its inbox, the one that it began with, or the first that fits.
func (x *rules) serviceOf(r *Row) (*service.Policy, *service.Schedule) {
	schedule := x.scheduleOf(r.InboxID)
	own := r.PolicyID
	if i := x.byID[r.InboxID]; i != nil && own.IsZero() {
		own = i.Settings.PolicyID
	}
	var fits *service.Policy
	for _, p := range x.policies {
		if p.ID == own {
			return p, schedule
		}
		if fits == nil && p.Conditions.Fits(r.InboxID, crm.Channel(r.Channel), r.Priority) {
			fits = p
		}
	}
	return fits, schedule
}

// Schedule gives the opening hours of an inbox.
func (s *Service) Schedule(ctx context.Context, inbox crm.ID) (*service.Schedule, error) {
	x, err := s.rules(ctx)
	if err != nil {
		return nil, err
	}
	return x.scheduleOf(inbox), nil
}
