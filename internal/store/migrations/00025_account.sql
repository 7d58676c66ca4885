-- owner: access
-- The second factor of a person (RFC 6238). data is the secret, sealed with the firm's
-- key. confirmed_at is 0 until a code was proven. last_step: the newest time
-- step whose code was used; codes of it and of earlier ones are worth nothing.
CREATE TABLE second_factors (
  user_id      UUID NOT NULL PRIMARY KEY,
  data         BYTEA NOT NULL,
  confirmed_at BIGINT NOT NULL,
  last_step    BIGINT NOT NULL
);

-- hash is SHA-256 of the person's id and the code, which has 80 random bits. A
-- code that was used is gone.
CREATE TABLE recovery_codes (
  user_id UUID NOT NULL,
  hash    BYTEA NOT NULL,
  PRIMARY KEY (user_id, hash)
) /* slim */;

-- A person's picture, drawn anew and small. changed_at names it in its address.
CREATE TABLE user_pictures (
  user_id    UUID NOT NULL PRIMARY KEY,
  kind       TEXT NOT NULL,
  body       BYTEA NOT NULL,
  changed_at BIGINT NOT NULL
);

-- fresh_at: when the person last proved who they are in this session.
ALTER TABLE sessions ADD COLUMN fresh_at BIGINT NOT NULL DEFAULT 0;
