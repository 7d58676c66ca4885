-- owner: understand
-- What people said that contacts are about. Taking one back keeps its row. read_as is what
-- the program read ('' unknown), confidence that of its best label in parts of
-- 10,000, and before the version of the reading that this one replaced.
CREATE TABLE labels (
  bucket         BIGINT NOT NULL,
  profile_id     UUID NOT NULL,
  interaction_id UUID NOT NULL,
  id             UUID NOT NULL,
  origin         TEXT NOT NULL,
  source         TEXT NOT NULL,
  language       TEXT NOT NULL,
  read_as        TEXT NOT NULL,
  confidence     BIGINT NOT NULL,
  model          TEXT NOT NULL,
  intent         TEXT NOT NULL,
  before         BIGINT NOT NULL,
  author         TEXT NOT NULL,
  at             BIGINT NOT NULL,
  undone_at      BIGINT NOT NULL,
  undone_by      TEXT NOT NULL,
  PRIMARY KEY (bucket, profile_id, interaction_id, id)
);
