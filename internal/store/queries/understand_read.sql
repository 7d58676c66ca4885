-- owner: understand

-- name: ReadingsOfInteractions :many
SELECT interaction_id, version, data FROM readings
WHERE bucket = $1 AND profile_id = $2
  AND interaction_id >= $3 AND interaction_id <= $34 -- the list is ascending: a long history is not read whole
  AND interaction_id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)
ORDER BY interaction_id, version;

-- name: JobsOfKind :many
-- How a background training stands: waiting, under a lease, or given up.
SELECT state, run_at, lease_owner, error, created_at FROM jobs WHERE kind = $1 ORDER BY id DESC LIMIT 5;

-- name: InboxTexts :many
-- What customers wrote last in a bucket, by its feed.
SELECT id, profile_id, subject, text FROM interactions
WHERE bucket = @bucket AND direction = 'in' AND kind = 'message' AND NOT automatic AND text <> '' ORDER BY seq DESC LIMIT CAST(@n AS BIGINT);

-- name: LabelsOfInteractions :many
SELECT interaction_id, id, read_as, intent, author, at FROM labels
WHERE bucket = $1 AND profile_id = $2
  AND interaction_id >= $3 AND interaction_id <= $34
  AND interaction_id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)
  AND undone_at = 0 AND intent <> ''
ORDER BY interaction_id, before;

-- name: CustomerTexts :many
-- What customers wrote last in a bucket: an id begins with the time of its
-- contact, so the index of ids is read from its end.
SELECT id, profile_id, source, channel, subject, text, occurred_at FROM interactions
WHERE bucket = @bucket AND id >= @since AND direction = 'in' AND kind = 'message' AND NOT automatic AND text <> ''
ORDER BY id DESC LIMIT CAST(@n AS BIGINT);

-- name: TextsOfContacts :many
SELECT bucket, id, profile_id, conversation_id, source, channel, subject, text, occurred_at FROM interactions
WHERE (bucket = $1 AND id = $2) OR (bucket = $3 AND id = $4) OR (bucket = $5 AND id = $6) OR (bucket = $7 AND id = $8)
  OR (bucket = $9 AND id = $10) OR (bucket = $11 AND id = $12) OR (bucket = $13 AND id = $14) OR (bucket = $15 AND id = $16);

-- name: IntentLook :one
SELECT at, texts, unread FROM intent_looks WHERE one = 1;
