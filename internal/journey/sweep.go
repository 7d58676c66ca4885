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

// sweepBatch bounds a transaction of Sweep, so that new contacts never wait
// long for its locks.
const sweepBatch = 100

// Sweep does the changes of state that are due by time alone, in small
// transactions, for at most limit journeys, and returns how many it judged.
// Running it late, twice, or at the same time elsewhere changes nothing: a new
// contact is always judged by the state at its own time.
func (s *Service) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	done := 0
	for done < limit {
		due, err := s.db.Read().DueJourneys(ctx, sqlgen.DueJourneysParams{DueAt: crm.Micros(now), N: int64(min(limit-done, sweepBatch))})
		if err != nil || len(due) == 0 {
			return done, err
		}
		n := 0
		err = s.db.InTx(ctx, func(tx *store.Tx) error {
			n = 0
			keys := make([][]any, len(due))
			counts := map[int64]int64{}
			for i, d := range due {
				keys[i] = []any{d.Bucket, d.ID}
				counts[d.Bucket]++
			}
			next, err := lock(ctx, tx, counts)
			if err != nil {
				return err
			}
			records, err := loadJourneys(ctx, tx, keys)
			if err != nil {
				return err
			}
			changed := slices.DeleteFunc(records, func(r *record) bool { return r.State.Closed() || r.DueAt.IsZero() || r.DueAt.After(now) })
			for _, r := range changed {
				r.settle(now)
			}
			n = len(changed)
			return writeJourneys(ctx, tx, changed, next)
		})
		if err != nil {
			return done, err
		}
		done += n
		if n == 0 || len(due) < sweepBatch {
			return done, nil
		}
	}
	return done, nil
}

// lock takes n feed numbers of each bucket, in ascending order, and hands them
// out one by one.
func lock(ctx context.Context, tx *store.Tx, counts map[int64]int64) (func(int64) int64, error) {
	buckets := make([]int64, 0, len(counts))
	for b := range counts {
		buckets = append(buckets, b)
	}
	slices.Sort(buckets)
	n := make([]int64, len(buckets))
	for i, b := range buckets {
		n[i] = counts[b]
	}
	first, err := tx.LockBuckets(ctx, buckets, n)
	if err != nil {
		return nil, err
	}
	return func(bucket int64) int64 {
		seq := first[bucket]
		first[bucket]++
		return seq
	}, nil
}

// loadJourneys reads and decodes journeys by (bucket, id), ordered by id.
func loadJourneys(ctx context.Context, tx *store.Tx, keys [][]any) ([]*record, error) {
	var out []*record
	err := tx.Lookup(ctx, &journeysOne, keys, func(found store.Found) error {
		raw := &rawRecord{}
		if err := raw.scan(func(dest ...any) error { _, err := found(dest...); return err }); err != nil {
			return err
		}
		r, err := raw.decode()
		out = append(out, r)
		return err
	})
	slices.SortFunc(out, func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.Profile.Bucket, b.Profile.Bucket), slices.Compare(a.ID[:], b.ID[:]))
	})
	return out, err
}
