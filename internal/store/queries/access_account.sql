-- owner: access

-- name: StartSecondFactor :one
INSERT INTO second_factors (user_id, data, confirmed_at, last_step) VALUES ($1, $2, 0, 0)
ON CONFLICT (user_id) DO UPDATE SET data = excluded.data, last_step = 0
WHERE second_factors.confirmed_at = 0 RETURNING user_id;

-- name: SecondFactor :one
SELECT data, confirmed_at, last_step FROM second_factors WHERE user_id = $1;

-- name: SecondFactors :many
SELECT user_id, confirmed_at FROM second_factors WHERE confirmed_at > 0;

-- name: ConfirmSecondFactor :one
UPDATE second_factors SET confirmed_at = $2, last_step = $3
WHERE user_id = $1 AND confirmed_at = 0 RETURNING user_id;

-- name: UseStep :one
UPDATE second_factors SET last_step = $2
WHERE user_id = $1 AND last_step < $2 AND confirmed_at > 0 RETURNING user_id;

-- name: DeleteSecondFactor :one
DELETE FROM second_factors WHERE user_id = $1 RETURNING confirmed_at;

-- name: AddRecoveryCode :exec
INSERT INTO recovery_codes (user_id, hash) VALUES ($1, $2);

-- name: UseRecoveryCode :one
DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2 RETURNING user_id;

-- name: RecoveryCodes :many
SELECT hash FROM recovery_codes WHERE user_id = $1;

-- name: DeleteRecoveryCodes :exec
DELETE FROM recovery_codes WHERE user_id = $1;

-- name: RenewSession :one
UPDATE sessions SET id = sqlc.arg(new_id), fresh_at = sqlc.arg(fresh_at)
WHERE id = sqlc.arg(id) RETURNING expires_at;

-- name: SetUserName :exec
UPDATE users SET name = $2 WHERE id = $1;

-- name: SetUserPicture :exec
INSERT INTO user_pictures (user_id, kind, body, changed_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id) DO UPDATE SET kind = excluded.kind, body = excluded.body, changed_at = excluded.changed_at;

-- name: DeleteUserPicture :exec
DELETE FROM user_pictures WHERE user_id = $1;

-- name: UserPicture :one
SELECT kind, body, changed_at FROM user_pictures WHERE user_id = $1;

-- name: UserPictures :many
SELECT user_id, changed_at FROM user_pictures;
