-- owner: search
-- Which message each number of the full-text index stands for. n is the
-- message's time in milliseconds times 2^20 plus some bits of its id: newest
-- first is n downward, and the index refers to rows by it.
CREATE TABLE search_messages (
  bucket         BIGINT NOT NULL,
  interaction_id UUID NOT NULL,
  n              BIGINT NOT NULL,
  PRIMARY KEY (bucket, interaction_id)
) /* slim */;

CREATE UNIQUE INDEX search_messages_n ON search_messages (n);

-- Up to which feed number the messages of a bucket are in the index.
CREATE TABLE search_cursors (
  bucket BIGINT NOT NULL PRIMARY KEY,
  seq    BIGINT NOT NULL
) /* slim */;
