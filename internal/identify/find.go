package identify

import (
	"context"
	"database/sql"
	"errors"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// ProfilesOf gives the profiles of the customer whom an identifier stands for;
// none when it is unknown, or used by several people.
func (s *Service) ProfilesOf(ctx context.Context, kind crm.IdentifierKind, value string) ([]crm.ID, error) {
	value, ok := Normalise(kind, value, s.region)
	if !ok {
		return nil, nil
	}
	k := key{string(kind), value}
	q := s.db.Read()
	row, err := q.ProfileOfKey(ctx, sqlgen.ProfileOfKeyParams{KeyBucket: k.bucket(), Kind: k.kind, Value: k.value})
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.Shared {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	head, err := q.Head(ctx, sqlgen.HeadParams{Bucket: row.Bucket, ProfileID: row.ProfileID})
	if err != nil {
		return nil, err
	}
	members, err := q.Members(ctx, sqlgen.MembersParams{Bucket: head.HeadBucket, CustomerID: head.CustomerID})
	if err != nil {
		return nil, err
	}
	out := make([]crm.ID, len(members))
	for i, m := range members {
		out[i] = m.ProfileID
	}
	return out, nil
}

// ProvenProfiles is ProfilesOf for an identifier that somebody else vouches for:
// none unless one of the profiles proved it too. What was only claimed, or the
// sender that a mail named, counts for nothing here.
func (s *Service) ProvenProfiles(ctx context.Context, kind crm.IdentifierKind, value string) ([]crm.ID, error) {
	profiles, err := s.ProfilesOf(ctx, kind, value)
	if err != nil || len(profiles) == 0 {
		return nil, err
	}
	keys := make([]store.Key, len(profiles))
	for i, p := range profiles {
		keys[i] = store.ProfileKey(p)
	}
	rows, err := store.ByKeys(ctx, s.db.Read().KeysOfProfiles, keys)
	if err != nil {
		return nil, err
	}
	value, _ = Normalise(kind, value, s.region) // ProfilesOf found it
	for _, r := range rows {
		if r.Kind == string(kind) && r.Value == value && Status(r.Status) == Verified {
			return profiles, nil
		}
	}
	return nil, nil
}
