package identify

import (
	"context"

	"github.com/rapport-crm/rapport/internal/store"
)

// CompareWith is one batch of Compare, with something that happens after it was
// read and before it is written. It reports whether it was written.
func (s *Service) CompareWith(ctx context.Context, meanwhile func() error) (bool, error) {
	c, err := s.readComparison(ctx, func(c *comparison, tx *store.Tx) ([]Profile, error) { return c.next(ctx, tx, CompareBatch) })
	if err != nil {
		return false, err
	}
	if err := meanwhile(); err != nil {
		return false, err
	}
	return c.write(ctx)
}
