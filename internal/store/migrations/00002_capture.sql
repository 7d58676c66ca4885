-- owner: capture
-- The bytes as they came in. The key is a hash of (source, external id): it is
-- the dedupe, whatever time a redelivery claims.
CREATE TABLE raws (
  bucket         BIGINT NOT NULL,
  id             UUID NOT NULL,
  source         TEXT NOT NULL,
  external_id    TEXT NOT NULL,
  received_at    BIGINT NOT NULL,
  state          TEXT NOT NULL,
  reason         TEXT NOT NULL,
  attempts       BIGINT NOT NULL,
  may_verify     BOOLEAN NOT NULL,
  raw_type       TEXT NOT NULL,
  body           BYTEA NOT NULL,
  profile_id     UUID NOT NULL,
  interaction_id UUID NOT NULL,
  PRIMARY KEY (bucket, id)
);

CREATE INDEX raws_quarantine ON raws (received_at, id) WHERE state = 'quarantined';

CREATE TABLE interactions (
  bucket          BIGINT NOT NULL,
  profile_id      UUID NOT NULL,
  id              UUID NOT NULL,
  seq             BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  continues       UUID NOT NULL,
  source          TEXT NOT NULL,
  external_id     TEXT NOT NULL,
  channel         TEXT NOT NULL,
  kind            TEXT NOT NULL,
  direction       TEXT NOT NULL,
  occurred_at     BIGINT NOT NULL,
  received_at     BIGINT NOT NULL,
  verified        BOOLEAN NOT NULL,
  automatic       BOOLEAN NOT NULL,
  subject         TEXT NOT NULL,
  text            TEXT NOT NULL,
  quoted          TEXT NOT NULL,
  html            TEXT NOT NULL,
  attrs           TEXT NOT NULL,
  PRIMARY KEY (bucket, profile_id, id)
);

CREATE INDEX interactions_feed ON interactions (bucket, seq);

CREATE INDEX interactions_id ON interactions (bucket, id);

CREATE INDEX interactions_conversation ON interactions (bucket, conversation_id, id);
