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

-- name: ProfileOfKey :one
SELECT bucket, profile_id, shared FROM identity_keys WHERE key_bucket = $1 AND kind = $2 AND value = $3;

-- name: MatchBehind :many
SELECT b.bucket, b.next_seq, COALESCE(c.seq, 0) AS seq FROM buckets b LEFT JOIN match_cursors c ON c.bucket = b.bucket
WHERE b.next_seq > COALESCE(c.seq, 0) ORDER BY b.bucket;

-- name: MatchChanged :many
SELECT customer_id, seq, hidden FROM customers
WHERE bucket = $1 AND seq > $2 AND seq <= $3
ORDER BY seq LIMIT CAST(@n AS BIGINT);

-- name: SetMatchCursor :exec
INSERT INTO match_cursors (bucket, seq) VALUES ($1, $2)
ON CONFLICT (bucket) DO UPDATE SET seq = excluded.seq;

-- name: MatchHolders :many
SELECT bucket, customer_id FROM match_keys WHERE key_bucket = $1 AND key = $2
ORDER BY customer_id LIMIT CAST(@n AS BIGINT);

-- How far all buckets were followed together: it rises with every comparison
-- that was written.
-- name: MatchSeen :one
SELECT CAST(COALESCE(SUM(seq), 0) AS BIGINT) FROM match_cursors;

-- name: CountCustomersBelow :one
SELECT COUNT(DISTINCT customer_id) FROM customer_profiles WHERE bucket < $1;

-- name: OpenSuggestions :many
SELECT bucket, profile_id, other_bucket, other_id, kind, value, id, reason, at FROM suggestions
WHERE state = 'open' AND profile_id < other_id AND (at > @at OR at = @at AND id > @id)
ORDER BY at, id LIMIT CAST(@n AS BIGINT);

-- name: DelaySuggestion :exec
UPDATE suggestions SET at = $4 WHERE bucket = $1 AND profile_id = $2 AND other_id = $3 AND state = 'open';

-- name: MergesByPeople :many
SELECT profile_id, other_bucket, other_id, bucket FROM merges WHERE rule = 'person' AND undone_at = 0 ORDER BY bucket, id LIMIT CAST(@n AS BIGINT);

-- name: NeverLinksByPeople :many
SELECT bucket, profile_id, other_bucket, other_id FROM never_links WHERE profile_id < other_id ORDER BY bucket, profile_id LIMIT CAST(@n AS BIGINT);
