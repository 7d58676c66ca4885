-- owner: understand
-- What a firm taught the reader to find: numbers (the forms of its own numbers)
-- and products (its catalogue). The newest version of a kind is in use; taking a
-- change back writes an earlier one again. change says what was done (added,
-- removed, replaced, undone), text to what. data is JSON. A reference table.
CREATE TABLE vocabularies (
  kind    TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  at      BIGINT NOT NULL,
  author  TEXT NOT NULL,
  change  TEXT NOT NULL,
  text    TEXT NOT NULL,
  items   BIGINT NOT NULL,
  data    TEXT NOT NULL,
  PRIMARY KEY (kind, version)
);
