package search

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The bounds of one page: matches that are looked at, and the time that takes.
// What is beyond is not silently left out: the answer says so.
const (
	maxLooked = 4000
	maxTime   = 2 * time.Second
)

// Hit is a message that was found.
type Hit = sqlgen.MessagesByNumberRow

// Found is a page of hits, the newest first. Next begins the next page; 0: there
// is none. Cut means that the search stopped early.
type Found struct {
	Hits []Hit
	Next int64
	Cut  bool
}

// Messages finds messages below number before (0: from the newest). keep says
// which of some hits count: those that the caller may see and whose case fits.
func Messages(ctx context.Context, db *store.DB, q *Query, before int64, limit int, keep func([]Hit) ([]bool, error)) (Found, error) {
	var out Found
	deadline, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	m := store.Match{Clauses: q.Clauses, Before: before, Limit: limit + 1}
	if before <= 0 {
		m.Before = math.MaxInt64
	}
	if !q.Before.IsZero() {
		m.Before = min(m.Before, numberAt(q.Before))
	}
	if !q.From.IsZero() {
		m.From = numberAt(q.From)
	}
	for looked := 0; ; {
		ns, err := db.Match(deadline, &m)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			out.Cut, out.Next = true, 0 // where the next page begins is not known
			return out, nil
		}
		if err != nil {
			return out, err
		}
		hits, err := byNumber(ctx, db, ns)
		if err != nil {
			return out, err
		}
		kept, err := keep(hits)
		if err != nil {
			return out, err
		}
		for i, h := range hits {
			if !kept[i] {
				continue
			}
			if len(out.Hits) == limit {
				out.Next = out.Hits[limit-1].N
				return out, nil
			}
			out.Hits = append(out.Hits, h)
		}
		if len(ns) < m.Limit {
			return out, nil
		}
		m.Before = ns[len(ns)-1]
		if looked += len(ns); looked >= maxLooked || deadline.Err() != nil {
			out.Cut, out.Next = true, m.Before
			return out, nil
		}
		m.Limit = min(max(m.Limit*2, 100), 1000)
	}
}

// byNumber reads what numbers stand for, in their order.
func byNumber(ctx context.Context, db *store.DB, ns []int64) ([]Hit, error) {
	var out []Hit
	for chunk := range slices.Chunk(ns, 16) {
		at := func(i int) int64 { return chunk[min(i, len(chunk)-1)] }
		rows, err := db.Read().MessagesByNumber(ctx, sqlgen.MessagesByNumberParams{N: at(0), N_2: at(1), N_3: at(2), N_4: at(3), N_5: at(4), N_6: at(5), N_7: at(6), N_8: at(7),
			N_9: at(8), N_10: at(9), N_11: at(10), N_12: at(11), N_13: at(12), N_14: at(13), N_15: at(14), N_16: at(15)})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b Hit) int {
		if a.N > b.N {
			return -1
		}
		return 1
	})
	return out, nil
}

// Text reads the text of a hit.
func Text(ctx context.Context, db *store.DB, id crm.ID, bucket int64) (subject, text string, err error) {
	r, err := db.Read().MessageWords(ctx, sqlgen.MessageWordsParams{Bucket: bucket, ID: id})
	return r.Subject, r.Text, err
}
