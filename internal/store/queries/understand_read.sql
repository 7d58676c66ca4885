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
