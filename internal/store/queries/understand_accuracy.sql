-- owner: understand

-- name: ReadContacts :many
-- What customers of a bucket wrote in a time, with what was read when it came in:
-- an id begins with the time of its contact.
SELECT i.id, i.profile_id, i.source, r.data FROM interactions i
JOIN readings r ON r.bucket = i.bucket AND r.profile_id = i.profile_id AND r.interaction_id = i.id AND r.version = 1
WHERE i.bucket = @bucket AND i.id >= @since AND i.id < @until AND i.direction = 'in' AND i.kind = 'message' AND NOT i.automatic AND i.text <> ''
ORDER BY i.id LIMIT CAST(@n AS BIGINT);

-- name: ReadingWeeks :many
SELECT week, at, contacts, looked, customers, unknown, labelled, data FROM reading_weeks WHERE week >= @since ORDER BY week;

-- name: PutReadingWeek :exec
INSERT INTO reading_weeks (week, at, contacts, looked, customers, unknown, labelled, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (week) DO UPDATE SET at = excluded.at, contacts = excluded.contacts, looked = excluded.looked, customers = excluded.customers,
  unknown = excluded.unknown, labelled = excluded.labelled, data = excluded.data;

-- name: LabelsSince :many
-- What people said lately, the newest first.
SELECT bucket, profile_id, interaction_id, id, origin, source, read_as, confidence, intent, before, author, at FROM labels
WHERE at >= @since AND undone_at = 0 AND intent <> '' ORDER BY at DESC, id DESC LIMIT CAST(@n AS BIGINT);

-- name: AddReadingSample :execrows
INSERT INTO reading_samples (day, at, author, since, until, contacts) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (day) DO NOTHING;

-- name: NewestReadingSample :one
SELECT day, at, author, since, until, contacts FROM reading_samples ORDER BY day DESC LIMIT 1;

-- name: AddReadingCheck :exec
INSERT INTO reading_checks (bucket, profile_id, interaction_id, day, place, state, read_as, confidence, author, at) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, '', 0);

-- name: ReadingCheck :one
SELECT state, read_as FROM reading_checks WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 AND day = $4;

-- name: SetOpenReadingCheck :execrows
UPDATE reading_checks SET state = $5, author = $6, at = $7
WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 AND day = $4 AND state = 'open';

-- name: ReopenSkippedCheck :exec
UPDATE reading_checks SET state = 'open', author = '', at = 0
WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 AND day = $4 AND state = 'skipped';

-- name: ReopenReadingChecks :exec
-- A label of a sample was taken back.
UPDATE reading_checks SET state = 'open', author = '', at = 0 WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 AND state = 'checked';

-- name: ReadingChecks :many
-- The contacts of a sample as they are now; what was erased is not among them.
SELECT c.interaction_id, c.place, c.state, c.read_as, c.confidence, c.author, c.at,
  i.profile_id, i.conversation_id, i.source, i.channel, i.subject, i.text, i.occurred_at,
  CAST(COALESCE((SELECT l.intent FROM labels l WHERE l.bucket = c.bucket AND l.profile_id = c.profile_id AND l.interaction_id = c.interaction_id
    AND l.undone_at = 0 AND l.intent <> '' ORDER BY l.before DESC LIMIT 1), '') AS TEXT) AS said
FROM reading_checks c
JOIN interactions i ON i.bucket = c.bucket AND i.profile_id = c.profile_id AND i.id = c.interaction_id
WHERE c.day = $1 ORDER BY c.place;
