-- owner: desk
-- What concerns a person about a conversation: one row of each. kinds are the
-- bits of desk.Notice of what happened since the person last looked, n how many
-- times; kind, author and at are of the newest. mail_since is the first that no
-- mail told of yet, 0: none.
CREATE TABLE notifications (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  user_id         UUID NOT NULL,
  kinds           BIGINT NOT NULL,
  n               BIGINT NOT NULL,
  kind            BIGINT NOT NULL,
  author          TEXT NOT NULL,
  at              BIGINT NOT NULL,
  mail_since      BIGINT NOT NULL,
  unread          BOOLEAN NOT NULL,
  PRIMARY KEY (bucket, conversation_id, user_id)
) /* slim */;

CREATE INDEX notifications_user ON notifications (user_id, at, conversation_id);

CREATE INDEX notifications_unread ON notifications (user_id) WHERE unread = TRUE;

CREATE INDEX notifications_unmailed ON notifications (user_id) WHERE mail_since > 0;
