-- owner: access

-- name: ReadMarksOfCustomers :many
SELECT customer_id, user_id, read_at FROM read_marks
WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AND customer_id IN ($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32);
