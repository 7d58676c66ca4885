-- owner: access

-- name: ReadMarksOfCustomers :many
SELECT customer_id, user_id, read_at FROM read_marks
WHERE (bucket = $1 AND customer_id = $2
  OR bucket = $3 AND customer_id = $4
  OR bucket = $5 AND customer_id = $6
  OR bucket = $7 AND customer_id = $8
  OR bucket = $9 AND customer_id = $10
  OR bucket = $11 AND customer_id = $12
  OR bucket = $13 AND customer_id = $14
  OR bucket = $15 AND customer_id = $16
  OR bucket = $17 AND customer_id = $18
  OR bucket = $19 AND customer_id = $20
  OR bucket = $21 AND customer_id = $22
  OR bucket = $23 AND customer_id = $24
  OR bucket = $25 AND customer_id = $26
  OR bucket = $27 AND customer_id = $28
  OR bucket = $29 AND customer_id = $30
  OR bucket = $31 AND customer_id = $32);
