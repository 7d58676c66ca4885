-- owner: journey
-- What the linker learned, versioned; the newest active version is in use. A
-- reference table.
CREATE TABLE linker_versions (
  version BIGINT NOT NULL PRIMARY KEY,
  active  BOOLEAN NOT NULL,
  at      BIGINT NOT NULL,
  author  TEXT NOT NULL,
  report  TEXT NOT NULL,
  data    TEXT NOT NULL
);
