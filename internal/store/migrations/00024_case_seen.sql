-- owner: desk
-- Until which message somebody of the firm had a conversation open, and when. A
-- mark of case_marks may also come from marking all as read, which opens nothing.
CREATE TABLE case_seen (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  read_seq        BIGINT NOT NULL,
  read_at         BIGINT NOT NULL,
  PRIMARY KEY (bucket, conversation_id)
) /* slim */;
