package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the driver of connections that hold locks

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// readThenWrite raises one number by reading it and writing it back, in
// transactions of many goroutines on two nodes. The bucket's lock is what keeps
// one from overwriting another.
func readThenWrite(t *testing.T, db *store.DB) {
	const goroutines, times = 16, 100
	ctx := context.Background()
	other := db
	if db.Engine == store.Postgres { // SQLite is one program's
		other = Open(t, db.URL)
	}
	id := crm.ID{1}
	write(t, db, examples, [][]any{example(id, "", 0)}, nil)
	read := &store.Lookup{Table: "examples", Key: examples.Cols[:1], Cols: "t.at"}
	var wg sync.WaitGroup
	for g := range goroutines {
		mine := []*store.DB{db, other}[g%2]
		wg.Go(func() {
			for range times {
				err := mine.InTx(ctx, func(tx *store.Tx) error {
					if _, err := tx.Lock(ctx, map[int64]int64{9: 1}); err != nil {
						return err
					}
					var n int64
					if err := tx.Lookup(ctx, read, [][]any{{id}}, func(scan store.Found) error {
						_, err := scan(&n)
						return err
					}); err != nil {
						return err
					}
					return tx.Write(ctx, with(examples, "at = excluded.at", ""), [][]any{example(id, "", n+1)}, nil)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := db.Read().Examples(ctx)
	if err != nil || got[0].At != goroutines*times {
		t.Errorf("%d of %d are left (%v)", got[0].At, goroutines*times, err)
	}
}

// errorClasses provokes every class for real.
func errorClasses(t *testing.T, db *store.DB) {
	ctx := context.Background()
	class := func(want store.Class, what string, err error) {
		t.Helper()
		if err == nil || db.Classify(err) != want {
			t.Errorf("%s: class %v, want %v: %v", what, db.Classify(err), want, err)
		}
		if wrapped := fmt.Errorf("wrapped: %w", err); db.Classify(wrapped) != db.Classify(err) {
			t.Errorf("%s: its class is lost when it is wrapped", what)
		}
	}
	class(store.Unique, "a key twice", db.InTx(ctx, func(tx *store.Tx) error {
		return tx.Write(ctx, examples, [][]any{example(crm.ID{}, "", 0), example(crm.ID{}, "", 0)}, nil)
	}))
	class(store.Serialisation, "asking to run again", store.ErrRetry)
	class(store.Other, "no such table", db.Reader().QueryRowContext(ctx, "SELECT a FROM nothing").Scan(new(int)))
	class(store.Other, "an error of the caller", errors.New("mine"))
	if db.Classify(nil) != store.Other {
		t.Error("no error has no class")
	}
	_, err := db.Reader().ExecContext(ctx, "DELETE FROM raws")
	class(store.Full, "writing where only reading is allowed", err)
	busy, release := holdLock(t, db)
	class(store.BusyClass, "a lock that another connection holds", busy)
	release()
	if db.Engine == store.SQLite {
		class(store.Data, "a value larger than the engine takes", db.Reader().QueryRowContext(ctx, "SELECT zeroblob(2000000000)").Scan(new([]byte)))
		return
	}
	for what, text := range map[string]string{"NUL": "a\x00b", "broken UTF-8": "a\xffb"} {
		class(store.Data, what, db.InTx(ctx, func(tx *store.Tx) error {
			return tx.Write(ctx, examples, [][]any{example(crm.ID{}, text, 0)}, nil)
		}))
	}
	class(store.Data, "a key longer than an index row", db.InTx(ctx, func(tx *store.Tx) error {
		return tx.Write(ctx, keys, [][]any{{int64(0), "k", incompressible(100 << 10), int64(0), crm.ID{}, false}}, nil)
	}))
	class(store.Serialisation, "a snapshot that is too old", oldSnapshot(t, db))
	class(store.Full, "a server that ends the connection", db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetSetting(ctx, settingOf("a", "b")); err != nil {
			return err
		}
		endOthers(t, db)
		return tx.SetSetting(ctx, settingOf("a", "c"))
	}))
}

// incompressible text can't be squeezed under a limit.
func incompressible(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(crm.DerivedID(crm.FromMicros(0), fmt.Sprint(i)).String())
	}
	return b.String()
}

// holdLock takes a write lock on a connection of its own, and returns the error
// that another one meets at once.
func holdLock(t *testing.T, db *store.DB) (busy error, release func()) {
	t.Helper()
	ctx := context.Background()
	open := func() *sql.Conn {
		driver, url := "pgx", db.URL
		if db.Engine == store.SQLite {
			driver, url = "sqlite", "file:"+strings.TrimPrefix(db.URL, "sqlite:")+"?_pragma=busy_timeout(0)"
		}
		pool, err := sql.Open(driver, url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { pool.Close() })
		conn, err := pool.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	holder, asker := open(), open()
	begin, lock := "BEGIN IMMEDIATE", "BEGIN IMMEDIATE"
	if db.Engine == store.Postgres {
		begin, lock = "BEGIN", "SELECT bucket FROM buckets WHERE bucket = 9 FOR UPDATE NOWAIT"
	}
	for _, q := range []string{begin, "UPDATE buckets SET epoch = epoch + 1 WHERE bucket = 9"} {
		if _, err := holder.ExecContext(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	_, busy = asker.ExecContext(ctx, lock)
	return busy, func() {
		if _, err := holder.ExecContext(ctx, "ROLLBACK"); err != nil {
			t.Error(err)
		}
	}
}

// oldSnapshot changes a row under a transaction that reads as of its beginning.
func oldSnapshot(t *testing.T, db *store.DB) error {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, db.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "SELECT 1 FROM buckets LIMIT 1"); err != nil {
		t.Fatal(err)
	}
	if err := db.InTx(ctx, func(tx *store.Tx) error { _, err := tx.Lock(ctx, map[int64]int64{3: 1}); return err }); err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(ctx, "UPDATE buckets SET epoch = 1 WHERE bucket = 3")
	return err
}

// endOthers ends every other connection of the database, as a server does that
// shuts down.
func endOthers(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, db.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
		t.Fatal(err)
	}
}

// onlyTransientRetried counts how often InTx runs a function.
func onlyTransientRetried(t *testing.T, db *store.DB) {
	ctx := context.Background()
	mine := errors.New("mine")
	for _, c := range []struct {
		name string
		runs int64
		fail func(tx *store.Tx, run int64) error
	}{
		{"success", 1, func(*store.Tx, int64) error { return nil }},
		{"an error of the caller", 1, func(*store.Tx, int64) error { return mine }},
		{"unique", 1, func(tx *store.Tx, _ int64) error {
			return tx.Write(ctx, examples, [][]any{example(crm.ID{}, "", 0), example(crm.ID{}, "", 0)}, nil)
		}},
		{"asked to", 4, func(_ *store.Tx, run int64) error {
			if run < 4 {
				return fmt.Errorf("changed: %w", store.ErrRetry)
			}
			return nil
		}},
	} {
		var runs int64
		err := db.InTx(ctx, func(tx *store.Tx) error {
			runs++
			if err := tx.SetSetting(ctx, settingOf(c.name, fmt.Sprint(runs))); err != nil {
				return err
			}
			return c.fail(tx, runs)
		})
		if runs != c.runs {
			t.Errorf("%s: ran %d times, want %d", c.name, runs, c.runs)
		}
		value, readErr := db.Read().Setting(ctx, c.name)
		if err == nil && value != fmt.Sprint(c.runs) || err != nil && !errors.Is(readErr, sql.ErrNoRows) {
			t.Errorf("%s: %v, and %q (%v) is stored: only the run that ended well may leave anything", c.name, err, value, readErr)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	if err := db.InTx(ended, func(*store.Tx) error { cancel(); return store.ErrRetry }); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context must end the trying: %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("asking for more feed numbers than were taken must panic")
			}
		}()
		_ = db.InTx(ctx, func(tx *store.Tx) error {
			next, err := tx.Lock(ctx, map[int64]int64{1: 1})
			next(1)
			next(1)
			return err
		})
	}()
	// A panic gave the connection back and its numbers too.
	write(t, db, examples, [][]any{example(crm.ID{2}, "after", 0)}, nil)
}

// waitingWriter meets a lock of another program, and on PostgreSQL a deadlock,
// and gets through without its caller noticing.
func waitingWriter(t *testing.T, db *store.DB) {
	ctx := context.Background()
	_, release := holdLock(t, db)
	got := make(chan error)
	go func() {
		got <- db.InTx(ctx, func(tx *store.Tx) error { _, err := tx.Lock(ctx, map[int64]int64{9: 1}); return err })
	}()
	select {
	case err := <-got:
		t.Fatalf("the lock is held, but a writer got through: %v", err)
	default:
	}
	release()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	if db.Engine == store.SQLite {
		return // one writer can't meet itself
	}
	var runs atomic.Int64
	var both, done sync.WaitGroup
	both.Add(2)
	for _, order := range [][]int64{{20, 21}, {21, 20}} {
		done.Go(func() {
			first := true
			err := db.InTx(ctx, func(tx *store.Tx) error {
				runs.Add(1)
				if _, err := tx.Lock(ctx, map[int64]int64{order[0]: 1}); err != nil {
					return err
				}
				if first {
					first = false
					both.Done()
					both.Wait()
				}
				_, err := tx.Lock(ctx, map[int64]int64{order[1]: 1})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if runs.Load() < 3 {
		t.Errorf("%d runs: the two must have met, and one of them run again", runs.Load())
	}
}
