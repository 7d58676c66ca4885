package store_test

import (
	"context"
	"slices"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

var keyBulk = store.Bulk{
	Table: "identity_keys", Key: 3,
	Cols: []store.Col{{"key_bucket", store.Int}, {"kind", store.Text}, {"value", store.Text},
		{"bucket", store.Int}, {"profile_id", store.UUID}, {"shared", store.Bool}},
	Conflict: "shared = identity_keys.shared", Returning: "value, profile_id",
}

var keyLookup = store.Lookup{
	Table: "identity_keys", Key: []store.Col{{"key_bucket", store.Int}, {"kind", store.Text}, {"value", store.Text}},
	Cols: "t.profile_id, t.shared",
}

func TestBulkAndLookup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		p := crm.ID{1, 2, 3}
		q := crm.ID{9}
		got := map[string]crm.ID{}
		write := func(value string, id crm.ID) {
			t.Helper()
			err := db.InTx(ctx, func(tx *store.Tx) error {
				rows := [][]any{{int64(7), "email", value, id.Bucket(), id, true}, {int64(8), "email", value + "2", id.Bucket(), id, false}}
				return tx.Write(ctx, &keyBulk, rows, func(r store.Row) error {
					var v string
					var id crm.ID
					err := r.Scan(&v, &id)
					got[v] = id
					return err
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		write("a", p)
		write("a", q)
		if got["a"] != p || got["a2"] != p {
			t.Errorf("the first profile must win: %v", got)
		}
		found := map[int]bool{}
		err := db.InTx(ctx, func(tx *store.Tx) error {
			keys := [][]any{{int64(1), "email", "none"}, {int64(8), "email", "a2"}, {int64(7), "email", "a"}}
			return tx.Lookup(ctx, &keyLookup, keys, func(scan store.Found) error {
				var id crm.ID
				var shared bool
				i, err := scan(&id, &shared)
				found[i] = shared
				if id != p {
					t.Errorf("key %d: profile %v", i, id)
				}
				return err
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 2 || found[1] || !found[2] {
			t.Errorf("found %v, want 1:false 2:true", found)
		}
	})
}

// A look-up with a bound gives the first rows of each key, however many keys
// there are, and a view sees one state and writes nothing.
func TestViewAndBoundedLookup(t *testing.T) {
	t.Parallel()
	shared := store.Bulk{Table: "shared_keys", Key: 4, Conflict: "nothing", Cols: []store.Col{{"key_bucket", store.Int}, {"kind", store.Text},
		{"value", store.Text}, {"profile_id", store.UUID}, {"bucket", store.Int}}}
	first := store.Lookup{Table: "shared_keys", Key: keyLookup.Key, Cols: "t.profile_id", Order: "profile_id", Most: 2}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		var rows, keys [][]any
		for k := range int64(23) {
			for p := range byte(k % 5) {
				rows = append(rows, []any{k, "email", "a", crm.ID{9 - p}, int64(0)})
			}
			keys = append(keys, []any{k, "email", "a"})
		}
		write := func(rows [][]any) {
			t.Helper()
			if err := db.InTx(ctx, func(tx *store.Tx) error { return tx.Write(ctx, &shared, rows, nil) }); err != nil {
				t.Fatal(err)
			}
		}
		write(rows)
		for round := range 2 { // the second time by statements that were kept
			err := db.View(ctx, func(tx *store.Tx) error {
				for range 2 {
					found := map[int][]crm.ID{}
					err := tx.Lookup(ctx, &first, keys, func(scan store.Found) error {
						var id crm.ID
						i, err := scan(&id)
						found[i] = append(found[i], id)
						return err
					})
					if err != nil {
						return err
					}
					for k := range 23 {
						want := []crm.ID{{9 - byte(max(k%5, 1)-1)}, {9 - byte(max(k%5, 2)-2)}}[:min(k%5, 2)]
						if k == 4 && round == 1 {
							want = []crm.ID{{1}, {6}}
						}
						if !slices.Equal(found[k], want) {
							t.Errorf("key %d: %v, want %v", k, found[k], want)
						}
					}
					write([][]any{{int64(4), "email", "a", crm.ID{1}, int64(0)}}) // not seen by the view
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := db.View(ctx, func(tx *store.Tx) error { return tx.Write(ctx, &shared, rows[:1], nil) }); err == nil {
			t.Error("a view wrote")
		}
	})
}

func TestLockBucketsNumbersRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for round := range 2 {
			err := db.InTx(ctx, func(tx *store.Tx) error {
				first, err := tx.LockBuckets(ctx, []int64{3, 200}, []int64{5, 1})
				if err != nil {
					return err
				}
				if first[3] != int64(round*5+1) || first[200] != int64(round+1) {
					t.Errorf("round %d: %v", round, first)
				}
				_, err = tx.LockBuckets(ctx, []int64{9, 4}, []int64{1, 1})
				if err == nil {
					t.Error("descending buckets must be refused")
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
