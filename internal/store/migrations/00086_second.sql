-- owner: second
-- The endpoint that helps reading: one row. settings is JSON without the key; data
-- is the sealed key (AES-256-GCM), empty: none. A reference table.
CREATE TABLE second_settings (
  one        BIGINT NOT NULL PRIMARY KEY,
  settings   TEXT NOT NULL,
  data       BYTEA NOT NULL,
  version    BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);

-- What was asked of the endpoint in a month (UTC), part by part: reading,
-- transcription. units are tokens of a reading and seconds of a transcription, as
-- the endpoint reports them, or as they were reserved when it does not. A
-- reference table.
CREATE TABLE second_usage (
  month        TEXT COLLATE "C" NOT NULL,
  part         TEXT COLLATE "C" NOT NULL,
  requests     BIGINT NOT NULL,
  units        BIGINT NOT NULL,
  last_success BIGINT NOT NULL,
  failed_at    BIGINT NOT NULL,
  error        TEXT NOT NULL,
  detail       TEXT NOT NULL,
  PRIMARY KEY (month, part)
);

-- What the endpoint said of a contact, written before it is used, so that it is
-- not asked, nor paid, again. hash is that of what left. outcome: read, none, unusable.
-- evidence is JSON: spans of the contact's text, never the text.
CREATE TABLE second_readings (
  bucket         BIGINT NOT NULL,
  interaction_id UUID NOT NULL,
  hash           BYTEA NOT NULL,
  model          TEXT NOT NULL,
  outcome        TEXT NOT NULL,
  intent         TEXT NOT NULL,
  evidence       TEXT NOT NULL,
  units          BIGINT NOT NULL,
  at             BIGINT NOT NULL,
  PRIMARY KEY (bucket, interaction_id)
);
