package access

import (
	"context"
	"database/sql"
	"errors"
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
// when. It is one lookup a customer: for pages, not for exports.
func (s *Service) ReadMarks(ctx context.Context, user crm.ID, customers []crm.ID) (map[crm.ID]time.Time, error) {
	out := make(map[crm.ID]time.Time, len(customers))
	q := s.db.Read()
	for _, c := range customers {
		at, err := q.ReadMark(ctx, sqlgen.ReadMarkParams{Bucket: c.Bucket(), CustomerID: c, UserID: user})
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read marks: %w", err)
		}
		out[c] = crm.FromMicros(at)
	}
	return out, nil
}
