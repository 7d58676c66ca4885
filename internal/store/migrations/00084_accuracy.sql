-- owner: understand
-- Figures of accuracy read labels by the time at which they were given.
CREATE INDEX labels_at ON labels (at, id);

-- What the contacts of a week were read as when they came in; week is its Monday,
-- UTC. contacts is how many there were, an estimate when fewer were looked at;
-- labelled how many took the label of a nearly equal text. data holds counts by
-- intent. A reference table.
CREATE TABLE reading_weeks (
  week      BIGINT NOT NULL PRIMARY KEY,
  at        BIGINT NOT NULL,
  contacts  BIGINT NOT NULL,
  looked    BIGINT NOT NULL,
  customers BIGINT NOT NULL,
  unknown   BIGINT NOT NULL,
  labelled  BIGINT NOT NULL,
  data      TEXT NOT NULL
);

-- Random samples of readings that people check. day is when it was drawn: one a
-- day at most. A reference table.
CREATE TABLE reading_samples (
  day      BIGINT NOT NULL PRIMARY KEY,
  at       BIGINT NOT NULL,
  author   TEXT NOT NULL,
  since    BIGINT NOT NULL,
  until    BIGINT NOT NULL,
  contacts BIGINT NOT NULL
);

-- The contacts of a sample. state: open, checked (its label is in labels),
-- skipped. read_as is what the program read when the contact came in ('' unknown),
-- confidence that of its best label in parts of 10,000.
CREATE TABLE reading_checks (
  bucket         BIGINT NOT NULL,
  profile_id     UUID NOT NULL,
  interaction_id UUID NOT NULL,
  day            BIGINT NOT NULL,
  place          BIGINT NOT NULL,
  state          TEXT NOT NULL,
  read_as        TEXT NOT NULL,
  confidence     BIGINT NOT NULL,
  author         TEXT NOT NULL,
  at             BIGINT NOT NULL,
  PRIMARY KEY (bucket, profile_id, interaction_id, day)
);

CREATE INDEX reading_checks_day ON reading_checks (day, place);
