package store

import (
	"context"
	"fmt"
)

// Claim is an UPDATE of the first rows of one bucket that fit, by which a
// worker takes them for itself: two workers that claim at once never get the
// same row, and neither waits for the other. The table's key is (bucket, id).
type Claim struct {
	Table     string
	Set       string // qualified with nothing on the left, with the table's name on the right
	Where     string // condition on t
	Order     string // of t
	Returning string // qualified with the table's name; rows come in no order
}

// Claim runs c. In its texts $1 is the bucket, $2 the most rows, and args follow
// from $3.
func (tx *Tx) Claim(ctx context.Context, c *Claim, bucket, limit int64, args []any, each func(Row) error) error {
	q := "UPDATE " + c.Table + " SET " + c.Set + " WHERE " + c.Table + ".bucket = $1 AND " + c.Table + ".id IN (SELECT t.id FROM " + c.Table +
		" t WHERE t.bucket = $1 AND " + c.Where + " ORDER BY " + c.Order + " LIMIT $2" + tx.db.dialect.claimSuffix() + ") RETURNING " + c.Returning
	rows, err := tx.tx.QueryContext(ctx, q, append([]any{bucket, limit}, args...)...)
	if err != nil {
		return fmt.Errorf("claim %s: %w", c.Table, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
