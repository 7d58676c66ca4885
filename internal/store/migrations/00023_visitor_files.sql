-- owner: webchat
-- A file that a visitor uploaded: how much one browser brings, and which files no
-- message took along. hash is the visitor's.
CREATE TABLE visitor_files (
  key_bucket BIGINT NOT NULL,
  hash       BYTEA NOT NULL,
  file_id    UUID NOT NULL,
  size       BIGINT NOT NULL,
  sent       BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (key_bucket, hash, file_id)
) /* slim */;

CREATE INDEX visitor_files_waiting ON visitor_files (created_at) WHERE NOT sent;
