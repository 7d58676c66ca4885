package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the administrating connection

	"github.com/rapport-crm/rapport/internal/store"
)

// PostgresEnv names the environment variable with the server's URL. The user
// in it must be allowed to create databases.
const PostgresEnv = "RAPPORT_TEST_POSTGRES"

// Each runs f as a subtest on every engine, in parallel, each with an empty
// database.
func Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, Postgres(t))
	})
}

// SQLite opens an empty embedded database; its integrity is checked at the end.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, "sqlite:"+filepath.Join(t.TempDir(), "rapport.db"))
}

var created atomic.Int64

// Postgres opens an empty database on the test server, and drops it at the end.
// Without a server the test skips; with CI set it fails, so that the engine is
// never left out silently.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, PostgresURL(t))
}

// PostgresURL makes an empty database and returns its URL.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresEnv)
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set: CI must test PostgreSQL", PostgresEnv)
		}
		t.Skipf("no PostgreSQL: set %s, or run make test", PostgresEnv)
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("rapport_test_%d_%d_%d", os.Getpid(), created.Add(1), time.Now().UnixNano())
	if _, err := admin.ExecContext(context.Background(), "CREATE DATABASE "+name); err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
		admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Open opens the database of the URL for the length of the test.
func Open(t testing.TB, dbURL string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Options{URL: dbURL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if db.Engine == store.SQLite {
			var answer string
			if err := db.Reader().QueryRow("PRAGMA integrity_check").Scan(&answer); err != nil || !strings.EqualFold(answer, "ok") {
				t.Errorf("integrity check: %q, %v", answer, err)
			}
		}
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}
