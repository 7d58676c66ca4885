-- owner: store
-- The words of messages. Words are made in Go, and so is the vector. The list of
-- what is not sorted in yet stays short: every search reads it through.
CREATE TABLE fts_messages (
  n     BIGINT NOT NULL PRIMARY KEY,
  words TSVECTOR NOT NULL
);

CREATE INDEX fts_messages_words ON fts_messages USING GIN (words) WITH (gin_pending_list_limit = 512);
