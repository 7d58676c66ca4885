package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Options say where the data is.
type Options struct {
	// URL is postgres://… for a server; empty or sqlite:PATH for the embedded
	// database. Default: rapport.db in Dir.
	URL string
	// Dir is the data folder, made when missing. Default: rapport-data.
	Dir string
	// Relaxed trades the durability of the last commits at power loss for
	// speed on SQLite (synchronous=NORMAL). It never corrupts. Default: false,
	// an acknowledged contact survives power loss.
	Relaxed bool
}

// DB is an open database: a pool of readers and a pool of writers.
type DB struct {
	Engine  Engine
	URL     string
	read    *sql.DB
	write   *sql.DB
	dialect dialect
	bell    *bell

	writes, reads preparedPool

	mu    sync.Mutex
	plans map[string]planCount
}

// preparedPool is a pool with the statements that stay prepared on it.
type preparedPool struct {
	pool *sql.DB

	mu   sync.Mutex
	kept map[string]*sql.Stmt
}

// Open opens or creates the database and migrates it to the newest schema.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{bell: newBell()}
	var err error
	switch {
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		db.Engine, db.URL, db.dialect = Postgres, o.URL, postgresDialect{}
		db.read, db.write, err = openPostgres(o.URL)
	case o.URL == "", strings.HasPrefix(o.URL, "sqlite:"):
		path := strings.TrimPrefix(strings.TrimPrefix(o.URL, "sqlite:"), "//")
		if path == "" {
			dir := o.Dir
			if dir == "" {
				dir = "rapport-data"
			}
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return nil, fmt.Errorf("data folder: %w", err)
			}
			path = filepath.Join(dir, "rapport.db")
		}
		db.Engine, db.URL, db.dialect = SQLite, "sqlite:"+path, sqliteDialect{}
		db.read, db.write, err = openSQLite(path, !o.Relaxed)
	default:
		return nil, fmt.Errorf("database URL %q: use postgres://… or sqlite:FILE", redact(o.URL))
	}
	if err != nil {
		return nil, err
	}
	db.writes = preparedPool{pool: db.write, kept: map[string]*sql.Stmt{}}
	db.reads = preparedPool{pool: db.read, kept: map[string]*sql.Stmt{}}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, err
	}
	if db.Engine == Postgres {
		db.bell.listen(db.URL)
	}
	return db, nil
}

// redact keeps a password in a URL out of messages.
func redact(url string) string {
	if i := strings.LastIndex(url, "@"); i >= 0 {
		if j := strings.Index(url, "://"); j >= 0 && j < i {
			return url[:j+3] + "…" + url[i:]
		}
	}
	return url
}

// Close ends the pools. Acknowledged work is on disk already.
func (db *DB) Close() error {
	db.bell.close()
	var errs []error
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		errs = append(errs, db.write.Close())
	}
	return errors.Join(errs...)
}

// Read gives the queries on the readers' pool.
func (db *DB) Read() *sqlgen.Queries { return sqlgen.New(db.read) }

// Reader is the readers' pool, for the few statements that are built at run
// time in this package and for health checks.
func (db *DB) Reader() *sql.DB { return db.read }

// Tx is a transaction with one fixed now, taken by its caller: a writing one by
// InTx, a reading one by View.
type Tx struct {
	*sqlgen.Queries
	db     *DB
	tx     *sql.Tx
	shared *preparedPool
	stmts  map[string]*sql.Stmt // of this transaction
	fresh  []string             // texts to prepare for later transactions
}

// ErrRetry asks InTx to roll back and run the function again: the caller found
// that what it had read changed under it.
var ErrRetry = errors.New("store: the data changed, run again")

// retryBudget bounds how long InTx tries again.
const retryBudget = 20 * time.Second

// InTx runs fn in a write transaction. Busy and serialisation errors roll back
// and run fn again with jitter, within a budget; any other error is returned
// after a rollback. fn must have no effect outside tx.
func (db *DB) InTx(ctx context.Context, fn func(*Tx) error) error {
	deadline := time.Now().Add(retryBudget)
	for attempt := 0; ; attempt++ {
		err := db.once(ctx, fn)
		if err == nil {
			return nil
		}
		class := db.Classify(err)
		if (class != BusyClass && class != Serialisation) || time.Now().After(deadline) {
			return err
		}
		wait := time.Duration(rand.Int64N(int64(time.Millisecond) << min(attempt, 7)))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (db *DB) once(ctx context.Context, fn func(*Tx) error) error {
	sqlTx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer sqlTx.Rollback() // after Commit this does nothing
	tx := &Tx{Queries: sqlgen.New(sqlTx), db: db, tx: sqlTx, shared: &db.writes}
	if err := fn(tx); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	db.writes.keep(ctx, tx.fresh)
	return nil
}

// GiveBack frees what connections that are open keep of the database in memory.
// It is read again when it is needed.
func (db *DB) GiveBack(ctx context.Context) error {
	if db.Engine != SQLite {
		return nil // the server keeps it
	}
	for _, pool := range []*sql.DB{db.write, db.read} {
		if _, err := pool.ExecContext(ctx, "PRAGMA shrink_memory"); err != nil {
			return fmt.Errorf("give memory back: %w", err)
		}
	}
	return nil
}

// View runs fn on one state of the database and holds no writer: what is written
// meanwhile is not seen, and waits for nobody. fn can't write.
func (db *DB) View(ctx context.Context, fn func(*Tx) error) error {
	sqlTx, err := db.read.BeginTx(ctx, db.dialect.snapshot())
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	tx := &Tx{Queries: sqlgen.New(sqlTx), db: db, tx: sqlTx, shared: &db.reads}
	err = fn(tx)
	_ = sqlTx.Rollback() // nothing was written, so there is nothing to keep or to lose
	if err == nil {
		db.reads.keep(ctx, tx.fresh)
	}
	return err
}

// prepared gives the statement of the text. The first transaction that needs
// it prepares its own, because it holds the writer's only connection; after its
// commit the text is prepared once for all later ones.
func (tx *Tx) prepared(ctx context.Context, text string) (*sql.Stmt, error) {
	if st, ok := tx.stmts[text]; ok {
		return st, nil
	}
	tx.shared.mu.Lock()
	shared := tx.shared.kept[text]
	tx.shared.mu.Unlock()
	var st *sql.Stmt
	if shared != nil {
		st = tx.tx.StmtContext(ctx, shared)
	} else {
		var err error
		if st, err = tx.tx.PrepareContext(ctx, text); err != nil {
			return nil, fmt.Errorf("prepare %q: %w", text, err)
		}
		tx.fresh = append(tx.fresh, text)
	}
	if tx.stmts == nil {
		tx.stmts = map[string]*sql.Stmt{}
	}
	tx.stmts[text] = st
	return st, nil
}

// keep prepares on the pool what the transaction that ended was first to use.
// A failure only means that the next transaction prepares again.
func (s *preparedPool) keep(ctx context.Context, texts []string) {
	for _, text := range texts {
		st, err := s.pool.PrepareContext(ctx, text)
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.kept[text] == nil {
			s.kept[text], st = st, nil
		}
		s.mu.Unlock()
		if st != nil { // another transaction was quicker
			_ = st.Close()
		}
	}
}

// LockBuckets takes n[i] feed numbers of buckets[i] and locks them to the end
// of the transaction. It returns the first number of each. Buckets must be
// ascending and distinct: that order is what keeps writers from deadlock.
func (tx *Tx) LockBuckets(ctx context.Context, buckets, n []int64) (map[int64]int64, error) {
	for i := 1; i < len(buckets); i++ {
		if buckets[i] <= buckets[i-1] {
			return nil, errors.New("store: buckets are locked in ascending order")
		}
	}
	if len(buckets) == 0 {
		return map[int64]int64{}, nil
	}
	return tx.db.dialect.lockBuckets(ctx, tx, buckets, n)
}

// Lock takes feed numbers of the buckets, in any order, and returns the function
// that hands them out. Asking for more than was taken is a programming error:
// it panics, which rolls the transaction back.
func (tx *Tx) Lock(ctx context.Context, want map[int64]int64) (next func(bucket int64) int64, err error) {
	buckets := make([]int64, 0, len(want))
	for b := range want {
		buckets = append(buckets, b)
	}
	slices.Sort(buckets)
	n := make([]int64, len(buckets))
	for i, b := range buckets {
		n[i] = max(want[b], 1)
	}
	first, err := tx.LockBuckets(ctx, buckets, n)
	if err != nil {
		return nil, err
	}
	used := make(map[int64]int64, len(buckets))
	return func(b int64) int64 {
		if used[b] >= max(want[b], 1) {
			panic(fmt.Sprintf("store: more than %d feed numbers of bucket %d", want[b], b))
		}
		used[b]++
		return first[b] + used[b] - 1
	}, nil
}

// Exclusive reports whether nobody else can write during the transaction, so
// that what was read before a lock still holds after it.
func (tx *Tx) Exclusive() bool { return tx.db.Engine == SQLite }
