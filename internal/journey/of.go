package journey

import (
	"context"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

var linkOf = store.Lookup{Table: "journey_links", Key: []store.Col{{Name: "bucket"}, {Name: "profile_id", Type: store.UUID},
	{Name: "interaction_id", Type: store.UUID}}, Cols: "t.journey_id"}

// Of finds the journeys that contacts belong to now. profiles and interactions
// go in pairs; a contact of no journey is left out.
func Of(ctx context.Context, tx *store.Tx, profiles, interactions []crm.ID) (map[crm.ID]crm.ID, error) {
	keys := make([][]any, len(interactions))
	for i, id := range interactions {
		keys[i] = []any{profiles[i].Bucket(), profiles[i], id}
	}
	out := make(map[crm.ID]crm.ID, len(interactions))
	err := tx.Lookup(ctx, &linkOf, keys, func(scan store.Found) error {
		var id crm.ID
		i, err := scan(&id)
		if err == nil {
			out[interactions[i]] = id
		}
		return err
	})
	return out, err
}
