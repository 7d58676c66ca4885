-- owner: satisfaction
-- A question about a solved case and its answer. kind: csat, nps, ces; score -1:
-- not answered. hash is SHA-256 of the token in the link.
CREATE TABLE surveys (
  bucket          BIGINT NOT NULL,
  id              UUID NOT NULL,
  conversation_id UUID NOT NULL,
  profile_id      UUID NOT NULL,
  inbox_id        UUID NOT NULL,
  assignee_id     UUID NOT NULL,
  team_id         UUID NOT NULL,
  kind            TEXT NOT NULL,
  channel         TEXT NOT NULL,
  language        TEXT NOT NULL,
  hash            BYTEA NOT NULL,
  asked_at        BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  answered_at     BIGINT NOT NULL,
  score           BIGINT NOT NULL,
  comment         TEXT NOT NULL,
  PRIMARY KEY (bucket, id)
);

CREATE INDEX surveys_conversation ON surveys (bucket, conversation_id);

CREATE INDEX surveys_answered ON surveys (answered_at, id) WHERE answered_at > 0;
