package storetest

import (
	"context"
	"testing"

	"github.com/rapport-crm/rapport/internal/store"
)

// Conformance checks what the rest of Rapport relies on, on the engine whose
// empty databases open makes: ids and parameters, bulk statements, the feed,
// the doorbell, error classes and what they mean for a transaction. A new engine
// is done when it passes.
func Conformance(t *testing.T, open func(t *testing.T) *store.DB) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, db *store.DB)
	}{
		{"ids survive", idsSurvive},
		{"parameters bind by number", parametersBindByNumber},
		{"the first sight of a key wins", firstSightWins},
		{"feed", feedMissesNothing},
		{"bulk", bulkWrites},
		{"bulk is the single form", bulkEqualsSingle},
		{"hostile strings", hostileStrings},
		{"keys by the page", keysByThePage},
		{"read then write", readThenWrite},
		{"error classes", errorClasses},
		{"only transient errors are retried", onlyTransientRetried},
		{"a waiting writer gets its turn", waitingWriter},
		{"doorbell", doorbell},
		{"doorbell between nodes", doorbellBetweenNodes},
		{"migrating again changes nothing", migratesOnce},
		{"programs that start at once", startAtOnce},
		{"a newer schema is refused", refusesNewer},
		{"tables are copied whole", tablesCopied},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

// table is a bulk statement over columns given as name, type pairs.
func table(name string, key int, cols ...any) *store.Bulk {
	b := &store.Bulk{Table: name, Key: key}
	for i := 0; i < len(cols); i += 2 {
		b.Cols = append(b.Cols, store.Col{Name: cols[i].(string), Type: cols[i+1].(store.Type)})
	}
	return b
}

// with gives the statement another conflict and returning clause.
func with(b *store.Bulk, conflict, returning string) *store.Bulk {
	return &store.Bulk{Table: b.Table, Cols: b.Cols, Key: b.Key, Conflict: conflict, Returning: returning}
}

// write runs one bulk statement in a transaction of its own.
func write(t *testing.T, db *store.DB, b *store.Bulk, rows [][]any, each func(store.Row) error) {
	t.Helper()
	if err := db.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.Write(context.Background(), b, rows, each)
	}); err != nil {
		t.Fatal(err)
	}
}
