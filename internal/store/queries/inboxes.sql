-- owner: inboxes

-- name: Inboxes :many
SELECT * FROM inboxes ORDER BY created_at, id;

-- name: Inbox :one
SELECT * FROM inboxes WHERE id = $1;

-- name: InboxVersions :many
SELECT id, version FROM inboxes;

-- name: AddInbox :exec
INSERT INTO inboxes (id, name, brand, kind, source, address, state, restricted, team_id, settings, data, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: UpdateInbox :execrows
UPDATE inboxes SET name = $3, brand = $4, address = $5, state = $6, restricted = $7, team_id = $8, settings = $9, data = $10,
  version = version + 1, updated_at = $11
WHERE id = $1 AND version = $2;

-- name: SetInboxState :execrows
UPDATE inboxes SET state = $2, version = version + 1, updated_at = $3 WHERE id = $1 AND state <> $2 AND state <> 'archived';

-- name: SetInboxSecrets :execrows
UPDATE inboxes SET data = $3, version = version + 1, updated_at = $4 WHERE id = $1 AND version = $2;

-- name: InboxHealth :many
SELECT * FROM inbox_health ORDER BY inbox_id, part;

-- name: InboxPart :one
SELECT * FROM inbox_health WHERE inbox_id = $1 AND part = $2;

-- name: PartSucceeded :exec
INSERT INTO inbox_health (inbox_id, part, last_success, last_attempt, failures, error, next_retry, oldest_waiting, position, gap, lease_owner, lease_until)
VALUES ($1, $2, $3, $3, 0, '', 0, $4, $5, 0, '', 0)
ON CONFLICT (inbox_id, part) DO UPDATE SET last_success = excluded.last_success, last_attempt = excluded.last_attempt, failures = 0,
  error = '', next_retry = 0, oldest_waiting = excluded.oldest_waiting,
  position = CASE WHEN excluded.position = '' THEN inbox_health.position ELSE excluded.position END
WHERE excluded.last_attempt >= inbox_health.last_attempt;

-- name: PartFailed :exec
INSERT INTO inbox_health (inbox_id, part, last_success, last_attempt, failures, error, next_retry, oldest_waiting, position, gap, lease_owner, lease_until)
VALUES ($1, $2, 0, $3, 1, $4, $5, 0, '', 0, '', 0)
ON CONFLICT (inbox_id, part) DO UPDATE SET last_attempt = excluded.last_attempt, failures = inbox_health.failures + 1,
  error = excluded.error, next_retry = excluded.next_retry
WHERE excluded.last_attempt >= inbox_health.last_attempt;

-- name: ResetPart :exec
DELETE FROM inbox_health WHERE inbox_id = $1 AND part = $2;

-- name: LeasePart :one
INSERT INTO inbox_health (inbox_id, part, last_success, last_attempt, failures, error, next_retry, oldest_waiting, position, gap, lease_owner, lease_until)
VALUES ($1, $2, 0, 0, 0, '', 0, 0, '', 0, $3, $4)
ON CONFLICT (inbox_id, part) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
WHERE inbox_health.lease_owner = excluded.lease_owner OR inbox_health.lease_until < CAST(sqlc.arg(now) AS BIGINT)
RETURNING lease_owner;

-- name: ReleasePart :exec
UPDATE inbox_health SET lease_owner = '', lease_until = 0 WHERE inbox_id = $1 AND part = $2 AND lease_owner = $3;

-- name: SetPartGap :exec
UPDATE inbox_health SET gap = $3 WHERE inbox_id = $1 AND part = $2;

-- name: SetPartPosition :exec
INSERT INTO inbox_health (inbox_id, part, last_success, last_attempt, failures, error, next_retry, oldest_waiting, position, gap, lease_owner, lease_until)
VALUES ($1, $2, 0, 0, 0, '', 0, 0, $3, 0, '', 0)
ON CONFLICT (inbox_id, part) DO UPDATE SET position = excluded.position, failures = 0, error = '', next_retry = 0;

-- name: SetInboxToken :execrows
UPDATE inboxes SET data = $3 WHERE id = $1 AND version = $2;
