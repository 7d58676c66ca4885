-- owner: thread
-- A conversation lives in the bucket of the profile that began it.
CREATE TABLE conversations (
  bucket     BIGINT NOT NULL,
  id         UUID NOT NULL,
  profile_id UUID NOT NULL,
  channel    TEXT NOT NULL,
  subject    TEXT NOT NULL,
  opened_at  BIGINT NOT NULL,
  last_at    BIGINT NOT NULL,
  messages   BIGINT NOT NULL,
  continues  UUID NOT NULL,
  PRIMARY KEY (bucket, id)
);

-- What a later message may refer to: Message-IDs that we stored, channel pairs,
-- and the sources' own conversation ids. Bucketed by their own hash.
CREATE TABLE thread_keys (
  key_bucket      BIGINT NOT NULL,
  kind            TEXT COLLATE "C" NOT NULL,
  value           TEXT COLLATE "C" NOT NULL,
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  profile_id      UUID NOT NULL,
  PRIMARY KEY (key_bucket, kind, value)
) /* slim */;
