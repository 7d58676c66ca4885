package understand

import (
	"context"
	"sort"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// Row is a stored Reading: its interaction, and the Reading as JSON.
type Row struct {
	Bucket        int64
	ProfileID     crm.ID
	InteractionID crm.ID
	Version       int64
	Data          string
}

var rowKey = []store.Col{{Name: "bucket", Type: store.Int}, {Name: "profile_id", Type: store.UUID}, {Name: "interaction_id", Type: store.UUID}}

var writeRows = store.Bulk{Table: "readings", Key: 4, Conflict: "nothing",
	Cols: append(rowKey[:3:3], store.Col{Name: "version", Type: store.Int}, store.Col{Name: "data", Type: store.Text})}

var lookupRows = store.Lookup{Table: "readings", Key: rowKey, Cols: "t.version, t.data"}

// WriteRows stores Readings in the caller's transaction. A Reading is never
// changed: a newer one has a higher version.
func WriteRows(ctx context.Context, tx *store.Tx, rows []Row) error {
	sort.Slice(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		if a.Bucket != b.Bucket {
			return a.Bucket < b.Bucket
		}
		if c := a.ProfileID.Compare(b.ProfileID); c != 0 {
			return c < 0
		}
		return a.InteractionID.Compare(b.InteractionID) < 0
	})
	values := make([][]any, len(rows))
	for i, r := range rows {
		values[i] = []any{r.Bucket, r.ProfileID, r.InteractionID, r.Version, r.Data}
	}
	return tx.Write(ctx, &writeRows, values, nil)
}

// Newest reads the newest Reading of each interaction, as JSON.
func Newest(ctx context.Context, tx *store.Tx, of []Row) (map[crm.ID]Row, error) {
	keys := make([][]any, len(of))
	for i, r := range of {
		keys[i] = []any{r.Bucket, r.ProfileID, r.InteractionID}
	}
	out := map[crm.ID]Row{}
	err := tx.Lookup(ctx, &lookupRows, keys, func(scan store.Found) error {
		var version int64
		var data string
		i, err := scan(&version, &data)
		if err != nil {
			return err
		}
		r := of[i]
		if old, ok := out[r.InteractionID]; !ok || version > old.Version {
			r.Version, r.Data = version, data
			out[r.InteractionID] = r
		}
		return nil
	})
	return out, err
}
