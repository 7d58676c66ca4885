-- owner: desk
-- A case is the work on one conversation: whose turn it is, who has it, until
-- when. One row a conversation that people answer, in the conversation's bucket.
-- status: todo, waiting, snoozed, done, ignored. reason (of todo): first, next,
-- investigating, loop. last_seq is the feed number of the newest message: what a
-- sender must have seen. Times are microseconds, 0: none. due_at is the nearest
-- running target of the service level, 9223372036854775807: none; warn_at is
-- when people are warned of it.
CREATE TABLE cases (
  bucket            BIGINT NOT NULL,
  conversation_id   UUID NOT NULL,
  profile_id        UUID NOT NULL,
  seq               BIGINT NOT NULL,
  inbox_id          UUID NOT NULL,
  channel           TEXT NOT NULL,
  subject           TEXT NOT NULL,
  preview           TEXT NOT NULL,
  last_direction    TEXT NOT NULL,
  status            TEXT COLLATE "C" NOT NULL,
  reason            TEXT NOT NULL,
  assignee_id       UUID NOT NULL,
  team_id           UUID NOT NULL,
  priority          BIGINT NOT NULL,
  tags              TEXT NOT NULL,
  snoozed_until     BIGINT NOT NULL,
  opened_at         BIGINT NOT NULL,
  last_at           BIGINT NOT NULL,
  waiting_since     BIGINT NOT NULL,
  first_answer_at   BIGINT NOT NULL,
  done_at           BIGINT NOT NULL,
  messages          BIGINT NOT NULL,
  last_seq          BIGINT NOT NULL,
  policy_id         UUID NOT NULL,
  first_due         BIGINT NOT NULL,
  next_due          BIGINT NOT NULL,
  resolve_due       BIGINT NOT NULL,
  resolve_left      BIGINT NOT NULL,
  due_at            BIGINT NOT NULL,
  warn_at           BIGINT NOT NULL,
  warned            BOOLEAN NOT NULL,
  breached          BOOLEAN NOT NULL,
  effort            BIGINT NOT NULL,
  value             BIGINT NOT NULL,
  intent            TEXT NOT NULL,
  language          TEXT NOT NULL,
  journey_id        UUID NOT NULL,
  unverified        BOOLEAN NOT NULL,
  automatic         BOOLEAN NOT NULL,
  merged_into       UUID NOT NULL,
  PRIMARY KEY (bucket, conversation_id)
);

CREATE INDEX cases_feed ON cases (bucket, seq);

CREATE INDEX cases_last ON cases (status, last_at, conversation_id);

CREATE INDEX cases_mine ON cases (assignee_id, status, last_at, conversation_id);

CREATE INDEX cases_team ON cases (team_id, status, last_at, conversation_id);

CREATE INDEX cases_wait ON cases (status, waiting_since, conversation_id);

CREATE INDEX cases_due ON cases (status, due_at, conversation_id);

CREATE INDEX cases_effort ON cases (status, effort, conversation_id);

CREATE INDEX cases_value ON cases (status, value, conversation_id);

-- What lists are read by when a value is rare; these columns seldom change.
CREATE INDEX cases_profile ON cases (bucket, profile_id);

CREATE INDEX cases_inbox ON cases (inbox_id);

CREATE INDEX cases_intent ON cases (intent);

CREATE INDEX cases_channel ON cases (channel);

CREATE INDEX cases_language ON cases (language);

CREATE INDEX cases_priority ON cases (priority);

CREATE INDEX cases_warn ON cases (warn_at) WHERE warned = FALSE AND status = 'todo';

CREATE INDEX cases_late ON cases (due_at) WHERE breached = FALSE AND status = 'todo';

CREATE INDEX cases_snooze ON cases (snoozed_until) WHERE status = 'snoozed';

CREATE TABLE case_tags (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  tag_id          UUID NOT NULL,
  last_at         BIGINT NOT NULL,
  PRIMARY KEY (bucket, conversation_id, tag_id)
) /* slim */;

CREATE INDEX case_tags_tag ON case_tags (tag_id, last_at, conversation_id);

-- What happened to a case, in line with its messages and as the way back: data
-- is JSON with before and after.
CREATE TABLE case_events (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  id              UUID NOT NULL,
  at              BIGINT NOT NULL,
  author          TEXT NOT NULL,
  author_id       UUID NOT NULL,
  kind            TEXT NOT NULL,
  change_id       UUID NOT NULL,
  undone          BOOLEAN NOT NULL,
  data            TEXT NOT NULL,
  PRIMARY KEY (bucket, conversation_id, id)
);

CREATE INDEX case_events_change ON case_events (change_id);

-- Until which message a person has read a conversation.
CREATE TABLE case_marks (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  user_id         UUID NOT NULL,
  read_seq        BIGINT NOT NULL,
  read_at         BIGINT NOT NULL,
  PRIMARY KEY (bucket, conversation_id, user_id)
) /* slim */;

CREATE TABLE mentions (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  interaction_id  UUID NOT NULL,
  user_id         UUID NOT NULL,
  author          TEXT NOT NULL,
  at              BIGINT NOT NULL,
  archived        BOOLEAN NOT NULL,
  PRIMARY KEY (bucket, conversation_id, interaction_id, user_id)
);

CREATE INDEX mentions_user ON mentions (user_id, archived, at, interaction_id);

-- One shared draft a conversation and kind (reply, note).
CREATE TABLE drafts (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  kind            TEXT COLLATE "C" NOT NULL,
  version         BIGINT NOT NULL,
  author          TEXT NOT NULL,
  author_id       UUID NOT NULL,
  updated_at      BIGINT NOT NULL,
  content         TEXT NOT NULL,
  PRIMARY KEY (bucket, conversation_id, kind)
) /* slim */;

-- Conversations that were put together by hand: reading the one reads both.
CREATE TABLE case_merges (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  into_bucket     BIGINT NOT NULL,
  into_id         UUID NOT NULL,
  author          TEXT NOT NULL,
  at              BIGINT NOT NULL,
  PRIMARY KEY (bucket, conversation_id)
) /* slim */;

CREATE INDEX case_merges_into ON case_merges (into_bucket, into_id);

-- The following are reference tables: small, written by people.
CREATE TABLE tags (
  id         UUID NOT NULL PRIMARY KEY,
  name       TEXT COLLATE "C" NOT NULL,
  colour     TEXT NOT NULL,
  archived   BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX tags_name ON tags (name);

CREATE TABLE macros (
  id         UUID NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  team_id    UUID NOT NULL,
  owner_id   UUID NOT NULL,
  content    TEXT NOT NULL,
  used       BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  author     TEXT NOT NULL
);

CREATE TABLE views (
  id         UUID NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  query      TEXT NOT NULL,
  owner_id   UUID NOT NULL,
  shared     BOOLEAN NOT NULL,
  place      BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Opening hours: hours is JSON, Monday first; holidays are dates.
CREATE TABLE schedules (
  id         UUID NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  time_zone  TEXT NOT NULL,
  hours      TEXT NOT NULL,
  holidays   TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE sla_policies (
  id             UUID NOT NULL PRIMARY KEY,
  name           TEXT NOT NULL,
  place          BIGINT NOT NULL,
  conditions     TEXT NOT NULL,
  targets        TEXT NOT NULL,
  updated_at     BIGINT NOT NULL
);
