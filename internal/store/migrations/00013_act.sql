-- owner: act
-- Effects outside: what is to be sent. state: held (undo or send later),
-- queued, sending, sent, delivered, bounced, failed, unknown, cancelled.
CREATE TABLE outbox (
  bucket          BIGINT NOT NULL,
  id              UUID NOT NULL,
  seq             BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  profile_id      UUID NOT NULL,
  inbox_id        UUID NOT NULL,
  interaction_id  UUID NOT NULL,
  channel         TEXT NOT NULL,
  kind            TEXT NOT NULL,
  state           TEXT COLLATE "C" NOT NULL,
  message_id      TEXT COLLATE "C" NOT NULL,
  send_at         BIGINT NOT NULL,
  next_at         BIGINT NOT NULL,
  attempts        BIGINT NOT NULL,
  lease_owner     TEXT NOT NULL,
  lease_until     BIGINT NOT NULL,
  author          TEXT NOT NULL,
  author_id       UUID NOT NULL,
  error           TEXT NOT NULL,
  answer          TEXT NOT NULL,
  content         TEXT NOT NULL,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  PRIMARY KEY (bucket, id)
);

CREATE INDEX outbox_feed ON outbox (bucket, seq);

CREATE INDEX outbox_due ON outbox (state, next_at);

CREATE INDEX outbox_conversation ON outbox (bucket, conversation_id, id);

-- Which outgoing message has this Message-ID: for bounces and reports.
CREATE TABLE sent_ids (
  key_bucket BIGINT NOT NULL,
  value      TEXT COLLATE "C" NOT NULL,
  bucket     BIGINT NOT NULL,
  outbox_id  UUID NOT NULL,
  PRIMARY KEY (key_bucket, value)
) /* slim */;

-- Addresses that get nothing: hard bounces, unsubscribed (of surveys and the
-- like; kind says which mail), complaints.
CREATE TABLE suppressions (
  key_bucket BIGINT NOT NULL,
  address    TEXT COLLATE "C" NOT NULL,
  kind       TEXT COLLATE "C" NOT NULL,
  reason     TEXT NOT NULL,
  author     TEXT NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (key_bucket, address, kind)
) /* slim */;

-- When an address last got an automatic answer of an inbox, and how many
-- automatic mails a conversation took within an hour: the back-stops against
-- loops, whatever headers say.
CREATE TABLE auto_answers (
  key_bucket BIGINT NOT NULL,
  address    TEXT COLLATE "C" NOT NULL,
  inbox_id   UUID NOT NULL,
  at         BIGINT NOT NULL,
  PRIMARY KEY (key_bucket, address, inbox_id)
) /* slim */;

CREATE TABLE loop_guards (
  bucket          BIGINT NOT NULL,
  conversation_id UUID NOT NULL,
  since           BIGINT NOT NULL,
  automatic       BIGINT NOT NULL,
  muted           BOOLEAN NOT NULL,
  PRIMARY KEY (bucket, conversation_id)
) /* slim */;
