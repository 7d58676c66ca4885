-- owner: identify
-- What makes two customers worth comparing, and who belongs to a household or a
-- firm: hashed names, mail addresses, telephones and domains of each customer's
-- head. Kept behind the feed, never on the way of a contact.
CREATE TABLE match_keys (
  key_bucket  BIGINT NOT NULL,
  key         TEXT COLLATE "C" NOT NULL,
  bucket      BIGINT NOT NULL,
  customer_id UUID NOT NULL,
  PRIMARY KEY (key_bucket, key, customer_id)
) /* slim */;

-- The keys that were written for a customer, to see what changed.
CREATE TABLE match_customers (
  bucket      BIGINT NOT NULL,
  customer_id UUID NOT NULL,
  keys        TEXT NOT NULL,
  PRIMARY KEY (bucket, customer_id)
) /* slim */;

-- How far the feed of each bucket was followed.
CREATE TABLE match_cursors (
  bucket BIGINT NOT NULL PRIMARY KEY,
  seq    BIGINT NOT NULL
);

CREATE INDEX suggestions_open ON suggestions (at, id) WHERE state = 'open';
