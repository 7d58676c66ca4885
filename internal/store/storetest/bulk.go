package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// raws has a column of each type.
var raws = table("raws", 2, "bucket", store.Int, "id", store.UUID, "source", store.Text, "external_id", store.Text,
	"received_at", store.Int, "state", store.Text, "reason", store.Text, "attempts", store.Int, "may_verify", store.Bool,
	"raw_type", store.Text, "body", store.Bytes, "profile_id", store.UUID, "interaction_id", store.UUID)

func raw(i int, state string) []any {
	id := crm.DerivedID(crm.FromMicros(int64(i)*1000), "raw", fmt.Sprint(i)).InBucket(int64(i % 7))
	return []any{id.RowBucket(), id, "test", fmt.Sprint(i), int64(math.MinInt64) + int64(i), state, "reason 'quoted' \\ ü 😀", int64(i), i%2 == 0,
		"", bytes.Repeat([]byte{0, 0xff, '\'', byte(i)}, i%5), crm.ID{}, id}
}

func rawsOf(from, to int, state string) [][]any {
	var out [][]any
	for i := from; i < to; i++ {
		out = append(out, raw(i, state))
	}
	return out
}

// bulkWrites checks each conflict clause at the sizes of a lone contact, of a
// batch and of an import. What was new comes from RETURNING.
func bulkWrites(t *testing.T, db *store.DB) {
	from := 0
	for _, n := range []int{1, 500, 5000} {
		first, all, second := rawsOf(from, from+n, "first"), rawsOf(from, from+2*n, "second"), rawsOf(from+n, from+2*n, "second")
		write(t, db, with(raws, "", ""), first, nil)
		err := db.InTx(context.Background(), func(tx *store.Tx) error {
			return tx.Write(context.Background(), with(raws, "", ""), slices.Concat(rawsOf(from+n, from+n+1, "never"), first[:1]), nil)
		})
		if err == nil || db.Classify(err) != store.Unique {
			t.Errorf("%d: a key that exists must be refused as unique, got class %v: %v", n, db.Classify(err), err)
		}
		if got := returned(t, db, with(raws, "nothing", "external_id, state, attempts"), all); !reflect.DeepEqual(got, states(second, 0)) {
			t.Errorf("%d: conflict nothing returned %d rows, want the %d new ones", n, len(got), n)
		}
		update := with(raws, "state = excluded.state, attempts = raws.attempts + 1", "external_id, state, attempts")
		if got := returned(t, db, update, rawsOf(from, from+2*n, "third")); !reflect.DeepEqual(got, states(rawsOf(from, from+2*n, "third"), 1)) {
			t.Errorf("%d: an upsert returned %d rows, want all %d as they are now", n, len(got), 2*n)
		}
		onlyFirst := with(raws, "state = excluded.state WHERE raws.attempts = "+fmt.Sprint(from+1), "external_id, state, attempts")
		if got := returned(t, db, onlyFirst, rawsOf(from, from+2*n, "fourth")); len(got) != 1 {
			t.Errorf("%d: an upsert with a condition returned %v, want one row", n, got)
		}
		from += 2 * n
	}
	if got, want := len(dump(t, db, raws)), from; got != want {
		t.Errorf("%d rows, want %d: a refused statement leaves nothing", got, want)
	}
	write(t, db, raws, nil, nil) // no rows are no statement
}

// states is what returned gives for the rows.
func states(rows [][]any, more int64) map[string]string {
	out := map[string]string{}
	for _, r := range rows {
		out[r[3].(string)] = fmt.Sprint(r[5], r[7].(int64)+more)
	}
	return out
}

func returned(t *testing.T, db *store.DB, b *store.Bulk, rows [][]any) map[string]string {
	t.Helper()
	out := map[string]string{}
	write(t, db, b, rows, func(r store.Row) error {
		var id, state string
		var attempts int64
		err := r.Scan(&id, &state, &attempts)
		if _, twice := out[id]; twice {
			return errors.New("row " + id + " was returned twice")
		}
		out[id] = fmt.Sprint(state, attempts)
		return err
	})
	return out
}

// bulkEqualsSingle writes the same rows in bulk and one by one, and reads them
// by many keys and by one.
func bulkEqualsSingle(t *testing.T, db *store.DB) {
	ctx := context.Background()
	rows := rawsOf(0, 600, "x")
	write(t, db, raws, rows, nil)
	together := dump(t, db, raws)
	var keys [][]any
	lookup := &store.Lookup{Table: "raws", Key: raws.Cols[:2], Cols: "t.external_id"}
	for i := range rows {
		keys = append(keys, rows[i][:2], []any{int64(250), rows[i][1]}) // every other key is of nobody
	}
	err := db.InTx(ctx, func(tx *store.Tx) error {
		found := make([]string, len(keys))
		read := func(scan store.Found) error {
			var id string
			i, err := scan(&id)
			found[i] += id
			return err
		}
		if err := tx.Lookup(ctx, lookup, keys, read); err != nil {
			return err
		}
		for i := range keys {
			want := ""
			if i%2 == 0 {
				want = fmt.Sprint(i / 2)
			}
			if found[i] != want {
				t.Errorf("key %d: found %q, want %q", i, found[i], want)
			}
		}
		return tx.Lookup(ctx, lookup, nil, read)
	})
	if err != nil {
		t.Fatal(err)
	}
	single := Open(t, emptyLike(t, db))
	if err := single.InTx(ctx, func(tx *store.Tx) error {
		for _, r := range rows {
			if err := tx.Write(ctx, raws, [][]any{r}, nil); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if one := dump(t, single, raws); !reflect.DeepEqual(one, together) {
		t.Error("rows written one by one differ from rows written in bulk")
	}
}

// emptyLike is the URL of a further empty database of the same engine.
func emptyLike(t *testing.T, db *store.DB) string {
	if db.Engine == store.Postgres {
		return PostgresURL(t)
	}
	return "sqlite:" + t.TempDir() + "/other.db"
}

// dump reads all rows of a table, in an order that engines share.
func dump(t *testing.T, db *store.DB, b *store.Bulk) []string {
	t.Helper()
	var out []string
	if err := db.ReadAll(context.Background(), b, func(row []any) error {
		out = append(out, fmt.Sprintf("%#v", row))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}
