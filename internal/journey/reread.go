package journey

import (
	"context"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// Reread measures the journey of an interaction again after its Reading was
// corrected. An interaction of no journey changes nothing.
func (s *Service) Reread(ctx context.Context, interaction crm.ID) error {
	now := s.clock()
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		m, err := findMoving(ctx, tx, interaction)
		if err != nil || m.from.IsZero() {
			return err
		}
		next, err := lock(ctx, tx, map[int64]int64{m.from.RowBucket(): 1})
		if err != nil {
			return err
		}
		r, err := oneJourney(ctx, tx, m.from)
		if err != nil {
			return err
		}
		if err := s.remeasure(ctx, tx, now, []*record{r}); err != nil {
			return err
		}
		return writeJourneys(ctx, tx, []*record{r}, next)
	})
}
