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

-- name: SearchCursors :many
SELECT bucket, seq FROM search_cursors;

-- name: AddSearchCursor :exec
INSERT INTO search_cursors (bucket, seq) VALUES ($1, 0) ON CONFLICT (bucket) DO NOTHING;

-- name: MoveSearchCursor :execrows
UPDATE search_cursors SET seq = @next WHERE bucket = @bucket AND seq = @seq;

-- name: DropSearchCursors :exec
DELETE FROM search_cursors;

-- name: DropSearchMessages :exec
DELETE FROM search_messages;

-- name: MessagesToIndex :many
SELECT profile_id, id, seq, conversation_id, source, channel, kind, direction, subject, text, attrs FROM interactions
WHERE bucket = @bucket AND seq > @after AND seq <= @until
ORDER BY seq
LIMIT CAST(@max_rows AS BIGINT);

-- name: SearchMessage :one
SELECT n FROM search_messages WHERE bucket = $1 AND interaction_id = $2;

-- name: AddSearchMessage :execrows
INSERT INTO search_messages (bucket, interaction_id, n) VALUES ($1, $2, $3)
ON CONFLICT (n) DO NOTHING;

-- name: MessagesByNumber :many
SELECT m.n, i.bucket, i.id, i.conversation_id, i.source FROM search_messages m
JOIN interactions i ON i.bucket = m.bucket AND i.id = m.interaction_id
WHERE m.n IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: MessageWords :one
SELECT subject, text FROM interactions WHERE bucket = $1 AND id = $2;
