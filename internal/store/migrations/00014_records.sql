-- owner: records
-- What a colleague learned about a customer, with the contact that it was learned
-- from (source is that contact's), its purpose and an end.
CREATE TABLE facts (
  bucket         BIGINT NOT NULL,
  profile_id     UUID NOT NULL,
  id             UUID NOT NULL,
  topic          TEXT NOT NULL,
  text           TEXT NOT NULL,
  quote          TEXT NOT NULL,
  interaction_id UUID NOT NULL,
  source         TEXT NOT NULL,
  purpose        TEXT NOT NULL,
  author         TEXT NOT NULL,
  author_id      UUID NOT NULL,
  created_at     BIGINT NOT NULL,
  expires_at     BIGINT NOT NULL,
  removed_at     BIGINT NOT NULL,
  removed_by     TEXT NOT NULL,
  PRIMARY KEY (bucket, profile_id, id)
);

-- What people changed about a customer, the newest first on its page. source is
-- that of the contact that a change tells something of, or empty.
CREATE TABLE changes (
  bucket     BIGINT NOT NULL,
  profile_id UUID NOT NULL,
  id         UUID NOT NULL,
  at         BIGINT NOT NULL,
  author     TEXT NOT NULL,
  kind       TEXT NOT NULL,
  text       TEXT NOT NULL,
  source     TEXT NOT NULL,
  PRIMARY KEY (bucket, profile_id, id)
);

-- Changes of settings, roles and secrets, for ever. A reference table.
CREATE TABLE audit (
  id     UUID NOT NULL PRIMARY KEY,
  at     BIGINT NOT NULL,
  author TEXT NOT NULL,
  verb   TEXT NOT NULL,
  object TEXT NOT NULL,
  details TEXT NOT NULL
);

CREATE INDEX audit_at ON audit (at, id);
