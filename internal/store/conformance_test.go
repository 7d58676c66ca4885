package store_test

import (
	"slices"
	"testing"

	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		storetest.Conformance(t, func(t *testing.T) *store.DB { return storetest.SQLite(t) })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		storetest.Conformance(t, func(t *testing.T) *store.DB { return storetest.Postgres(t) })
	})
}

// One text makes both schemas: they may differ in nothing that a query sees.
func TestSchemasAreEqual(t *testing.T) {
	t.Parallel()
	postgres := storetest.Schema(t, storetest.Postgres(t))
	sqlite := storetest.Schema(t, storetest.SQLite(t))
	for _, line := range postgres {
		if !slices.Contains(sqlite, line) {
			t.Errorf("only PostgreSQL: %s", line)
		}
	}
	for _, line := range sqlite {
		if !slices.Contains(postgres, line) {
			t.Errorf("only SQLite: %s", line)
		}
	}
}
