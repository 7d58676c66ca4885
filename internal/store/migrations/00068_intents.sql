-- owner: understand
-- What a firm made of the intents: its own, and built-in ones that it renamed,
-- merged or put away. A built-in intent that nobody touched has no row.
CREATE TABLE intents (
  name        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  label       TEXT NOT NULL,
  description TEXT NOT NULL,
  own         BOOLEAN NOT NULL,
  retired     BOOLEAN NOT NULL,
  merged_into TEXT NOT NULL
);

-- Who changed what. detail holds the rows as they were and as they became, so
-- that the change can be taken back.
CREATE TABLE intent_changes (
  id     UUID NOT NULL PRIMARY KEY,
  at     BIGINT NOT NULL,
  author TEXT NOT NULL,
  kind   TEXT NOT NULL,
  name   TEXT NOT NULL,
  detail TEXT NOT NULL,
  undone BOOLEAN NOT NULL
);

-- The starter packs that the firm chose; none: those of the built-in model.
CREATE TABLE intent_packs (
  pack TEXT COLLATE "C" NOT NULL PRIMARY KEY
);
