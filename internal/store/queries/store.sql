-- owner: store

-- name: SeedBucket :exec
INSERT INTO buckets (bucket, next_seq, owner, lease_until, epoch) VALUES ($1, 0, '', 0, 0)
ON CONFLICT (bucket) DO NOTHING;

-- name: Counters :many
SELECT bucket, next_seq FROM buckets;
