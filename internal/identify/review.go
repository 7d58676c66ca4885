package identify

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify/match"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Question is a pair of customers that a person must decide about.
type Question struct {
	ID     crm.ID // of the suggestion
	A, B   crm.ID // profiles; the API names their customers
	Reason string
	At     int64 // microseconds
	Bits   float64
	Steps  []match.Step
}

// Questions lists open pairs, the oldest first, after a cursor (at, id).
func (s *Service) Questions(ctx context.Context, at int64, id crm.ID, n int64) ([]Question, error) {
	rows, err := s.db.Read().OpenSuggestions(ctx, sqlgen.OpenSuggestionsParams{At: at, ID: id, N: n})
	if err != nil {
		return nil, err
	}
	out := make([]Question, 0, len(rows))
	err = s.db.View(ctx, func(tx *store.Tx) error {
		for _, r := range rows {
			q := Question{ID: r.ID, A: r.ProfileID, B: r.OtherID, Reason: r.Reason, At: r.At}
			if q.Bits, q.Steps, err = s.explain(ctx, tx, Profile{r.Bucket, r.ProfileID}, Profile{r.OtherBucket, r.OtherID}); err != nil {
				return err
			}
			out = append(out, q)
		}
		return nil
	})
	return out, err
}

// explain compares the customers of two profiles field by field.
func (s *Service) explain(ctx context.Context, tx *store.Tx, a, b Profile) (float64, []match.Step, error) {
	p, err := personOfProfile(ctx, tx, a)
	if err != nil {
		return 0, nil, err
	}
	q, err := personOfProfile(ctx, tx, b)
	if err != nil {
		return 0, nil, err
	}
	same, err := sameName(ctx, tx, p)
	if err != nil {
		return 0, nil, err
	}
	model, err := s.persons(ctx, tx)
	if err != nil {
		return 0, nil, err
	}
	bits, steps := model.Compare(p, q, same)
	return bits, steps, nil
}

// personOfProfile is the person of a profile, claims included.
func personOfProfile(ctx context.Context, tx *store.Tx, p Profile) (match.Person, error) {
	head, err := tx.Head(ctx, sqlgen.HeadParams{Bucket: p.Bucket, ProfileID: p.ID})
	if err != nil {
		return match.Person{}, err
	}
	return personOf(ctx, tx, Profile{head.HeadBucket, head.CustomerID}, true)
}

// Later puts a question at the end of the queue.
func (s *Service) Later(ctx context.Context, suggestion crm.ID) error {
	now := crm.Micros(s.clock())
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.SuggestionByID(ctx, sqlgen.SuggestionByIDParams{Bucket: suggestion.RowBucket(), ID: suggestion})
		if errors.Is(err, sql.ErrNoRows) {
			return crm.Errorf(crm.NotFound, "There is no such suggestion.")
		}
		if err != nil {
			return err
		}
		for _, p := range []sqlgen.DelaySuggestionParams{{Bucket: row.Bucket, ProfileID: row.ProfileID, OtherID: row.OtherID, At: now},
			{Bucket: row.OtherBucket, ProfileID: row.OtherID, OtherID: row.ProfileID, At: now}} {
			if err := tx.DelaySuggestion(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// Relation ties customers who are not one person.
type Relation struct {
	Kind  string // mail, phone, domain
	Value string // what they share
	With  []crm.ID
	More  bool // there are more than these
}

// Related finds who shares a mail address, a telephone or a firm's domain with
// a customer: a household, an office. Nobody is merged for it.
func (s *Service) Related(ctx context.Context, profile crm.ID) ([]Relation, error) {
	const most = 20
	var out []Relation
	err := s.db.View(ctx, func(tx *store.Tx) error {
		head, err := tx.Head(ctx, sqlgen.HeadParams{Bucket: profile.Bucket(), ProfileID: profile})
		if errors.Is(err, sql.ErrNoRows) {
			return crm.Errorf(crm.NotFound, "There is no such customer.")
		}
		if err != nil {
			return err
		}
		p, err := personOf(ctx, tx, Profile{head.HeadBucket, head.CustomerID}, false)
		if err != nil {
			return err
		}
		for _, k := range match.Keys(p) {
			kind, value, ok := match.Shared(k)
			if !ok {
				continue
			}
			bucket, hashed := hashKey(k)
			holders, err := tx.MatchHolders(ctx, sqlgen.MatchHoldersParams{KeyBucket: bucket, Key: hashed, N: most + 2})
			if err != nil {
				return err
			}
			r := Relation{Kind: kind, Value: value}
			for _, h := range holders {
				members, err := tx.Members(ctx, sqlgen.MembersParams(h))
				if err != nil {
					return err
				}
				if h.CustomerID != head.CustomerID && len(members) > 0 { // not one that was merged away
					r.With = append(r.With, h.CustomerID)
				}
			}
			if r.More = len(r.With) > most; r.More {
				r.With = r.With[:most]
			}
			if len(r.With) > 0 {
				out = append(out, r)
			}
		}
		return nil
	})
	return out, err
}

// Persons is the model that customers are compared with, as it was learned.
func (s *Service) Persons() *match.PersonModel {
	if m := s.model.Load(); m != nil {
		return m
	}
	return comes
}

// firmSize is how many customers there were at a time.
type firmSize struct {
	people int
	at     time.Time
}

// persons is the model for a firm of this size, which is counted anew now and
// then.
func (s *Service) persons(ctx context.Context, tx *store.Tx) (*match.PersonModel, error) {
	const often = time.Minute
	now, size := s.clock(), s.size.Load()
	if size == nil || now.Sub(size.at).Abs() > often {
		people, err := countCustomers(ctx, tx)
		if err != nil {
			return nil, err
		}
		size = &firmSize{people, now}
		s.size.Store(size)
	}
	m := *s.Persons()
	m.People = size.people
	return &m, nil
}

// countCustomers counts those of a few buckets where that is enough to know how
// many there are about: people are spread over the buckets evenly.
func countCustomers(ctx context.Context, tx *store.Tx) (int, error) {
	const enough = 500
	for buckets := int64(4); ; buckets *= 8 {
		buckets = min(buckets, crm.Buckets)
		n, err := tx.CountCustomersBelow(ctx, buckets)
		if err != nil || n >= enough || buckets == crm.Buckets {
			return int(n * crm.Buckets / buckets), err
		}
	}
}

var comes = match.Persons()

// LearnDecisions refits the model with what people merged and kept apart. It
// starts from the model that EM gave, so the same decisions give the same
// model, and keeps that one when the decisions are explained no better. It
// returns how many decisions there were.
func (s *Service) LearnDecisions(ctx context.Context) (int, error) {
	const most = 2000
	var same, different [][]int
	err := s.db.View(ctx, func(tx *store.Tx) error {
		merges, err := tx.MergesByPeople(ctx, most)
		if err != nil {
			return err
		}
		for _, m := range merges {
			levels, err := s.levels(ctx, tx, Profile{m.Bucket, m.ProfileID}, Profile{m.OtherBucket, m.OtherID})
			if err != nil {
				return err
			}
			same = append(same, levels)
		}
		never, err := tx.NeverLinksByPeople(ctx, most)
		if err != nil {
			return err
		}
		for _, n := range never {
			levels, err := s.levels(ctx, tx, Profile{n.Bucket, n.ProfileID}, Profile{n.OtherBucket, n.OtherID})
			if err != nil {
				return err
			}
			different = append(different, levels)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	model, _ := comes.Learn(same, different)
	s.model.Store(model)
	return len(same) + len(different), nil
}

// levels compares two profiles alone: after a merge their customer is one.
func (s *Service) levels(ctx context.Context, tx *store.Tx, a, b Profile) ([]int, error) {
	p, err := personAlone(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	q, err := personAlone(ctx, tx, b)
	if err != nil {
		return nil, err
	}
	levels, _ := comes.Levels(p, q)
	return levels, nil
}
