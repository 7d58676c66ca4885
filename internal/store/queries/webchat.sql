-- owner: webchat

-- name: UseToken :execrows
INSERT INTO used_tokens (key_bucket, hash, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (key_bucket, hash) DO NOTHING;

-- name: ForgetTokens :exec
DELETE FROM used_tokens WHERE expires_at < $1;

-- name: Visitor :one
SELECT * FROM visitors WHERE key_bucket = $1 AND hash = $2;

-- name: PutVisitor :exec
INSERT INTO visitors (key_bucket, hash, inbox_id, anonymous_id, user_id, name, email, locale, bucket, conversation_id, created_at, last_seen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (key_bucket, hash) DO UPDATE SET user_id = excluded.user_id, name = excluded.name, email = excluded.email, locale = excluded.locale,
  bucket = excluded.bucket, conversation_id = excluded.conversation_id, last_seen = excluded.last_seen;

-- name: VisitorOfConversation :many
SELECT * FROM visitors WHERE bucket = $1 AND conversation_id = $2 ORDER BY last_seen DESC LIMIT 1;

-- name: VisitorMark :one
SELECT read_seq FROM visitor_marks WHERE bucket = $1 AND conversation_id = $2;

-- name: MarkVisitor :exec
INSERT INTO visitor_marks (bucket, conversation_id, read_seq, read_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (bucket, conversation_id) DO UPDATE SET read_seq = CASE WHEN excluded.read_seq > visitor_marks.read_seq THEN excluded.read_seq ELSE visitor_marks.read_seq END,
  read_at = excluded.read_at;

-- name: ChatMessages :many
SELECT id, seq, channel, direction, automatic, occurred_at, text, attrs, external_id FROM interactions
WHERE bucket = @bucket AND conversation_id = @conversation_id AND seq > @seq AND kind = 'message' AND direction IN ('in', 'out')
ORDER BY seq
LIMIT CAST(@max_rows AS BIGINT);

-- name: LatestChat :many
SELECT conversation_id, last_at FROM cases
WHERE bucket = @bucket AND profile_id = @profile_id AND inbox_id = @inbox_id AND channel = 'chat'
ORDER BY last_at DESC
LIMIT 1;

-- name: PlaceOfInteraction :one
SELECT conversation_id, kind FROM interactions WHERE bucket = $1 AND id = $2;

-- name: SeeVisitor :exec
UPDATE visitors SET last_seen = $3 WHERE key_bucket = $1 AND hash = $2 AND last_seen < $3;

-- name: VisitorsOfConversation :many
SELECT * FROM visitors WHERE bucket = $1 AND conversation_id = $2 ORDER BY last_seen DESC LIMIT 20;

-- name: ContinuedByMail :many
SELECT interaction_id, content FROM outbox WHERE bucket = @bucket AND conversation_id = @conversation_id AND kind = 'continuation';

-- name: AddVisitorFile :exec
INSERT INTO visitor_files (key_bucket, hash, file_id, size, sent, created_at) VALUES ($1, $2, $3, $4, FALSE, $5);

-- name: VisitorFilesSince :one
SELECT COUNT(*) AS files, CAST(COALESCE(SUM(size), 0) AS BIGINT) AS bytes FROM visitor_files
WHERE key_bucket = @key_bucket AND hash = @hash AND created_at > @since;

-- name: VisitorFile :one
SELECT created_at FROM visitor_files WHERE key_bucket = $1 AND hash = $2 AND file_id = $3;

-- name: SendVisitorFile :exec
UPDATE visitor_files SET sent = TRUE WHERE key_bucket = $1 AND hash = $2 AND file_id = $3;

-- name: WaitingVisitorFiles :many
SELECT key_bucket, hash, file_id FROM visitor_files WHERE NOT sent AND created_at < @before
ORDER BY created_at
LIMIT CAST(@max_rows AS BIGINT);

-- name: ForgetVisitorFile :execrows
DELETE FROM visitor_files WHERE key_bucket = $1 AND hash = $2 AND file_id = $3 AND NOT sent;

-- name: ChatAnswers :many
SELECT opened_at, first_answer_at FROM cases
WHERE inbox_id = @inbox_id AND channel = 'chat' AND opened_at > @since AND NOT automatic
ORDER BY opened_at DESC
LIMIT CAST(@max_rows AS BIGINT);
