-- owner: understand
-- Groups of texts that fit no intent. state: open (replaced by each look),
-- accepted, dismissed; those two stay, so that the same group is not proposed
-- again. intent is the one that was made of an accepted group. data holds terms
-- and ids of texts, never the texts.
CREATE TABLE intent_proposals (
  id     UUID NOT NULL PRIMARY KEY,
  at     BIGINT NOT NULL,
  state  TEXT NOT NULL,
  size   BIGINT NOT NULL,
  intent TEXT NOT NULL,
  author TEXT NOT NULL,
  data   TEXT NOT NULL
);

-- The last look at what customers wrote: one row.
CREATE TABLE intent_looks (
  one    BIGINT NOT NULL PRIMARY KEY,
  at     BIGINT NOT NULL,
  texts  BIGINT NOT NULL,
  unread BIGINT NOT NULL
);
