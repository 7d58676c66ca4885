-- owner: access
-- functions: care, sales, operations, marketing, comma separated. settings:
-- JSON of what a person chose for themself. digest_at: until when a person was
-- mailed what waits for them.
ALTER TABLE users ADD COLUMN functions TEXT NOT NULL DEFAULT '';

ALTER TABLE users ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

ALTER TABLE users ADD COLUMN digest_at BIGINT NOT NULL DEFAULT 0;

-- agent: the browser that a person signed in with, as it names itself.
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';

CREATE TABLE teams (
  id         UUID NOT NULL PRIMARY KEY,
  name       TEXT COLLATE "C" NOT NULL,
  archived   BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX teams_name ON teams (name);

CREATE TABLE team_members (
  team_id UUID NOT NULL,
  user_id UUID NOT NULL,
  lead    BOOLEAN NOT NULL,
  PRIMARY KEY (team_id, user_id)
) /* slim */;

CREATE INDEX team_members_user ON team_members (user_id);

-- Which teams work in a restricted inbox.
CREATE TABLE inbox_teams (
  inbox_id UUID NOT NULL,
  team_id  UUID NOT NULL,
  PRIMARY KEY (inbox_id, team_id)
) /* slim */;

-- teams: ids, comma separated. hash is SHA-256 of the token. An invitation ends by use, revocation or time.
CREATE TABLE invitations (
  id          UUID NOT NULL PRIMARY KEY,
  hash        BYTEA NOT NULL,
  email       TEXT COLLATE "C" NOT NULL,
  name        TEXT NOT NULL,
  role        TEXT NOT NULL,
  functions   TEXT NOT NULL,
  teams       TEXT NOT NULL,
  author      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  accepted_at BIGINT NOT NULL,
  revoked_at  BIGINT NOT NULL
);

CREATE UNIQUE INDEX invitations_hash ON invitations (hash);
