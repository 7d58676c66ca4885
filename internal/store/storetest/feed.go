package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

var interactions = table("interactions", 3, "bucket", store.Int, "profile_id", store.UUID, "id", store.UUID, "seq", store.Int,
	"conversation_id", store.UUID, "continues", store.UUID, "source", store.Text, "external_id", store.Text, "channel", store.Text,
	"kind", store.Text, "direction", store.Text, "occurred_at", store.Int, "received_at", store.Int, "verified", store.Bool,
	"automatic", store.Bool, "subject", store.Text, "text", store.Text, "quoted", store.Text, "html", store.Text, "attrs", store.Text)

var keys = table("identity_keys", 3, "key_bucket", store.Int, "kind", store.Text, "value", store.Text, "bucket", store.Int,
	"profile_id", store.UUID, "shared", store.Bool)

// firstSightWins lets several writers show the same keys for the first time at
// once: all of them learn of one and the same winner.
func firstSightWins(t *testing.T, db *store.DB) {
	const writers, n = 4, 40
	other := Open(t, db.URL)
	upsert := with(keys, "shared = identity_keys.shared", "value, profile_id")
	answers := make([]map[string]crm.ID, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			answers[w] = map[string]crm.ID{}
			mine := []*store.DB{db, other}[w%2]
			for k := range n {
				value := fmt.Sprint("key ", k)
				err := mine.InTx(context.Background(), func(tx *store.Tx) error {
					return tx.Write(context.Background(), upsert, [][]any{{int64(1), "email", value, int64(w), crm.ID{15: byte(w + 1)}, false}},
						func(r store.Row) error {
							var id crm.ID
							err := r.Scan(&value, &id)
							answers[w][value] = id
							return err
						})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for value, first := range answers[0] {
		if first.IsZero() {
			t.Errorf("%s has no winner", value)
		}
		for w := range writers {
			if answers[w][value] != first {
				t.Errorf("%s: writer %d was told %v, writer 0 %v", value, w, answers[w][value], first)
			}
		}
	}
	if len(answers[0]) != n {
		t.Errorf("%d answers, want %d", len(answers[0]), n)
	}
}

// place is where a row stands in the feed.
type place struct{ bucket, seq int64 }

// feedMissesNothing runs writers of mixed buckets, some of which roll back,
// against readers that hold nothing but a cursor a bucket.
func feedMissesNothing(t *testing.T, db *store.DB) {
	const writers, readers, rounds, buckets = 8, 8, 25, 12
	other := Open(t, db.URL)
	nodes := []*store.DB{db, other}
	undo := errors.New("changed my mind")
	var mu sync.Mutex
	written := map[place]crm.ID{}
	var writing, reading sync.WaitGroup
	var done atomic.Bool
	for w := range writers {
		writing.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 7))
			for round := range rounds {
				rows, err := feedRound(nodes[w%2], rnd, fmt.Sprintf("%d.%d", w, round), buckets, undo)
				if err != nil && !errors.Is(err, undo) {
					t.Error(err)
				}
				mu.Lock()
				for p, id := range rows {
					if old, ok := written[p]; ok {
						t.Errorf("%v was given to %v and to %v", p, old, id)
					}
					written[p] = id
				}
				mu.Unlock()
			}
		})
	}
	read := make([]map[place]crm.ID, readers)
	for r := range readers {
		read[r] = map[place]crm.ID{}
		reading.Go(func() {
			cursor := map[int64]int64{}
			limit := int64(1 + 5*r)
			for last := false; ; {
				n := 0
				for b := range int64(buckets) {
					n += tail(t, nodes[r%2], b, cursor, limit, read[r])
				}
				if last && n == 0 {
					return
				}
				last = done.Load()
			}
		})
	}
	writing.Wait()
	done.Store(true)
	reading.Wait()
	for r := range readers {
		if len(read[r]) != len(written) {
			t.Errorf("reader %d found %d rows of %d", r, len(read[r]), len(written))
		}
		for p, id := range written {
			if read[r][p] != id {
				t.Errorf("reader %d found %v at %v, want %v", r, read[r][p], p, id)
			}
		}
	}
	resume(t, db, written)
}

// feedRound writes a few rows of a few buckets in one transaction, and gives
// them back when it was committed.
func feedRound(db *store.DB, rnd *rand.Rand, name string, buckets int, undo error) (map[place]crm.ID, error) {
	ctx := context.Background()
	want := map[int64]int64{}
	for range 1 + rnd.IntN(5) {
		want[int64(rnd.IntN(buckets))] += 1 + rnd.Int64N(3)
	}
	back := rnd.IntN(4) == 0
	var out map[place]crm.ID
	err := db.InTx(ctx, func(tx *store.Tx) error {
		out = map[place]crm.ID{}
		next, err := tx.Lock(ctx, want)
		if err != nil {
			return err
		}
		var rows [][]any
		for b := range int64(buckets) {
			for i := range want[b] {
				id := crm.DerivedID(crm.FromMicros(0), name, fmt.Sprint(b, i)).InBucket(b)
				p := place{b, next(b)}
				out[p] = id
				rows = append(rows, []any{b, id, id, p.seq, id, id, "", "", "", "", "", int64(0), int64(0), false, false, "", "", "", "", ""})
			}
		}
		if err := tx.Write(ctx, interactions, rows, nil); err != nil {
			return err
		}
		if back {
			return undo
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// tail reads what follows the cursor of a bucket and moves it.
func tail(t *testing.T, db *store.DB, bucket int64, cursor map[int64]int64, limit int64, into map[place]crm.ID) int {
	rows, err := db.Reader().QueryContext(context.Background(),
		"SELECT seq, id FROM interactions WHERE bucket = $1 AND seq > $2 ORDER BY seq LIMIT $3", bucket, cursor[bucket], limit)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		p := place{bucket: bucket}
		var id crm.ID
		if err := rows.Scan(&p.seq, &id); err != nil {
			t.Error(err)
		}
		if p.seq <= cursor[bucket] {
			t.Errorf("%v came after %d", p, cursor[bucket])
		}
		if _, twice := into[p]; twice {
			t.Errorf("%v came twice", p)
		}
		into[p], cursor[bucket] = id, p.seq
		n++
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
	return n
}

// resume starts readers anywhere.
func resume(t *testing.T, db *store.DB, written map[place]crm.ID) {
	n := 0
	for from := range written {
		if n++; n > 60 {
			return
		}
		got := map[place]crm.ID{}
		tail(t, db, from.bucket, map[int64]int64{from.bucket: from.seq}, 1<<40, got)
		want := 0
		for p := range written {
			if p.bucket == from.bucket && p.seq > from.seq {
				want++
			}
		}
		if len(got) != want {
			t.Errorf("after %v there are %d rows, want %d", from, len(got), want)
		}
	}
}
