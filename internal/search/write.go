package search

import (
	"cmp"
	"context"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

var termsBulk = store.Bulk{
	Table: "customer_terms", Key: 3,
	Cols: []store.Col{{Name: "term_bucket", Type: store.Int}, {Name: "term", Type: store.Text},
		{Name: "customer_id", Type: store.UUID}, {Name: "bucket", Type: store.Int}},
	Conflict: "nothing",
}

// Row is one term of one profile.
type Row struct {
	Term    string
	Profile crm.ID
}

// Rows are the rows of a profile's terms. Give the profile's own id, not its
// customer's: it never changes, and a search finds the customer that it belongs
// to at that time.
func Rows(profile crm.ID, name string, identifiers []string) []Row {
	terms := Terms(name, identifiers)
	rows := make([]Row, len(terms))
	for i, t := range terms {
		rows[i] = Row{Term: t, Profile: profile}
	}
	return rows
}

// Write adds terms; what is there already stays. It sorts and thins the rows,
// so that two writers take their keys in one order.
func Write(ctx context.Context, tx *store.Tx, rows []Row) error {
	type key struct {
		bucket int64
		Row
	}
	keys := make([]key, 0, len(rows))
	for _, r := range rows {
		if r.Term != "" {
			keys = append(keys, key{termBucket(r.Term), r})
		}
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.Term, b.Term),
			slices.Compare(a.Profile[:], b.Profile[:]))
	})
	keys = slices.Compact(keys)
	values := make([][]any, len(keys))
	for i, k := range keys {
		values[i] = []any{k.bucket, k.Term, k.Profile, k.Profile.Bucket()}
	}
	return tx.Write(ctx, &termsBulk, values, nil)
}
