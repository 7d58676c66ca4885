package store

import (
	"context"
	"fmt"
	"strconv"
)

// CountQuarantined counts what stands in quarantine of one source, up to most.
func (db *DB) CountQuarantined(ctx context.Context, source string, most int) (int64, error) {
	var n int64
	q := "SELECT COUNT(*) FROM (SELECT 1 FROM raws WHERE state = 'quarantined' AND source = $1 LIMIT " + strconv.Itoa(most) + ") x"
	if err := db.read.QueryRowContext(ctx, q, source).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the quarantine: %w", err)
	}
	return n, nil
}
