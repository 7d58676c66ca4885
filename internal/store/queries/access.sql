-- owner: access

-- name: Setting :one
SELECT value FROM settings WHERE name = $1;

-- name: SetSetting :exec
INSERT INTO settings (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: ClaimSetting :one
INSERT INTO settings (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO NOTHING RETURNING name;

-- name: CreateUser :exec
INSERT INTO users (id, email, name, role, functions, password, created_at, disabled)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: UserByEmail :one
SELECT * FROM users WHERE email = $1;

-- name: UserByID :one
SELECT * FROM users WHERE id = $1;

-- name: Users :many
SELECT id, email, name, role, functions, created_at, disabled FROM users ORDER BY created_at, id;

-- name: UpdateUser :exec
UPDATE users SET name = $2, role = $3, functions = $4, disabled = $5 WHERE id = $1;

-- name: SetUserSettings :exec
UPDATE users SET settings = $2 WHERE id = $1;

-- name: SetPassword :exec
UPDATE users SET password = $2 WHERE id = $1;

-- name: SetUserDisabled :exec
UPDATE users SET disabled = $2 WHERE id = $1;

-- name: CreateSession :exec
INSERT INTO sessions (id, user_id, created_at, last_used, expires_at, agent, fresh_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: SessionUser :one
SELECT s.user_id, s.last_used, s.expires_at, s.fresh_at, u.email, u.name, u.role, u.functions,
  CAST(COALESCE(f.confirmed_at, 0) AS BIGINT) AS factor_at
FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN second_factors f ON f.user_id = s.user_id
WHERE s.id = $1 AND u.disabled = FALSE;

-- name: TouchSession :exec
UPDATE sessions SET last_used = $2 WHERE id = $1;

-- name: DeleteSession :exec
DELETE FROM sessions WHERE id = $1;

-- name: DeleteUserSessions :exec
DELETE FROM sessions WHERE user_id = $1;

-- name: DeleteOldSessions :exec
DELETE FROM sessions WHERE expires_at <= $1 OR last_used <= $2;

-- name: CreateSignInLink :exec
INSERT INTO sign_in_links (hash, purpose, user_id, expires_at, reusable) VALUES ($1, $2, $3, $4, $5);

-- name: SignInLink :one
SELECT user_id, expires_at FROM sign_in_links WHERE hash = $1 AND purpose = $2;

-- name: TakeSignInLink :one
DELETE FROM sign_in_links WHERE hash = $1 AND purpose = $2 RETURNING user_id, expires_at;

-- name: DeleteSignInLinks :exec
DELETE FROM sign_in_links WHERE purpose = $1;

-- name: CreateKey :exec
INSERT INTO api_keys (id, hash, name, prefix, scopes, source, created_at, last_used, revoked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0);

-- name: KeyByHash :one
SELECT id, name, scopes, source, last_used FROM api_keys WHERE hash = $1 AND revoked_at = 0;

-- name: Keys :many
SELECT id, name, prefix, scopes, source, created_at, last_used, revoked_at FROM api_keys ORDER BY created_at, id;

-- name: RevokeKey :one
UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0 RETURNING hash;

-- name: TouchKey :exec
UPDATE api_keys SET last_used = $2 WHERE id = $1 AND last_used < $2;

-- name: MarkRead :exec
INSERT INTO read_marks (bucket, customer_id, user_id, read_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (bucket, customer_id, user_id) DO UPDATE SET read_at = excluded.read_at
WHERE excluded.read_at > read_marks.read_at;

-- name: CountRaws :one
SELECT COUNT(*) FROM raws;
