package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// What runs every second must not read what was done with long ago: SQLite takes
// the partial index of each sweep, in its order.
func TestSweepsReadTheirOwnIndex(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	storetest.Open(t, "sqlite:"+path)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	queries, err := os.ReadFile(filepath.Join("queries", "desk.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for name, index := range map[string]string{"DueSnoozed": "cases_snooze", "Breaching": "cases_late", "Warning": "cases_warn"} {
		_, text, found := strings.Cut(string(queries), "-- name: "+name+" :many\n")
		if !found {
			t.Fatalf("no query %s", name)
		}
		text, _, _ = strings.Cut(text, ";")
		plan := planOf(t, db, regexp.MustCompile(`@\w+`).ReplaceAllString(text, "?1"))
		if !strings.Contains(plan, "USING INDEX "+index+" ") && !strings.Contains(plan, "USING COVERING INDEX "+index+" ") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: %s", name, plan)
		}
	}
}

// planOf is how SQLite answers a query, step by step.
func planOf(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.Query("EXPLAIN QUERY PLAN "+query, 1)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "; ")
}
