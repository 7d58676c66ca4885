-- owner: journey
-- A journey lives in the bucket of the profile whose contact opened it, so a
-- merge or un-merge of customers moves nothing.
CREATE TABLE journeys (
  bucket      BIGINT NOT NULL,
  id          UUID NOT NULL,
  profile_id  UUID NOT NULL,
  seq         BIGINT NOT NULL,
  state       TEXT COLLATE "C" NOT NULL,
  active      BOOLEAN NOT NULL,
  intent      TEXT NOT NULL,
  opened_at   BIGINT NOT NULL,
  last_at     BIGINT NOT NULL,
  sort_at     BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  effort      BIGINT NOT NULL,
  unanswered  BIGINT NOT NULL,
  repeat_days BIGINT NOT NULL,
  leaving     BOOLEAN NOT NULL,
  data        TEXT NOT NULL,
  PRIMARY KEY (bucket, id)
);

CREATE INDEX journeys_profile ON journeys (bucket, profile_id, last_at);

CREATE INDEX journeys_feed ON journeys (bucket, seq);

CREATE INDEX journeys_state ON journeys (state, sort_at, id);

CREATE INDEX journeys_effort ON journeys (effort, id) WHERE active;

CREATE INDEX journeys_due ON journeys (due_at) WHERE active;

-- The journey that a contact belongs to, and why.
CREATE TABLE journey_links (
  bucket         BIGINT NOT NULL,
  profile_id     UUID NOT NULL,
  interaction_id UUID NOT NULL,
  journey_bucket BIGINT NOT NULL,
  journey_id     UUID NOT NULL,
  confidence     BIGINT NOT NULL,
  reason         TEXT NOT NULL,
  author         TEXT NOT NULL,
  at             BIGINT NOT NULL,
  PRIMARY KEY (bucket, profile_id, interaction_id)
) /* slim */;

CREATE INDEX journey_links_journey ON journey_links (journey_bucket, journey_id);

-- Links that were replaced: append-only, labels for the linker.
CREATE TABLE journey_link_log (
  bucket         BIGINT NOT NULL,
  profile_id     UUID NOT NULL,
  interaction_id UUID NOT NULL,
  id             UUID NOT NULL,
  from_journey   UUID NOT NULL,
  to_journey     UUID NOT NULL,
  reason         TEXT NOT NULL,
  author         TEXT NOT NULL,
  at             BIGINT NOT NULL,
  PRIMARY KEY (bucket, profile_id, interaction_id, id)
);
