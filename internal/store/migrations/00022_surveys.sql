-- owner: satisfaction
-- Nothing was written into the first shape of this table, so it is made anew.
DROP TABLE surveys;

-- A question about a solved case, and its answer. kind: csat, nps, ces. channel:
-- mail, widget. question is what was asked, in language. assignee and team are
-- those of the case when it was asked. changes counts how often an answer was
-- saved. score -1 and answered_at 0: not answered. The bucket is that of the
-- conversation, which is its profile's.
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
  question        TEXT NOT NULL,
  asked_at        BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL,
  answered_at     BIGINT NOT NULL,
  changed_at      BIGINT NOT NULL,
  changes         BIGINT NOT NULL,
  score           BIGINT NOT NULL,
  comment         TEXT NOT NULL,
  PRIMARY KEY (bucket, id)
);

CREATE INDEX surveys_conversation ON surveys (bucket, conversation_id, asked_at);

-- For the quiet period of a customer.
CREATE INDEX surveys_profile ON surveys (bucket, profile_id, asked_at);

CREATE INDEX surveys_asked ON surveys (asked_at);

CREATE INDEX surveys_answered ON surveys (answered_at, id) WHERE answered_at > 0;
