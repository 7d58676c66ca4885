-- owner: files

-- name: AddFile :exec
INSERT INTO files (bucket, id, name, content_type, size, hash, body, author, owner_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: File :one
SELECT bucket, id, name, content_type, size, hash, body, author, owner_id, created_at FROM files WHERE bucket = $1 AND id = $2;

-- name: FileHead :one
SELECT name, content_type, size FROM files WHERE bucket = $1 AND id = $2;

-- name: DropFile :exec
DELETE FROM files WHERE bucket = $1 AND id = $2;
