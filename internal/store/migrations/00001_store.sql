-- owner: store
-- One counter a bucket: the feed number of the next changed row. Its row lock,
-- held to commit, keeps numbers of a bucket visible in order and is the mutex of
-- everything that hangs on the bucket.
CREATE TABLE buckets (
  bucket      BIGINT NOT NULL PRIMARY KEY,
  next_seq    BIGINT NOT NULL,
  owner       TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  epoch       BIGINT NOT NULL
) /* slim */;
