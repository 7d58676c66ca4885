-- owner: inboxes
-- An inbox is an address or a widget that customers write to. settings is JSON
-- without secrets; data is the sealed JSON of the secrets (AES-256-GCM).
-- state: active, paused, reconnect, archived. A reference table.
CREATE TABLE inboxes (
  id         UUID NOT NULL PRIMARY KEY,
  name       TEXT NOT NULL,
  brand      TEXT NOT NULL,
  kind       TEXT NOT NULL,
  source     TEXT COLLATE "C" NOT NULL,
  address    TEXT COLLATE "C" NOT NULL,
  state      TEXT NOT NULL,
  restricted BOOLEAN NOT NULL,
  team_id    UUID NOT NULL,
  settings   TEXT NOT NULL,
  data       BYTEA NOT NULL,
  version    BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX inboxes_source ON inboxes (source);

-- How each part of an inbox does (imap, listener, smtp, oauth, widget), and
-- where its reader stands. gap: mails that the source holds and that were not
-- got. The lease says which process does the work of the part. A reference table.
CREATE TABLE inbox_health (
  inbox_id       UUID NOT NULL,
  part           TEXT COLLATE "C" NOT NULL,
  last_success   BIGINT NOT NULL,
  last_attempt   BIGINT NOT NULL,
  failures       BIGINT NOT NULL,
  error          TEXT NOT NULL,
  next_retry     BIGINT NOT NULL,
  oldest_waiting BIGINT NOT NULL,
  position       TEXT NOT NULL,
  gap            BIGINT NOT NULL,
  lease_owner    TEXT COLLATE "C" NOT NULL,
  lease_until    BIGINT NOT NULL,
  PRIMARY KEY (inbox_id, part)
) /* slim */;
