-- owner: understand

-- name: NewestReading :one
SELECT version, data FROM readings WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 ORDER BY version DESC LIMIT 1;

-- name: AddReading :exec
INSERT INTO readings (bucket, profile_id, interaction_id, version, data) VALUES ($1, $2, $3, $4, $5);

-- name: AddExample :exec
INSERT INTO examples (id, text, intent, language, origin, interaction_id, author, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET intent = excluded.intent, author = excluded.author, at = excluded.at;

-- name: Examples :many
SELECT id, text, intent, language, origin, interaction_id, author, at FROM examples ORDER BY id;

-- name: DeleteExamplesOf :exec
DELETE FROM examples WHERE origin = $1;

-- name: AddModel :exec
INSERT INTO models (kind, version, active, at, author, report, data) VALUES ($1, $2, TRUE, $3, $4, $5, $6);

-- name: RetireModels :exec
UPDATE models SET active = FALSE WHERE kind = $1;

-- name: ActiveModel :one
SELECT version, at, author, report, data FROM models WHERE kind = $1 AND active ORDER BY version DESC LIMIT 1;

-- name: NewestModel :one
SELECT version FROM models WHERE kind = $1 ORDER BY version DESC LIMIT 1;
