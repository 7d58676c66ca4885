package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/rapport-crm/rapport/internal/crm"
)

//go:embed migrations/*.sql migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// migrate brings the schema up to date, one statement an Exec, under a lock
// where several nodes may start at once.
func (db *DB) migrate(ctx context.Context) error {
	names, err := migrationsOf(db.Engine)
	if err != nil {
		return err
	}
	var steps []*goose.Migration
	for _, name := range names {
		version, err := strconv.ParseInt(strings.SplitN(path.Base(name), "_", 2)[0], 10, 64)
		if err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
		text, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			for _, s := range statements(string(text)) {
				if _, err := tx.ExecContext(ctx, db.dialect.ddl(s)); err != nil {
					return fmt.Errorf("%s: %w", path.Base(name), err)
				}
			}
			return nil
		}}, nil))
	}
	dialect := goose.DialectSQLite3
	opts := []goose.ProviderOption{goose.WithGoMigrations(steps...), goose.WithDisableGlobalRegistry(true)}
	if db.Engine == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("migration lock: %w", err)
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db.write, nil, opts...)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	_, err = provider.Up(ctx)
	for try := 0; err != nil && db.Engine == SQLite && try < len(steps); try++ {
		// SQLite has no lock around a migration: when two programs open a new
		// file at once, the later one fails on what the earlier one made, and
		// finds it done when it looks again.
		_, err = provider.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	if err := db.refuseNewer(ctx, steps[len(steps)-1].Version); err != nil {
		return err
	}
	return db.seedBuckets(ctx)
}

// migrationsOf lists the migrations in order: those of both engines, and what
// must be said in an engine's own words, which has the same number on both.
func migrationsOf(e Engine) ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	own, err := fs.Glob(migrations, "migrations/"+string(e)+"/*.sql")
	if err != nil {
		return nil, err
	}
	names = append(names, own...)
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) })
	return names, nil
}

// refuseNewer keeps an older program off a database that a newer one migrated:
// it would write rows that lack what the newer schema promises.
func (db *DB) refuseNewer(ctx context.Context, known int64) error {
	have, err := db.SchemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if have > known {
		return fmt.Errorf("a newer version of Rapport has upgraded this database (schema %d; this program knows up to %d). "+
			"Start the newer version again, or restore a backup from before the upgrade; nothing was changed", have, known)
	}
	return nil
}

// seedBuckets makes the 256 counters once.
func (db *DB) seedBuckets(ctx context.Context) error {
	var n int64
	if err := db.write.QueryRowContext(ctx, "SELECT COUNT(*) FROM buckets").Scan(&n); err != nil {
		return fmt.Errorf("read buckets: %w", err)
	}
	if n == crm.Buckets {
		return nil
	}
	return db.InTx(ctx, func(tx *Tx) error {
		for b := range int64(crm.Buckets) {
			if err := tx.SeedBucket(ctx, b); err != nil {
				return err
			}
		}
		return nil
	})
}

// statements splits a migration at semicolons that end a line, and drops its
// comments.
func statements(text string) []string {
	var out []string
	var cur strings.Builder
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || strings.HasPrefix(trimmed, "--") {
			continue
		}
		cur.WriteString(line)
		if strings.HasSuffix(trimmed, ";") {
			out = append(out, strings.TrimSuffix(strings.TrimSpace(cur.String()), ";"))
			cur.Reset()
		}
	}
	return out
}

// SchemaVersion is the number of the newest migration that was applied.
func (db *DB) SchemaVersion(ctx context.Context) (int64, error) {
	var v int64
	err := db.read.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version").Scan(&v)
	return v, err
}
