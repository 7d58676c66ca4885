-- owner: identify

-- name: BlockedValues :many
SELECT kind, value, author, at FROM blocked_values ORDER BY kind, value;

-- name: BlockValue :exec
INSERT INTO blocked_values (kind, value, author, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, value) DO NOTHING;

-- name: Head :one
SELECT head_bucket, customer_id FROM profiles WHERE bucket = $1 AND profile_id = $2;

-- name: Members :many
SELECT profile_bucket, profile_id FROM customer_profiles WHERE bucket = $1 AND customer_id = $2 ORDER BY profile_id;

-- name: MergeByID :one
SELECT * FROM merges WHERE bucket = $1 AND id = $2;

-- name: MergesOf :many
SELECT * FROM merges WHERE bucket = $1 AND profile_id = $2 ORDER BY at, id;

-- name: UndoMerge :execrows
UPDATE merges SET undone_at = $3, undone_by = $4 WHERE bucket = $1 AND id = $2 AND undone_at = 0;

-- name: DeleteMember :exec
DELETE FROM customer_profiles WHERE bucket = $1 AND customer_id = $2 AND profile_id = $3;

-- name: AddNeverLink :exec
INSERT INTO never_links (bucket, profile_id, other_bucket, other_id, author, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (bucket, profile_id, other_id) DO NOTHING;

-- name: SuggestionByID :one
SELECT * FROM suggestions WHERE bucket = $1 AND id = $2;

-- name: SetSuggestion :exec
UPDATE suggestions SET state = $4 WHERE bucket = $1 AND profile_id = $2 AND other_id = $3;

-- name: ProfileContacts :one
SELECT COUNT(*) FROM interactions WHERE bucket = $1 AND profile_id = $2;

-- name: ProfileFirst :one
SELECT occurred_at FROM interactions WHERE bucket = $1 AND profile_id = $2 ORDER BY id LIMIT 1;

-- name: ProfileLast :one
SELECT occurred_at, channel, direction, subject, text FROM interactions
WHERE bucket = $1 AND profile_id = $2 ORDER BY id DESC LIMIT 1;

-- name: NeverLinksOf :many
SELECT other_bucket, other_id, author, at FROM never_links WHERE bucket = $1 AND profile_id = $2 ORDER BY other_id;

-- name: DeleteNeverLink :exec
DELETE FROM never_links WHERE bucket = $1 AND profile_id = $2 AND other_id = $3;

-- name: SetMergeAuthor :exec
UPDATE merges SET author = $3 WHERE bucket = $1 AND id = $2;
