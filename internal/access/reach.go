package access

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// reachLife is how long another process's change of teams and restricted
// inboxes may stay unseen here. With the pace of Watch it stays below the five
// seconds that are promised.
const reachLife = time.Second

// reach is who works in which team, and which teams work in which restricted
// inbox: small tables, read whole.
type reach struct {
	teams, leads map[crm.ID][]crm.ID // by person
	inboxes      []sqlgen.RestrictedInboxesRow
	workers      map[crm.ID][]crm.ID // the teams of a restricted inbox
	hidden       map[string]*hiddenSet
	enrol        []string // roles that need a second factor

	mu sync.Mutex // of hidden
}

// hiddenSet is what one combination of teams does not see. It is made once and
// shared by all who work in the same teams.
type hiddenSet struct {
	sources map[string]bool
	inboxes map[crm.ID]bool
}

// reachCache keeps the newest reach.
type reachCache struct {
	mu         sync.Mutex
	r          *reach
	until      time.Time
	generation int // raised by every change here; a read that began before one is not kept
}

// reach gives what is known, at most reachLife old.
func (s *Service) reach(ctx context.Context) (*reach, error) {
	c := &s.reached
	c.mu.Lock()
	if c.r != nil && s.clock().Before(c.until) {
		defer c.mu.Unlock()
		return c.r, nil
	}
	generation := c.generation
	c.mu.Unlock()
	r, err := s.readReach(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation {
		c.r, c.until = r, s.clock().Add(reachLife)
	}
	return r, nil
}

func (s *Service) readReach(ctx context.Context) (*reach, error) {
	q := s.db.Read()
	r := &reach{teams: map[crm.ID][]crm.ID{}, leads: map[crm.ID][]crm.ID{}, workers: map[crm.ID][]crm.ID{}, hidden: map[string]*hiddenSet{}}
	var err error
	if r.enrol, err = s.FactorRoles(ctx); err != nil {
		return nil, err
	}
	members, err := q.TeamMembers(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the teams: %w", err)
	}
	for _, m := range members {
		r.teams[m.UserID] = append(r.teams[m.UserID], m.TeamID)
		if m.Lead {
			r.leads[m.UserID] = append(r.leads[m.UserID], m.TeamID)
		}
	}
	if r.inboxes, err = q.RestrictedInboxes(ctx); err != nil {
		return nil, fmt.Errorf("read the restricted inboxes: %w", err)
	}
	if len(r.inboxes) == 0 {
		return r, nil
	}
	workers, err := q.InboxTeams(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the restricted inboxes: %w", err)
	}
	for _, w := range workers {
		r.workers[w.InboxID] = append(r.workers[w.InboxID], w.TeamID)
	}
	return r, nil
}

// of gives what somebody of these teams does not see. An inbox's own team works
// in it without being listed.
func (r *reach) of(teams []crm.ID) *hiddenSet {
	if len(r.inboxes) == 0 {
		return &hiddenSet{}
	}
	key := ""
	for _, t := range teams {
		key += string(t[:])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if h := r.hidden[key]; h != nil {
		return h
	}
	h := &hiddenSet{sources: map[string]bool{}, inboxes: map[crm.ID]bool{}}
	for _, inbox := range r.inboxes {
		works := slices.ContainsFunc(teams, func(t crm.ID) bool { return t == inbox.TeamID || slices.Contains(r.workers[inbox.ID], t) })
		if !works {
			h.sources[inbox.Source], h.inboxes[inbox.ID] = true, true
		}
	}
	r.hidden[key] = h
	return h
}

// complete adds what depends on teams and inboxes to a caller.
func (s *Service) complete(ctx context.Context, p *Principal) (*Principal, error) {
	r, err := s.reach(ctx)
	if err != nil {
		return nil, err
	}
	if p.UserID.IsZero() {
		// A key reads a restricted inbox only when it is bound to it: whoever may
		// make keys must not see through one what they don't see themselves.
		h := r.of(nil)
		if !h.sources[p.Source] {
			p.Hidden, p.HiddenInboxes = h.sources, h.inboxes
			return p, nil
		}
		p.Hidden, p.HiddenInboxes = map[string]bool{}, map[crm.ID]bool{}
		for _, inbox := range r.inboxes {
			if inbox.Source != p.Source {
				p.Hidden[inbox.Source], p.HiddenInboxes[inbox.ID] = true, true
			}
		}
		return p, nil
	}
	if !p.factor && p.session != nil && slices.Contains(r.enrol, p.Role) {
		p.MustEnrol, p.Scopes = true, nil
	}
	p.Teams, p.Leads = r.teams[p.UserID], r.leads[p.UserID]
	if p.Role != Owner {
		h := r.of(p.Teams)
		p.Hidden, p.HiddenInboxes = h.sources, h.inboxes
	}
	return p, nil
}

// Changed makes a change of people, teams or inboxes count at once in this
// process: for every request that begins, and for streams that are open. Whoever
// writes inboxes calls it after the commit.
func (s *Service) Changed() {
	s.reached.mu.Lock()
	s.reached.generation++
	s.reached.r = nil
	s.reached.mu.Unlock()
	s.keys.forget()
	s.watchers.wake()
}

// SetInboxTeams says which teams work in an inbox. It only counts while the
// inbox is restricted. Call Changed after the commit.
func SetInboxTeams(ctx context.Context, tx *store.Tx, inbox crm.ID, teams []crm.ID) error {
	if err := tx.ClearInboxTeams(ctx, inbox); err != nil {
		return err
	}
	for _, t := range teams {
		if err := tx.AddInboxTeam(ctx, sqlgen.AddInboxTeamParams{InboxID: inbox, TeamID: t}); err != nil {
			return err
		}
	}
	return nil
}

// InboxTeams gives the teams of every inbox that has some.
func (s *Service) InboxTeams(ctx context.Context) (map[crm.ID][]crm.ID, error) {
	rows, err := s.db.Read().InboxTeams(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the teams of inboxes: %w", err)
	}
	out := map[crm.ID][]crm.ID{}
	for _, r := range rows {
		out[r.InboxID] = append(out[r.InboxID], r.TeamID)
	}
	return out, nil
}
