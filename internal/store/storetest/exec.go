package storetest

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/store"
)

// Exec runs a statement that the program itself never runs, on a connection of
// its own.
func Exec(t testing.TB, db *store.DB, statement string, args ...any) {
	t.Helper()
	driver, url := "pgx", db.URL
	if db.Engine == store.SQLite {
		driver, url = "sqlite", "file:"+strings.TrimPrefix(db.URL, "sqlite:")+"?_pragma=busy_timeout(10000)"
	}
	pool, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(context.Background(), statement, args...); err != nil {
		t.Fatal(err)
	}
}
