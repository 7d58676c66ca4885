-- owner: thread

-- name: AddConversation :exec
INSERT INTO conversations (bucket, id, profile_id, channel, subject, opened_at, last_at, messages, continues)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: CountMessages :exec
UPDATE conversations SET messages = messages + $3 WHERE bucket = $1 AND id = $2;

-- name: RepointKey :exec
UPDATE thread_keys SET conversation_id = @target WHERE key_bucket = @key_bucket AND kind = @kind AND value = @value AND conversation_id = @conversation_id;

-- name: DropConversation :exec
DELETE FROM conversations WHERE bucket = $1 AND id = $2;
