-- owner: jobs

-- name: AddJob :exec
INSERT INTO jobs (bucket, id, kind, unique_key, args, state, run_at, attempts, lease_owner, lease_until, error, created_at)
VALUES (@bucket, @id, @kind, @unique_key, @args, 'waiting', @run_at, 0, '', 0, '', @created_at)
ON CONFLICT (bucket, id) DO UPDATE SET args = excluded.args, state = 'waiting', attempts = 0, lease_owner = '', error = '',
  run_at = CASE WHEN jobs.lease_until > excluded.run_at THEN jobs.lease_until ELSE excluded.run_at END
WHERE CAST(@replace AS BOOLEAN) OR jobs.lease_owner <> '' OR jobs.state = 'dead';

-- name: CancelJob :exec
DELETE FROM jobs WHERE bucket = $1 AND id = $2;

-- name: NextJob :one
SELECT run_at FROM jobs WHERE kind = $1 AND state = 'waiting' ORDER BY run_at LIMIT 1;

-- name: DueJobs :many
SELECT bucket FROM jobs WHERE kind = $1 AND state = 'waiting' AND run_at <= $2 ORDER BY run_at LIMIT CAST(@n AS BIGINT);

-- name: FinishJob :execrows
DELETE FROM jobs WHERE bucket = $1 AND id = $2 AND lease_owner = $3;

-- name: ExtendJob :execrows
UPDATE jobs SET run_at = @lease_until, lease_until = @lease_until WHERE bucket = @bucket AND id = @id AND lease_owner = @lease_owner;

-- name: PutBackJob :execrows
UPDATE jobs SET run_at = @run_at, state = @state, attempts = @attempts, lease_owner = '', lease_until = 0, error = @error
WHERE bucket = @bucket AND id = @id AND lease_owner = @lease_owner;

-- name: DeadJobs :many
SELECT bucket, id, kind, unique_key, args, attempts, error, created_at FROM jobs
WHERE state = 'dead' AND id < @before ORDER BY id DESC LIMIT CAST(@n AS BIGINT);

-- name: RetryJob :execrows
UPDATE jobs SET state = 'waiting', run_at = @run_at, attempts = 0, error = '' WHERE bucket = @bucket AND id = @id AND state = 'dead';

-- name: DiscardJob :execrows
DELETE FROM jobs WHERE bucket = $1 AND id = $2 AND state = 'dead';
