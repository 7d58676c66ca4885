package desk

import (
	"context"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Sweep does what time does to cases: it wakes snoozed ones, warns of targets that
// come near and notes those that were missed, at most limit of each. It may run on
// several nodes at once, and what a node that was down should have done is done
// by the next sweep of any: a target is a time in a row, not a job that could be
// lost or had to be moved with every message.
func (s *Service) Sweep(ctx context.Context, now time.Time, limit int64) error {
	if s.resting.Load() {
		return nil
	}
	due, err := s.db.Read().DueSnoozed(ctx, sqlgen.DueSnoozedParams{SnoozedUntil: crm.Micros(now), N: limit})
	if err != nil {
		return err
	}
	if err := s.sweepEach(ctx, due, "woken", func(r *Row, x *rules) bool {
		if r.Status != Snoozed || r.SnoozedUntil > crm.Micros(now) {
			return false
		}
		x.turn(r, Todo, now)
		return true
	}); err != nil {
		return err
	}
	late, err := s.db.Read().Breaching(ctx, sqlgen.BreachingParams{DueAt: crm.Micros(now), N: limit})
	if err != nil {
		return err
	}
	leads := map[crm.ID]crm.ID{}
	if err := s.sweepEach(ctx, late, "breached", func(r *Row, x *rules) bool {
		if !missed(r, now) {
			return false
		}
		s.miss(ctx, r, x, leads)
		return true
	}); err != nil {
		return err
	}
	near, err := s.db.Read().Warning(ctx, sqlgen.WarningParams{WarnAt: crm.Micros(now), N: limit})
	if err != nil {
		return err
	}
	return s.sweepEach(ctx, near, "due_soon", func(r *Row, _ *rules) bool {
		if r.Status != Todo || r.Warned || r.WarnAt > crm.Micros(now) || r.DueAt <= crm.Micros(now) {
			return false
		}
		r.Warned = true
		return true
	})
}

// missed reports whether the nearest target of a case has passed and nobody was told.
func missed(r *Row, now time.Time) bool {
	return r.Status == Todo && !r.Breached && r.DueAt <= crm.Micros(now)
}

// miss does what a missed target asks for. leads keeps those of teams, once read.
func (s *Service) miss(ctx context.Context, r *Row, x *rules, leads map[crm.ID]crm.ID) {
	r.Breached, r.Warned = true, true // nobody is warned of what is late
	p, _ := x.serviceOf(r)
	if p == nil {
		return
	}
	if p.Targets.Escalate {
		r.Priority = Urgent
	}
	if !p.Targets.ToTheLead || r.TeamID.IsZero() {
		return
	}
	lead, known := leads[r.TeamID]
	if !known {
		lead, _ = s.db.Read().LeadOfTeam(ctx, r.TeamID) // a team without a lead keeps its cases
		leads[r.TeamID] = lead
	}
	if !lead.IsZero() {
		r.AssigneeID = lead
	}
}

func (s *Service) sweepEach(ctx context.Context, ids []crm.ID, kind string, one func(*Row, *rules) bool) error {
	if len(ids) == 0 {
		return nil
	}
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		out := Outcome{ChangeID: crm.NewID(s.clock())}
		return s.each(ctx, tx, ids, &out, func(r *Row, x *rules, now time.Time) (*sqlgen.AddCaseEventParams, error) {
			before := stateOf(r)
			if !one(r, x) {
				return nil, errLeft
			}
			return newEvent(r, now, out.ChangeID, "", crm.ID{}, kind, before, stateOf(r))
		}, false)
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return err
}
