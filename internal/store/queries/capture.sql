-- owner: capture

-- name: RawForRetry :one
SELECT source, external_id, state, may_verify, raw_type, body FROM raws WHERE bucket = $1 AND id = $2;

-- name: NoteAttempt :exec
UPDATE raws SET attempts = attempts + 1, reason = $3 WHERE bucket = $1 AND id = $2 AND state = 'quarantined';

-- name: DiscardRaw :execrows
UPDATE raws SET state = 'discarded', reason = $3 WHERE bucket = $1 AND id = $2 AND state = 'quarantined';

-- name: InteractionForReading :one
SELECT profile_id, channel, kind, direction, automatic, subject, text FROM interactions WHERE bucket = $1 AND id = $2;

-- name: TouchInteraction :exec
UPDATE interactions SET seq = $4 WHERE bucket = $1 AND profile_id = $2 AND id = $3;

-- name: InteractionForSplit :one
SELECT profile_id, external_id, channel, kind, direction, occurred_at, subject, text, seq FROM interactions
WHERE bucket = @bucket AND id = @id AND conversation_id = @conversation_id;

-- name: MoveInteraction :exec
UPDATE interactions SET conversation_id = @target, seq = @seq WHERE bucket = @bucket AND id = @id AND conversation_id = @conversation_id;

-- name: SetTranscript :exec
-- The transcript of a talk whose recording was written down afterwards.
UPDATE interactions SET text = @text, attrs = @attrs WHERE bucket = @bucket AND profile_id = @profile_id AND id = @id;
