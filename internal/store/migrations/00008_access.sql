-- owner: access
CREATE TABLE settings (
  name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) /* slim */;

CREATE TABLE users (
  id         UUID NOT NULL PRIMARY KEY,
  email      TEXT COLLATE "C" NOT NULL,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  password   TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  disabled   BOOLEAN NOT NULL
);

CREATE UNIQUE INDEX users_email ON users (email);

CREATE TABLE sessions (
  id         BYTEA NOT NULL PRIMARY KEY,
  user_id    UUID NOT NULL,
  created_at BIGINT NOT NULL,
  last_used  BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_user ON sessions (user_id);

-- One-time links: owner setup and demo sign-in. hash is SHA-256 of the token.
CREATE TABLE sign_in_links (
  hash       BYTEA NOT NULL PRIMARY KEY,
  purpose    TEXT NOT NULL,
  user_id    UUID NOT NULL,
  expires_at BIGINT NOT NULL,
  reusable   BOOLEAN NOT NULL
);

CREATE TABLE api_keys (
  id         UUID NOT NULL PRIMARY KEY,
  hash       BYTEA NOT NULL,
  name       TEXT NOT NULL,
  prefix     TEXT NOT NULL,
  scopes     TEXT NOT NULL,
  source     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used  BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

-- Until when a person has read a customer's timeline.
CREATE TABLE read_marks (
  bucket      BIGINT NOT NULL,
  customer_id UUID NOT NULL,
  user_id     UUID NOT NULL,
  read_at     BIGINT NOT NULL,
  PRIMARY KEY (bucket, customer_id, user_id)
) /* slim */;
