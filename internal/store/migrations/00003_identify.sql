-- owner: identify
-- A profile never moves; merging two people changes only head_bucket and
-- customer_id.
CREATE TABLE profiles (
  bucket      BIGINT NOT NULL,
  profile_id  UUID NOT NULL,
  head_bucket BIGINT NOT NULL,
  customer_id UUID NOT NULL,
  created_at  BIGINT NOT NULL,
  name        TEXT NOT NULL,
  PRIMARY KEY (bucket, profile_id)
) /* slim */;

CREATE TABLE customer_profiles (
  bucket         BIGINT NOT NULL,
  customer_id    UUID NOT NULL,
  profile_bucket BIGINT NOT NULL,
  profile_id     UUID NOT NULL,
  PRIMARY KEY (bucket, customer_id, profile_id)
) /* slim */;

-- One row a customer, for lists. hidden: merged into another one.
CREATE TABLE customers (
  bucket         BIGINT NOT NULL,
  customer_id    UUID NOT NULL,
  seq            BIGINT NOT NULL,
  hidden         BOOLEAN NOT NULL,
  name           TEXT NOT NULL,
  first_at       BIGINT NOT NULL,
  last_at        BIGINT NOT NULL,
  last_channel   TEXT NOT NULL,
  last_direction TEXT NOT NULL,
  last_text      TEXT NOT NULL,
  contacts       BIGINT NOT NULL,
  PRIMARY KEY (bucket, customer_id)
);

CREATE INDEX customers_feed ON customers (bucket, seq);

CREATE INDEX customers_last ON customers (last_at, customer_id) WHERE NOT hidden;

-- Which profile an identifier first resolved to; never repointed. Its bucket is
-- the hash of (kind, value).
CREATE TABLE identity_keys (
  key_bucket BIGINT NOT NULL,
  kind       TEXT COLLATE "C" NOT NULL,
  value      TEXT COLLATE "C" NOT NULL,
  bucket     BIGINT NOT NULL,
  profile_id UUID NOT NULL,
  shared     BOOLEAN NOT NULL,
  PRIMARY KEY (key_bucket, kind, value)
) /* slim */;

-- Further profiles that an identifier was verified for: a family phone, a shared
-- mailbox. Such a key identifies nobody alone.
CREATE TABLE shared_keys (
  key_bucket BIGINT NOT NULL,
  kind       TEXT COLLATE "C" NOT NULL,
  value      TEXT COLLATE "C" NOT NULL,
  bucket     BIGINT NOT NULL,
  profile_id UUID NOT NULL,
  PRIMARY KEY (key_bucket, kind, value, profile_id)
) /* slim */;

-- The identifiers of a profile with their evidence, claims included.
CREATE TABLE profile_keys (
  bucket     BIGINT NOT NULL,
  profile_id UUID NOT NULL,
  kind       TEXT COLLATE "C" NOT NULL,
  value      TEXT COLLATE "C" NOT NULL,
  name       TEXT NOT NULL,
  status     TEXT NOT NULL,
  method     TEXT NOT NULL,
  source     TEXT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen  BIGINT NOT NULL,
  PRIMARY KEY (bucket, profile_id, kind, value)
) /* slim */;

-- The ledger: each entry is an edge between two profiles. Customers are the
-- connected components over the entries that are not undone.
CREATE TABLE merges (
  bucket        BIGINT NOT NULL,
  id            UUID NOT NULL,
  profile_id    UUID NOT NULL,
  other_bucket  BIGINT NOT NULL,
  other_id      UUID NOT NULL,
  into_customer UUID NOT NULL,
  from_customer UUID NOT NULL,
  into_name     TEXT NOT NULL,
  from_name     TEXT NOT NULL,
  rule          TEXT NOT NULL,
  reason        TEXT NOT NULL,
  author        TEXT NOT NULL,
  at            BIGINT NOT NULL,
  undone_at     BIGINT NOT NULL,
  undone_by     TEXT NOT NULL,
  PRIMARY KEY (bucket, id)
);

CREATE INDEX merges_profile ON merges (bucket, profile_id);

-- Possible merges that need a person. state: open, dismissed, merged.
CREATE TABLE suggestions (
  bucket       BIGINT NOT NULL,
  profile_id   UUID NOT NULL,
  other_bucket BIGINT NOT NULL,
  other_id     UUID NOT NULL,
  kind         TEXT NOT NULL,
  value        TEXT NOT NULL,
  id           UUID NOT NULL,
  reason       TEXT NOT NULL,
  at           BIGINT NOT NULL,
  state        TEXT NOT NULL,
  PRIMARY KEY (bucket, profile_id, other_id)
) /* slim */;

CREATE TABLE never_links (
  bucket       BIGINT NOT NULL,
  profile_id   UUID NOT NULL,
  other_bucket BIGINT NOT NULL,
  other_id     UUID NOT NULL,
  author       TEXT NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (bucket, profile_id, other_id)
) /* slim */;

-- Values that identify nobody, beside the built-in list. A reference table.
CREATE TABLE blocked_values (
  kind   TEXT COLLATE "C" NOT NULL,
  value  TEXT COLLATE "C" NOT NULL,
  author TEXT NOT NULL,
  at     BIGINT NOT NULL,
  PRIMARY KEY (kind, value)
) /* slim */;
