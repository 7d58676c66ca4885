-- owner: act

-- name: OutboxRow :one
SELECT * FROM outbox WHERE bucket = $1 AND id = $2;

-- name: AddOutbox :exec
INSERT INTO outbox (bucket, id, seq, conversation_id, profile_id, inbox_id, interaction_id, channel, kind, state, message_id, send_at, next_at, attempts,
  lease_owner, lease_until, author, author_id, error, answer, content, created_at, updated_at)
VALUES (@bucket, @id, @seq, @conversation_id, @profile_id, @inbox_id, @interaction_id, @channel, @kind, @state, @message_id, @send_at, @next_at, 0,
  '', 0, @author, @author_id, '', '', @content, @created_at, @updated_at);

-- name: SetOutbox :exec
UPDATE outbox SET seq = $3, interaction_id = $4, state = $5, next_at = $6, attempts = $7, error = $8, answer = $9, updated_at = $10 WHERE bucket = $1 AND id = $2;

-- name: AddSentID :exec
INSERT INTO sent_ids (key_bucket, value, bucket, outbox_id) VALUES ($1, $2, $3, $4)
ON CONFLICT (key_bucket, value) DO NOTHING;

-- name: SentID :one
SELECT outbox_id FROM sent_ids WHERE key_bucket = $1 AND value = $2;

-- name: Suppress :exec
INSERT INTO suppressions (key_bucket, address, kind, reason, author, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (key_bucket, address, kind) DO UPDATE SET reason = excluded.reason, author = excluded.author, at = excluded.at;

-- name: Suppressions :many
SELECT address, kind, reason, author, at FROM suppressions WHERE key_bucket = $1 AND address = $2;

-- name: AllSuppressions :many
SELECT key_bucket, address, kind, reason, author, at FROM suppressions
WHERE key_bucket = @key_bucket AND address > @after ORDER BY address LIMIT CAST(@n AS BIGINT);

-- name: LiftSuppression :execrows
DELETE FROM suppressions WHERE key_bucket = $1 AND address = $2 AND kind = $3;

-- name: LastAutoAnswer :one
SELECT at FROM auto_answers WHERE key_bucket = $1 AND address = $2 AND inbox_id = $3;

-- name: NoteAutoAnswer :exec
INSERT INTO auto_answers (key_bucket, address, inbox_id, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (key_bucket, address, inbox_id) DO UPDATE SET at = excluded.at;

-- name: LoopGuard :one
SELECT since, automatic, muted FROM loop_guards WHERE bucket = $1 AND conversation_id = $2;

-- name: PutLoopGuard :exec
INSERT INTO loop_guards (bucket, conversation_id, since, automatic, muted) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (bucket, conversation_id) DO UPDATE SET since = excluded.since, automatic = excluded.automatic, muted = excluded.muted;
