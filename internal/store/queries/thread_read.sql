-- owner: thread

-- name: Conversation :one
SELECT bucket, id, profile_id, channel, subject, opened_at, last_at, messages, continues FROM conversations
WHERE bucket = @bucket AND id = @id;
