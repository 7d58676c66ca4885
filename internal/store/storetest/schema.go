package storetest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// migratesOnce opens a database that is up to date.
func migratesOnce(t *testing.T, db *store.DB) {
	ctx := context.Background()
	before, err := db.SchemaVersion(ctx)
	if err != nil || before < 1 {
		t.Fatal(before, err)
	}
	tables := Schema(t, db)
	if err := db.InTx(ctx, func(tx *store.Tx) error { _, err := tx.Lock(ctx, map[int64]int64{255: 41}); return err }); err != nil {
		t.Fatal(err)
	}
	again := Open(t, db.URL)
	if after, err := again.SchemaVersion(ctx); err != nil || after != before {
		t.Errorf("schema %d, then %d (%v)", before, after, err)
	}
	if !reflect.DeepEqual(Schema(t, again), tables) {
		t.Error("the schema changed")
	}
	counters, err := again.Read().Counters(ctx)
	sum := int64(0)
	for _, c := range counters {
		sum += c.NextSeq
	}
	if err != nil || len(counters) != crm.Buckets || sum != 41 {
		t.Errorf("%d counters that sum up to %d (%v), want 256 and 41: they are seeded once", len(counters), sum, err)
	}
}

// startAtOnce opens an empty database from several programs at once.
func startAtOnce(t *testing.T, db *store.DB) {
	url := emptyLike(t, db)
	const programs = 3
	opened := make([]*store.DB, programs)
	var wg sync.WaitGroup
	for i := range programs {
		wg.Go(func() {
			var err error
			if opened[i], err = store.Open(context.Background(), store.Options{URL: url}); err != nil {
				t.Errorf("program %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	for _, o := range opened {
		if o == nil {
			continue
		}
		if !reflect.DeepEqual(Schema(t, o), Schema(t, db)) {
			t.Error("the schema differs from one that a single program made")
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
}

// refusesNewer marks the database as one of a program to come.
func refusesNewer(t *testing.T, db *store.DB) {
	ctx := context.Background()
	driver, url := "pgx", db.URL
	if db.Engine == store.SQLite {
		driver, url = "sqlite", strings.TrimPrefix(db.URL, "sqlite:")
	}
	pool, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)"); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(ctx, store.Options{URL: db.URL})
	if err == nil {
		again.Close()
		t.Fatal("an older program opened a newer database")
	}
	for _, words := range []string{"newer version of Rapport", "9999", "backup"} {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%q does not say %q", err, words)
		}
	}
}

// tablesCopied fills every table, copies it as Tables and ReadAll give it, and
// compares.
func tablesCopied(t *testing.T, db *store.DB) {
	ctx := context.Background()
	to := Open(t, emptyLike(t, db))
	from := tablesOf(t, db)
	if len(from) < 20 {
		t.Fatalf("only %d tables", len(from))
	}
	for _, b := range from {
		if b.Table == "buckets" {
			continue // it has its rows
		}
		write(t, db, b, [][]any{filled(b, 1), filled(b, 2)}, nil)
		var rows [][]any
		if err := db.ReadAll(ctx, b, func(row []any) error { rows = append(rows, row); return nil }); err != nil {
			t.Fatal(err)
		}
		if len(rows) != 2 {
			t.Errorf("%s: %d rows, want 2", b.Table, len(rows))
		}
		write(t, to, b, rows, nil)
		if !reflect.DeepEqual(dump(t, db, b), dump(t, to, b)) {
			t.Errorf("%s: the copy differs", b.Table)
		}
	}
	stop := errors.New("enough")
	if err := db.ReadAll(ctx, from[0], func([]any) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a reader that had enough: %v", err)
	}
	if err := db.ReadAll(ctx, table("nothing", 0, "id", store.UUID), nil); err == nil {
		t.Error("a table that is not there must be an error")
	}
}

// filled is a row with a value of every column's type; sizes are those that the
// programs use, which are not always 16 bytes.
func filled(b *store.Bulk, n byte) []any {
	row := make([]any, len(b.Cols))
	for i, c := range b.Cols {
		switch c.Type {
		case store.Int:
			row[i] = int64(math.MaxInt64) - int64(n)
		case store.UUID:
			row[i] = crm.ID{n, 15: byte(i)}
		case store.Text:
			row[i] = strings.Repeat("ü😀' ", int(n))
		case store.Bytes:
			row[i] = bytes.Repeat([]byte{n, 0, 0xff}, 11)
		case store.Bool:
			row[i] = n == 1
		}
	}
	return row
}

func tablesOf(t *testing.T, db *store.DB) []*store.Bulk {
	t.Helper()
	out, err := db.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Schema describes the tables in words that engines share: columns with their
// types, primary keys, and indexes with their columns and whether they are
// unique or partial.
func Schema(t *testing.T, db *store.DB) []string {
	t.Helper()
	var out []string
	types := [...]string{store.Int: "int", store.UUID: "id", store.Text: "text", store.Bytes: "bytes", store.Bool: "bool"}
	for _, b := range tablesOf(t, db) {
		for _, c := range b.Cols {
			out = append(out, b.Table+" has "+c.Name+" "+types[c.Type])
		}
	}
	// Indexes without a name of ours are those of primary keys.
	q := `SELECT m.name, 'key', group_concat(c.name, ',' ORDER BY c.pk) FROM sqlite_schema m JOIN pragma_table_info(m.name) c
  WHERE m.type = 'table' AND c.pk > 0 AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'fts_%' AND m.name <> 'goose_db_version' GROUP BY m.name
UNION ALL
SELECT i.tbl_name, i.name || (CASE WHEN l."unique" THEN ' unique' ELSE '' END) || (CASE WHEN l.partial THEN ' partial' ELSE '' END),
  (SELECT group_concat(name, ',' ORDER BY seqno) FROM pragma_index_info(i.name))
  FROM sqlite_schema i JOIN pragma_index_list(i.tbl_name) l ON l.name = i.name WHERE i.type = 'index' AND i.sql IS NOT NULL`
	if db.Engine == store.Postgres {
		q = `SELECT t.relname, CASE WHEN x.indisprimary THEN 'key' ELSE i.relname || (CASE WHEN x.indisunique THEN ' unique' ELSE '' END)
  || (CASE WHEN x.indpred IS NOT NULL THEN ' partial' ELSE '' END) END,
  (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(x.indkey) WITH ORDINALITY AS k(attnum, n) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
  WHERE t.relnamespace = current_schema()::regnamespace AND t.relname NOT LIKE 'fts_%' AND t.relname <> 'goose_db_version'`
	}
	rows, err := db.Reader().QueryContext(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, index, cols string
		if err := rows.Scan(&table, &index, &cols); err != nil {
			t.Fatal(err)
		}
		out = append(out, table+" by "+index+" ("+cols+")")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// keysByThePage reads rows of more keys than one statement takes.
func keysByThePage(t *testing.T, db *store.DB) {
	ctx := context.Background()
	profiles := table("profiles", 2, "bucket", store.Int, "profile_id", store.UUID, "head_bucket", store.Int, "customer_id", store.UUID,
		"created_at", store.Int, "name", store.Text)
	width := reflect.TypeFor[sqlgen.ProfilesByIDParams]().NumField() / 2
	var rows [][]any
	var all []store.Key
	for i := range 3*width + 1 {
		id := crm.DerivedID(crm.FromMicros(int64(i)*1000), "profile")
		rows = append(rows, []any{id.Bucket(), id, id.Bucket(), id, int64(0), ""})
		all = append(all, store.ProfileKey(id))
	}
	write(t, db, profiles, rows, nil)
	for _, n := range []int{0, 1, width - 1, width, width + 1, len(all)} {
		asked := slices.Concat(all[:n], all[:n/2], []store.Key{store.ProfileKey(crm.ID{9}), {Bucket: 7, ID: crm.ID{}}}) // repeats and strangers
		statements := 0
		got, err := store.ByKeys(ctx, func(ctx context.Context, p sqlgen.ProfilesByIDParams) ([]sqlgen.ProfilesByIDRow, error) {
			statements++
			return db.Read().ProfilesByID(ctx, p)
		}, asked)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[crm.ID]bool{}
		for _, r := range got {
			if seen[r.ProfileID] {
				t.Errorf("%d keys: %v came twice", n, r.ProfileID)
			}
			seen[r.ProfileID] = true
		}
		for _, k := range all[:n] {
			if !seen[k.ID] {
				t.Errorf("%d keys: %v is missing", n, k.ID)
			}
		}
		if len(got) != n || statements != (n+2+width-1)/width {
			t.Errorf("%d keys: %d rows in %d statements", n, len(got), statements)
		}
	}
	failed := errors.New("failed")
	if _, err := store.ByKeys(ctx, func(context.Context, sqlgen.ProfilesByIDParams) ([]int, error) { return nil, failed }, all); !errors.Is(err, failed) {
		t.Errorf("an error of the query must come through: %v", err)
	}
	if _, err := store.ByKeys(ctx, func(context.Context, struct{ Name, Other string }) ([]int, error) { return nil, nil }, all); err == nil {
		t.Error("a query with other parameters must be refused")
	}
}
