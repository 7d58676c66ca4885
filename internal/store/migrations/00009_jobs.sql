-- owner: jobs
-- Work to be done after a commit or at a time: written in the transaction of
-- its cause, claimed one bucket at a time under a lease that ends by itself.
-- A job that was done is deleted. state: waiting, dead. run_at is when somebody
-- may take it: its first run, its next try, or the end of the lease of whoever
-- has it. The id of a job with a unique key is made of its kind and that key.
CREATE TABLE jobs (
  bucket      BIGINT NOT NULL,
  id          UUID NOT NULL,
  kind        TEXT COLLATE "C" NOT NULL,
  unique_key  TEXT COLLATE "C" NOT NULL,
  args        TEXT NOT NULL,
  state       TEXT NOT NULL,
  run_at      BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  lease_owner TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  error       TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (bucket, id)
);

CREATE INDEX jobs_due ON jobs (kind, run_at) WHERE state = 'waiting';

CREATE INDEX jobs_dead ON jobs (id) WHERE state = 'dead';
