package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/rapport-crm/rapport/internal/crm"
)

type postgresDialect struct{}

// openPostgres opens one pool for reading and one for writing, so that slow
// console reads can't take the writers' connections.
func openPostgres(dsn string) (read, write *sql.DB, err error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, nil, fmt.Errorf("database URL: %w", err)
	}
	writeCfg := cfg.Copy()
	readCfg := cfg.Copy()
	readCfg.RuntimeParams["statement_timeout"] = "15000"
	readCfg.RuntimeParams["default_transaction_read_only"] = "on"
	write = stdlib.OpenDB(*writeCfg)
	write.SetMaxOpenConns(8)
	write.SetMaxIdleConns(8)
	read = stdlib.OpenDB(*readCfg)
	read.SetMaxOpenConns(16)
	read.SetMaxIdleConns(8)
	return read, write, nil
}

func (postgresDialect) ddl(s string) string { return s }

func (postgresDialect) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (postgresDialect) claimSuffix() string { return " FOR UPDATE SKIP LOCKED" }

// write sends one array a column and lets the server unnest them: one round
// trip and one plan for any number of rows.
func (postgresDialect) write(ctx context.Context, tx *Tx, b *Bulk, rows [][]any, each func(Row) error) error {
	args, err := columns(b.Cols, rows)
	if err != nil {
		return fmt.Errorf("write %s: %w", b.Table, err)
	}
	if b.Returning == "" {
		if _, err := tx.tx.ExecContext(ctx, b.postgres, args...); err != nil {
			return fmt.Errorf("write %s: %w", b.Table, err)
		}
		return nil
	}
	res, err := tx.tx.QueryContext(ctx, b.postgres, args...)
	if err != nil {
		return fmt.Errorf("write %s: %w", b.Table, err)
	}
	defer res.Close()
	for res.Next() {
		if err := each(res); err != nil {
			return err
		}
	}
	return res.Err()
}

func (postgresDialect) lookup(ctx context.Context, tx *Tx, l *Lookup, keys [][]any, each func(Found) error) error {
	args, err := columns(l.Key, keys)
	if err != nil {
		return fmt.Errorf("read %s: %w", l.Table, err)
	}
	res, err := tx.tx.QueryContext(ctx, l.postgres, args...)
	if err != nil {
		return fmt.Errorf("read %s: %w", l.Table, err)
	}
	defer res.Close()
	for res.Next() {
		err := each(func(dest ...any) (int, error) {
			var ord int64
			err := res.Scan(append([]any{&ord}, dest...)...)
			return int(ord - 1), err
		})
		if err != nil {
			return err
		}
	}
	return res.Err()
}

// columns turns rows into one typed slice a column, which the driver sends as
// an array.
func columns(cols []Col, rows [][]any) ([]any, error) {
	out := make([]any, len(cols))
	for c, col := range cols {
		var err error
		switch col.Type {
		case Int:
			out[c], err = column[int64](rows, c)
		case UUID:
			var ids []crm.ID
			ids, err = column[crm.ID](rows, c)
			raw := make([][16]byte, len(ids))
			for i, id := range ids {
				raw[i] = id
			}
			out[c] = raw
		case Text:
			out[c], err = column[string](rows, c)
		case Bytes:
			out[c], err = column[[]byte](rows, c)
		case Bool:
			out[c], err = column[bool](rows, c)
		}
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", col.Name, err)
		}
	}
	return out, nil
}

func column[T any](rows [][]any, c int) ([]T, error) {
	out := make([]T, len(rows))
	for i, r := range rows {
		v, ok := r[c].(T)
		if !ok {
			return nil, fmt.Errorf("row %d holds a %T", i, r[c])
		}
		out[i] = v
	}
	return out, nil
}

// lockBuckets locks ascending in the statement itself: without the ordered
// lock, writers of mixed buckets deadlock.
func (postgresDialect) lockBuckets(ctx context.Context, tx *Tx, buckets, n []int64) (map[int64]int64, error) {
	const q = `WITH want AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS w(bucket, n)),
locked AS (SELECT b.bucket FROM buckets b JOIN want w ON w.bucket = b.bucket ORDER BY b.bucket FOR UPDATE OF b)
UPDATE buckets SET next_seq = buckets.next_seq + want.n FROM want, locked
WHERE buckets.bucket = want.bucket AND locked.bucket = want.bucket RETURNING buckets.bucket, buckets.next_seq - want.n + 1`
	rows, err := tx.tx.QueryContext(ctx, q, buckets, n)
	if err != nil {
		return nil, fmt.Errorf("lock buckets: %w", err)
	}
	defer rows.Close()
	first := make(map[int64]int64, len(buckets))
	for rows.Next() {
		var b, s int64
		if err := rows.Scan(&b, &s); err != nil {
			return nil, err
		}
		first[b] = s
	}
	return first, rows.Err()
}
