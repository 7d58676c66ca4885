-- owner: webchat
-- A browser that talked to a widget. hash is SHA-256 of its random token, and
-- bucketed by it. email and name are what the visitor typed: claims.
CREATE TABLE visitors (
  key_bucket      BIGINT NOT NULL,
  hash            BYTEA NOT NULL,
  inbox_id        UUID NOT NULL,
  anonymous_id    TEXT NOT NULL,
  user_id         TEXT NOT NULL,
  name            TEXT NOT NULL,
  email           TEXT NOT NULL,
  locale          TEXT NOT NULL,
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  created_at      BIGINT NOT NULL,
  last_seen       BIGINT NOT NULL,
  PRIMARY KEY (key_bucket, hash)
) /* slim */;

CREATE INDEX visitors_conversation ON visitors (bucket, conversation_id);

-- Until which message the visitor has seen a conversation.
CREATE TABLE visitor_marks (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  read_seq        BIGINT NOT NULL,
  read_at         BIGINT NOT NULL,
  PRIMARY KEY (bucket, conversation_id)
) /* slim */;

-- Signed tokens that were used: each counts once until it expires.
CREATE TABLE used_tokens (
  key_bucket BIGINT NOT NULL,
  hash       BYTEA NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (key_bucket, hash)
) /* slim */;
