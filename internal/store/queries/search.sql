-- owner: search

-- name: TermExact :many
SELECT customer_id FROM customer_terms
WHERE term_bucket = @term_bucket AND term = @term
ORDER BY customer_id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: TermPrefix :many
SELECT customer_id FROM customer_terms
WHERE term_bucket = @term_bucket AND term > @term AND term < @term_end
ORDER BY term, customer_id
LIMIT CAST(@max_rows AS BIGINT);
