-- owner: records

-- name: AddFact :exec
INSERT INTO facts (bucket, profile_id, id, topic, text, quote, interaction_id, source, purpose, author, author_id, created_at, expires_at, removed_at, removed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, '');

-- name: FactsOfProfile :many
SELECT bucket, profile_id, id, topic, text, quote, interaction_id, source, purpose, author, author_id, created_at, expires_at, removed_at, removed_by
FROM facts
WHERE bucket = @bucket AND profile_id = @profile_id AND removed_at = 0 AND expires_at > @now
ORDER BY id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: Fact :one
SELECT bucket, profile_id, id, topic, text, quote, interaction_id, source, purpose, author, author_id, created_at, expires_at, removed_at, removed_by
FROM facts
WHERE bucket = @bucket AND profile_id = @profile_id AND id = @id;

-- name: SetFactRemoved :exec
UPDATE facts SET removed_at = $4, removed_by = $5 WHERE bucket = $1 AND profile_id = $2 AND id = $3;

-- name: AddChange :exec
INSERT INTO changes (bucket, profile_id, id, at, author, kind, text, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: ChangesOfProfile :many
SELECT bucket, profile_id, id, at, author, kind, text, source FROM changes
WHERE bucket = @bucket AND profile_id = @profile_id AND id < @before
ORDER BY id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: AddAudit :exec
INSERT INTO audit (id, at, author, verb, object, details) VALUES ($1, $2, $3, $4, $5, $6);

-- name: AuditTrail :many
SELECT id, at, author, verb, object, details FROM audit
WHERE at <= @at AND (at < @at OR id < @id)
ORDER BY at DESC, id DESC
LIMIT CAST(@max_rows AS BIGINT);
