package journey

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Move puts an interaction into a journey of the same customer, or into a new
// one when journey is zero. It returns the journey that the interaction is in.
func (s *Service) Move(ctx context.Context, interaction, journey crm.ID, author string) (crm.ID, error) {
	return s.move(ctx, author, "Moved by hand", func(tx *store.Tx) ([]moving, crm.ID, error) {
		m, err := findMoving(ctx, tx, interaction)
		return []moving{m}, journey, err
	})
}

// Split puts interactions of a journey into a new one, and returns it. At least
// one must stay.
func (s *Service) Split(ctx context.Context, journey crm.ID, interactions []crm.ID, author string) (crm.ID, error) {
	return s.move(ctx, author, "Split off by hand", func(tx *store.Tx) ([]moving, crm.ID, error) {
		all, err := movingOf(ctx, tx, journey)
		if err != nil {
			return nil, crm.ID{}, err
		}
		moves := slices.DeleteFunc(slices.Clone(all), func(m moving) bool { return !slices.Contains(interactions, m.interaction) })
		switch {
		case len(moves) == 0 || len(moves) < len(unique(interactions)):
			return nil, crm.ID{}, crm.Errorf(crm.Invalid, "Choose interactions of this journey.")
		case len(moves) == len(all):
			return nil, crm.ID{}, crm.Errorf(crm.Invalid, "At least one interaction must stay in the journey.")
		}
		return moves, crm.ID{}, nil
	})
}

// Merge moves everything of the journey from into the journey into. The row of
// from is deleted: reading it answers not_found.
func (s *Service) Merge(ctx context.Context, into, from crm.ID, author string) error {
	if into == from || into.IsZero() {
		return crm.Errorf(crm.Invalid, "Choose two different journeys.")
	}
	_, err := s.move(ctx, author, "Merged by hand", func(tx *store.Tx) ([]moving, crm.ID, error) {
		moves, err := movingOf(ctx, tx, from)
		return moves, into, err
	})
	return err
}

// SetState sets the state by hand. It holds until the customer or a person of
// ours speaks again.
func (s *Service) SetState(ctx context.Context, journey crm.ID, state crm.JourneyState, author string) error {
	switch state {
	case crm.JourneyOpen, crm.WaitingForUs, crm.WaitingForThem, crm.Resolved, crm.Abandoned:
	default:
		return crm.Errorf(crm.Invalid, "%q is no state of a journey.", string(state))
	}
	now := s.clock()
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		next, err := lock(ctx, tx, map[int64]int64{journey.RowBucket(): 1})
		if err != nil {
			return err
		}
		r, err := oneJourney(ctx, tx, journey)
		if err != nil {
			return err
		}
		r.State = state
		r.Data.Manual, r.Data.SetAt, r.Data.SetBy = true, later(now, r.LastAt), author
		r.settle(now)
		if err := writeJourneys(ctx, tx, []*record{r}, next); err != nil {
			return err
		}
		return s.note(ctx, tx, now, r.Profile.ID, author, "state", stateNotes[state])
	})
}

// notes and stateNotes are how colleagues read a change by hand.
var (
	notes = map[string]string{
		"Moved by hand":     "Moved a contact to another journey.",
		"Split off by hand": "Made a journey of its own of some contacts.",
		"Merged by hand":    "Put two journeys together.",
	}
	stateNotes = map[crm.JourneyState]string{
		crm.JourneyOpen:    "Opened a journey again.",
		crm.WaitingForUs:   "Said that a journey waits for us.",
		crm.WaitingForThem: "Said that a journey waits for the customer.",
		crm.Resolved:       "Said that a journey is solved.",
		crm.Abandoned:      "Said that a journey was given up.",
	}
)

// move runs one change by hand in its own transaction. find tells what moves
// where, a zero journey being a new one; it runs before and after the locks are
// taken, and a difference starts again.
func (s *Service) move(ctx context.Context, author, reason string, find func(*store.Tx) ([]moving, crm.ID, error)) (crm.ID, error) {
	now := s.clock()
	var to crm.ID
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		moves, target, err := find(tx)
		if err != nil {
			return err
		}
		to = target
		r := &record{}
		if to.IsZero() {
			to = crm.NewID(now).InBucket(moves[0].profile.Bucket)
			r = &record{ID: to, Profile: moves[0].profile}
		}
		next, err := lock(ctx, tx, locks(moves, to))
		if err != nil {
			return err
		}
		again, _, err := find(tx)
		if err != nil {
			return err
		}
		if !slices.Equal(moves, again) {
			return store.ErrRetry
		}
		if !target.IsZero() {
			if r, err = oneJourney(ctx, tx, target); err != nil {
				return err
			}
		}
		if err := sameCustomer(ctx, tx, r.Profile, moves); err != nil {
			return err
		}
		moves = slices.DeleteFunc(moves, func(m moving) bool { return m.from == to })
		if len(moves) == 0 {
			return nil // it is there already
		}
		for i := range moves {
			moves[i].to = r
			if r.Data.Repeat.Of == moves[i].from {
				r.Data.Repeat = crm.Repeat{}
			}
		}
		if err := s.regroup(ctx, tx, now, moves, next, author, reason); err != nil {
			return err
		}
		return s.note(ctx, tx, now, r.Profile.ID, author, "journey", notes[reason])
	})
	if err != nil {
		return crm.ID{}, err
	}
	s.db.Ring(ctx)
	return to, nil
}

// sameCustomer refuses to join what belongs to different customers.
func sameCustomer(ctx context.Context, tx *store.Tx, p Profile, moves []moving) error {
	head, err := customerOf(ctx, tx, p)
	if err != nil {
		return err
	}
	known := map[Profile]bool{p: true}
	for _, m := range moves {
		if known[m.profile] {
			continue
		}
		other, err := customerOf(ctx, tx, m.profile)
		if err != nil {
			return err
		}
		if other != head {
			return crm.Errorf(crm.Invalid, "The interaction and the journey belong to different customers.")
		}
		known[m.profile] = true
	}
	return nil
}

func customerOf(ctx context.Context, tx *store.Tx, p Profile) (crm.ID, error) {
	row, err := tx.JourneyCustomer(ctx, sqlgen.JourneyCustomerParams{Bucket: p.Bucket, ProfileID: p.ID})
	if errors.Is(err, sql.ErrNoRows) {
		return crm.ID{}, crm.Errorf(crm.NotFound, "There is no such customer.")
	}
	return row.CustomerID, err
}

func oneJourney(ctx context.Context, tx *store.Tx, id crm.ID) (*record, error) {
	list, err := loadJourneys(ctx, tx, [][]any{{id.RowBucket(), id}})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, crm.Errorf(crm.NotFound, "There is no such journey.")
	}
	return list[0], nil
}

// findMoving finds an interaction and the journey that it is in.
func findMoving(ctx context.Context, tx *store.Tx, id crm.ID) (moving, error) {
	m := moving{interaction: id, profile: Profile{Bucket: id.RowBucket()}}
	var err error
	m.profile.ID, err = tx.JourneyContact(ctx, sqlgen.JourneyContactParams{Bucket: m.profile.Bucket, ID: id})
	if errors.Is(err, sql.ErrNoRows) {
		return m, crm.Errorf(crm.NotFound, "There is no such interaction.")
	}
	if err != nil {
		return m, err
	}
	link, err := tx.JourneyLinkOf(ctx, sqlgen.JourneyLinkOfParams{Bucket: m.profile.Bucket, ProfileID: m.profile.ID, InteractionID: id})
	if errors.Is(err, sql.ErrNoRows) {
		return m, nil
	}
	m.from = link.JourneyID
	return m, err
}

// movingOf lists all interactions of a journey, in a fixed order.
func movingOf(ctx context.Context, tx *store.Tx, journey crm.ID) ([]moving, error) {
	if _, err := oneJourney(ctx, tx, journey); err != nil {
		return nil, err
	}
	var moves []moving
	err := tx.Lookup(ctx, &linksOf, [][]any{{journey.RowBucket(), journey}}, func(found store.Found) error {
		m := moving{from: journey}
		_, err := found(&m.profile.Bucket, &m.profile.ID, &m.interaction)
		moves = append(moves, m)
		return err
	})
	slices.SortFunc(moves, func(a, b moving) int { return slices.Compare(a.interaction[:], b.interaction[:]) })
	return moves, err
}

func unique(ids []crm.ID) map[crm.ID]bool {
	m := make(map[crm.ID]bool, len(ids))
	for _, id := range ids {
		m[id] = true
	}
	return m
}
