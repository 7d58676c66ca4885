package store

import (
	"context"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// IsAddressOf reports whether a mail address is one of the customer that the
// profile belongs to now, on anybody's word: who may speak for a customer by an
// answer to what was sent to them.
func (db *DB) IsAddressOf(ctx context.Context, profile crm.ID, address string) (bool, error) {
	q := db.Read()
	heads, err := ByKeys(ctx, q.ProfilesByID, []Key{ProfileKey(profile)})
	if err != nil || len(heads) == 0 {
		return false, err
	}
	parts, err := ByKeys(ctx, q.ProfilesOfCustomers, []Key{{Bucket: heads[0].HeadBucket, ID: heads[0].CustomerID}})
	if err != nil {
		return false, err
	}
	keys := []Key{ProfileKey(profile)}
	for _, p := range parts {
		keys = append(keys, Key{Bucket: p.ProfileBucket, ID: p.ProfileID})
	}
	known, err := ByKeys(ctx, q.KeysOfProfiles, keys)
	if err != nil {
		return false, err
	}
	address = strings.TrimSpace(address)
	for _, k := range known {
		if k.Kind == string(crm.Email) && strings.EqualFold(k.Value, address) {
			return true, nil
		}
	}
	return false, nil
}
