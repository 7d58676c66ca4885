package journey

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// moving is one contact that leaves a journey (zero: it was in none) for
// another.
type moving struct {
	profile     Profile
	interaction crm.ID
	from        crm.ID
	to          *record
}

// regroup moves contacts between journeys: it replaces the links with sure ones
// of the author, logs what they were, measures every journey concerned again,
// and deletes those that are left without a contact. The caller holds the locks
// of all buckets concerned.
func (s *Service) regroup(ctx context.Context, tx *store.Tx, now time.Time, moves []moving, next func(int64) int64, author, reason string) error {
	slices.SortFunc(moves, func(a, b moving) int {
		return cmp.Or(cmp.Compare(a.profile.Bucket, b.profile.Bucket),
			slices.Compare(a.profile.ID[:], b.profile.ID[:]), slices.Compare(a.interaction[:], b.interaction[:]))
	})
	var links, log [][]any
	var froms [][]any
	var journeys []*record
	seen := map[crm.ID]bool{}
	for _, m := range moves {
		links = append(links, linkRow(m.profile, crm.Link{InteractionID: m.interaction, JourneyID: m.to.ID, Confidence: 1, Reason: reason, By: author, At: now}))
		log = append(log, []any{m.profile.Bucket, m.profile.ID, m.interaction, crm.NewID(now), m.from, m.to.ID, reason, author, crm.Micros(now)})
		if !seen[m.to.ID] {
			seen[m.to.ID] = true
			journeys = append(journeys, m.to)
		}
	}
	for _, m := range moves {
		if !m.from.IsZero() && !seen[m.from] {
			seen[m.from] = true
			froms = append(froms, []any{m.from.RowBucket(), m.from})
		}
	}
	left, err := loadJourneys(ctx, tx, froms)
	if err != nil {
		return err
	}
	journeys = append(journeys, left...)
	if err := rememberParted(ctx, tx, moves, left); err != nil {
		return err
	}
	if err := tx.Write(ctx, &linksReplace, links, nil); err != nil {
		return err
	}
	if err := tx.Write(ctx, &linkLog, log, nil); err != nil {
		return err
	}
	if err := s.remeasure(ctx, tx, now, journeys); err != nil {
		return err
	}
	kept := journeys[:0]
	for _, r := range journeys {
		if r.Data.Count > 0 {
			kept = append(kept, r)
			continue
		}
		if err := tx.DeleteJourney(ctx, sqlgen.DeleteJourneyParams{Bucket: r.ID.RowBucket(), ID: r.ID}); err != nil {
			return err
		}
	}
	return writeJourneys(ctx, tx, kept, next)
}

// rememberParted keeps which conversations a person took out of which journeys, so
// that what comes next in them does not go back there by its score. What a
// journey is given again is parted from it no more.
func rememberParted(ctx context.Context, tx *store.Tx, moves []moving, left []*record) error {
	contacts, rows := make([]*Contact, len(moves)), make([][]any, len(moves))
	for i, m := range moves {
		contacts[i] = &Contact{ID: m.interaction, Profile: m.profile}
		rows[i] = []any{m.profile.Bucket, m.profile.ID, m.interaction}
	}
	if err := fill(ctx, tx, contacts, rows); err != nil {
		return err
	}
	for i, m := range moves {
		id := contacts[i].ConversationID
		if id.IsZero() {
			continue
		}
		m.to.Data.Parted = slices.DeleteFunc(m.to.Data.Parted, func(other crm.ID) bool { return other == id })
		for _, r := range left {
			if r.ID == m.from && !slices.Contains(r.Data.Parted, id) && len(r.Data.Parted) < maxConversations {
				r.Data.Parted = append(r.Data.Parted, id)
			}
		}
	}
	return nil
}

// locks counts the feed numbers that regroup may take: one for each journey, and
// a lock on the bucket of each contact.
func locks(moves []moving, to crm.ID) map[int64]int64 {
	counts := map[int64]int64{to.RowBucket(): 1}
	seen := map[crm.ID]bool{to: true}
	for _, m := range moves {
		counts[m.profile.Bucket] += 0
		if !m.from.IsZero() && !seen[m.from] {
			seen[m.from] = true
			counts[m.from.RowBucket()]++
		}
	}
	return counts
}
