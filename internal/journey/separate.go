package journey

import (
	"context"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

var linksByProfile = store.Lookup{Table: "journey_links", Cols: "t.interaction_id, t.journey_id",
	Key: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "profile_id", Type: store.UUID}}}

// Separate parts the journeys of two customers that were one until now, left
// and right being their profiles: contacts that hang on a journey of the other
// side move into a new journey of their own side, one for each journey that
// they leave, and the log says so. Where nothing was linked across, nothing
// changes: journeys hang on profiles, so the merge itself moved none. The caller
// holds the locks of all buckets of both sides.
func (s *Service) Separate(ctx context.Context, tx *store.Tx, now time.Time, left, right []Profile, next func(bucket int64) int64, author string) error {
	side := map[Profile]int{}
	var profiles []Profile
	var keys [][]any
	for i, list := range [2][]Profile{left, right} {
		for _, p := range list {
			side[p] = i + 1
			profiles = append(profiles, p)
			keys = append(keys, []any{p.Bucket, p.ID})
		}
	}
	var moves []moving
	var journeyKeys [][]any
	known := map[crm.ID]bool{}
	err := tx.Lookup(ctx, &linksByProfile, keys, func(found store.Found) error {
		var m moving
		i, err := found(&m.interaction, &m.from)
		if err != nil {
			return err
		}
		m.profile = profiles[i]
		moves = append(moves, m)
		if !known[m.from] {
			known[m.from] = true
			journeyKeys = append(journeyKeys, []any{m.from.RowBucket(), m.from})
		}
		return nil
	})
	if err != nil {
		return err
	}
	journeys, err := loadJourneys(ctx, tx, journeyKeys)
	if err != nil {
		return err
	}
	of := map[crm.ID]int{}
	for _, r := range journeys {
		of[r.ID] = side[r.Profile]
	}
	across := moves[:0]
	own := map[crm.ID]*record{} // by the journey that is left
	for _, m := range moves {
		if of[m.from] == 0 || of[m.from] == side[m.profile] {
			continue
		}
		r := own[m.from]
		if r == nil {
			// Derived, so that a second run of the transaction finds the same.
			id := crm.DerivedID(m.interaction.Time(), "separate", m.from.String(), m.interaction.String())
			r = &record{ID: id.InBucket(m.profile.Bucket), Profile: m.profile}
			own[m.from] = r
		}
		m.to = r
		across = append(across, m)
	}
	if len(across) == 0 {
		return nil
	}
	return s.regroup(ctx, tx, now, across, next, author, "The customers were separated")
}
