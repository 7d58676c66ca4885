package access

import (
	"context"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// MarkRead notes that a person has read a customer's timeline up to a moment.
// An earlier moment than the noted one changes nothing.
func (s *Service) MarkRead(ctx context.Context, user, customer crm.ID, at time.Time) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		return tx.MarkRead(ctx, sqlgen.MarkReadParams{
			Bucket: customer.Bucket(), CustomerID: customer, UserID: user, ReadAt: crm.Micros(at),
		})
	})
}

// ReadMarks gives, for those of the customers that the person has read, until
// when.
func (s *Service) ReadMarks(ctx context.Context, user crm.ID, customers []crm.ID) (map[crm.ID]time.Time, error) {
	keys := make([]store.Key, len(customers))
	for i, c := range customers {
		keys[i] = store.ProfileKey(c)
	}
	rows, err := store.ByKeys(ctx, s.db.Read().ReadMarksOfCustomers, keys)
	if err != nil {
		return nil, fmt.Errorf("read marks: %w", err)
	}
	out := make(map[crm.ID]time.Time, len(rows))
	for _, r := range rows {
		if r.UserID == user {
			out[r.CustomerID] = crm.FromMicros(r.ReadAt)
		}
	}
	return out, nil
}
