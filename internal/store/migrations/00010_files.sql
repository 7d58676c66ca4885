-- owner: files
-- Bytes that people of the firm or visitors uploaded, and what is served again:
-- attachments on the way out. Attachments on the way in stay inside raws.
CREATE TABLE files (
  bucket       BIGINT NOT NULL,
  id           UUID NOT NULL,
  name         TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size         BIGINT NOT NULL,
  hash         BYTEA NOT NULL,
  body         BYTEA NOT NULL,
  author       TEXT NOT NULL,
  owner_id     UUID NOT NULL,
  created_at   BIGINT NOT NULL,
  PRIMARY KEY (bucket, id)
);
