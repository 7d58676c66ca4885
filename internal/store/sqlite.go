package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strings"
)

type sqliteDialect struct{}

// openSQLite opens two pools on one file: readers, and the one writer that
// SQLite allows. Immediate transactions and a busy timeout set first are what
// keeps a read-then-write from failing at once when another process wrote.
func openSQLite(path string, full bool) (read, write *sql.DB, err error) {
	sync := "FULL"
	if !full {
		sync = "NORMAL"
	}
	common := url.Values{}
	common.Add("_pragma", "busy_timeout(5000)")
	common.Add("_pragma", "journal_mode(WAL)")
	common.Add("_pragma", "foreign_keys(1)")
	common.Add("_pragma", "synchronous("+sync+")")
	common.Add("_pragma", "journal_size_limit(67108864)")
	common.Add("_pragma", "temp_store(MEMORY)")
	// Pages that many commits touch, those of the indexes, go to the file once
	// for every 12 MB of log, not for every 4. More would stall a commit for long.
	common.Add("_pragma", "wal_autocheckpoint(3000)")

	w := clone(common)
	w.Add("_pragma", "cache_size(-32000)")
	w.Set("_txlock", "immediate")
	if write, err = sql.Open("sqlite", "file:"+escapePath(path)+"?"+w.Encode()); err != nil {
		return nil, nil, fmt.Errorf("open database: %w", err)
	}
	write.SetMaxOpenConns(1)

	r := clone(common)
	r.Add("_pragma", "cache_size(-4000)")
	r.Add("_pragma", "query_only(1)")
	if read, err = sql.Open("sqlite", "file:"+escapePath(path)+"?"+r.Encode()); err != nil {
		write.Close()
		return nil, nil, fmt.Errorf("open database: %w", err)
	}
	read.SetMaxOpenConns(max(4, runtime.NumCPU()))
	return read, write, nil
}

func clone(v url.Values) url.Values {
	c := url.Values{}
	for k, s := range v {
		c[k] = append([]string(nil), s...)
	}
	return c
}

// escapePath keeps "?" and "#" of a file name out of the query of the DSN.
func escapePath(p string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(p)
}

// ddl maps the types, and keeps a table that is marked slim in its primary key
// alone: its rows are short, so a second tree of row numbers would double them.
func (sqliteDialect) ddl(s string) string {
	return strings.NewReplacer(" UUID", " BLOB", " BYTEA", " BLOB", ` COLLATE "C"`, "", " /* slim */", " WITHOUT ROWID").Replace(s)
}

// snapshot: every transaction of this engine reads one state, and the readers'
// pool begins without a lock.
func (sqliteDialect) snapshot() *sql.TxOptions { return nil }

func (sqliteDialect) claimSuffix() string { return "" }

// write is a prepared one-row statement in a loop: the fastest form with this
// driver (storage figures in docs/performance.md).
func (sqliteDialect) write(ctx context.Context, tx *Tx, b *Bulk, rows [][]any, each func(Row) error) error {
	st, err := tx.prepared(ctx, b.sqlite)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if b.Returning == "" {
			if _, err := st.ExecContext(ctx, row...); err != nil {
				return fmt.Errorf("write %s: %w", b.Table, err)
			}
			continue
		}
		if err := queryEach(ctx, st, row, each); err != nil {
			return fmt.Errorf("write %s: %w", b.Table, err)
		}
	}
	return nil
}

// lookup asks for many keys in one statement where there are many: entering the
// engine costs more than finding a row. The sizes are few, so that the
// statements stay prepared.
func (sqliteDialect) lookup(ctx context.Context, tx *Tx, l *Lookup, keys [][]any, each func(Found) error) error {
	for from := 0; from < len(keys); {
		size := 1
		for _, s := range lookupSizes {
			if len(keys)-from >= s && l.sqlite[s] != "" {
				size = s
				break
			}
		}
		st, err := tx.prepared(ctx, l.sqlite[size])
		if err != nil {
			return err
		}
		args := make([]any, 0, size*len(l.Key))
		for _, key := range keys[from : from+size] {
			args = append(args, key...)
		}
		first := from
		err = queryEach(ctx, st, args, func(r Row) error {
			return each(func(dest ...any) (int, error) {
				var ord int
				err := r.Scan(append([]any{&ord}, dest...)...)
				return first + ord, err
			})
		})
		if err != nil {
			return fmt.Errorf("read %s: %w", l.Table, err)
		}
		from += size
	}
	return nil
}

func queryEach(ctx context.Context, st *sql.Stmt, args []any, each func(Row) error) error {
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (sqliteDialect) lockBuckets(ctx context.Context, tx *Tx, buckets, n []int64) (map[int64]int64, error) {
	st, err := tx.prepared(ctx, "UPDATE buckets SET next_seq = next_seq + $2 WHERE bucket = $1 RETURNING next_seq")
	if err != nil {
		return nil, err
	}
	first := make(map[int64]int64, len(buckets))
	for i, b := range buckets {
		var next int64
		if err := st.QueryRowContext(ctx, b, n[i]).Scan(&next); err != nil {
			return nil, fmt.Errorf("lock bucket %d: %w", b, err)
		}
		first[b] = next - n[i] + 1
	}
	return first, nil
}
