-- owner: understand
-- A Reading is never changed; a newer model writes a newer row.
CREATE TABLE readings (
  bucket         BIGINT NOT NULL,
  profile_id     UUID NOT NULL,
  interaction_id UUID NOT NULL,
  version        BIGINT NOT NULL,
  data           TEXT NOT NULL,
  PRIMARY KEY (bucket, profile_id, interaction_id, version)
);

-- Labelled texts: files that the firm trained on, and corrections from the
-- console. A reference table.
CREATE TABLE examples (
  id             UUID NOT NULL PRIMARY KEY,
  text           TEXT NOT NULL,
  intent         TEXT NOT NULL,
  language       TEXT NOT NULL,
  origin         TEXT NOT NULL,
  interaction_id UUID NOT NULL,
  author         TEXT NOT NULL,
  at             BIGINT NOT NULL
);

-- Trained parameters, versioned; the newest active one of a kind is read.
CREATE TABLE models (
  kind    TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  active  BOOLEAN NOT NULL,
  at      BIGINT NOT NULL,
  author  TEXT NOT NULL,
  report  TEXT NOT NULL,
  data    BYTEA NOT NULL,
  PRIMARY KEY (kind, version)
);
