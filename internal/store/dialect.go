package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Engine names a database engine.
type Engine string

// The engines. Citus speaks the PostgreSQL dialect.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// dialect is the seam: everything that differs between the engines. Both
// implementations are tested by the same conformance suite (storetest).
type dialect interface {
	// ddl turns the canonical DDL words into the engine's.
	ddl(statement string) string
	// write runs one bulk statement; rows are in Columns order.
	write(ctx context.Context, tx *Tx, b *Bulk, rows [][]any, each func(Row) error) error
	// lookup reads the rows of many keys at once.
	lookup(ctx context.Context, tx *Tx, l *Lookup, keys [][]any, each func(Found) error) error
	// lockBuckets raises the counters of the buckets by n[bucket], in ascending
	// order, and returns the first number of each.
	lockBuckets(ctx context.Context, tx *Tx, buckets []int64, n []int64) (map[int64]int64, error)
	// index puts documents into the full-text index, in place of what has their
	// numbers; match finds numbers below before, the newest first.
	index(ctx context.Context, tx *Tx, docs []Document) error
	match(ctx context.Context, db *DB, m *Match) ([]int64, error)
	// snapshot are the options of a transaction that reads one state.
	snapshot() *sql.TxOptions
	// claimSuffix ends the inner SELECT of a claim.
	claimSuffix() string
	// classify sorts an error of the driver into the classes that matter.
	classify(err error) Class
}

// Class is what an error of the database means for the caller.
type Class int

// The classes. Only Busy and Serialisation may be tried again as they are.
const (
	Other         Class = iota
	Unique              // a unique constraint was broken
	BusyClass           // another writer held the lock too long
	Serialisation       // the engine asks to run the transaction again
	Data                // the data itself is refused: too large, wrong encoding
	Full                // nothing can be written now: disk full, read-only, server going away
)

// Classify tells what err means; a nil or foreign error is Other.
func (db *DB) Classify(err error) Class { return db.dialect.classify(err) }

func (sqliteDialect) classify(err error) Class {
	if errors.Is(err, ErrRetry) {
		return Serialisation
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return Other
	}
	switch e.Code() & 0xff { // the low byte is the primary result code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return BusyClass
	case sqlite3.SQLITE_CONSTRAINT:
		return Unique
	case sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH:
		return Data
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR:
		return Full
	}
	return Other
}

func (postgresDialect) classify(err error) Class {
	if errors.Is(err, ErrRetry) {
		return Serialisation
	}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return Other
	}
	switch {
	case e.Code == "23505":
		return Unique
	case e.Code == "40001" || e.Code == "40P01": // serialization_failure, deadlock_detected
		return Serialisation
	case e.Code == "55P03": // lock_not_available
		return BusyClass
	case strings.HasPrefix(e.Code, "22") || e.Code == "54000": // data exception, program_limit_exceeded
		return Data
	case strings.HasPrefix(e.Code, "53") || e.Code == "25006", // insufficient resources, read-only
		strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "08"): // shutdown or start-up, connection lost
		return Full
	}
	return Other
}
