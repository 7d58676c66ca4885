-- owner: desk
-- The indexes of what time does to cases begin with the status, so that SQLite
-- prefers them to those of the lists, which also hold everything that was late long ago.
DROP INDEX cases_warn;

DROP INDEX cases_late;

DROP INDEX cases_snooze;

CREATE INDEX cases_warn ON cases (status, warn_at) WHERE warned = FALSE AND status = 'todo';

CREATE INDEX cases_late ON cases (status, due_at) WHERE breached = FALSE AND status = 'todo';

CREATE INDEX cases_snooze ON cases (status, snoozed_until) WHERE status = 'snoozed';

-- Nobody is warned of what is late already.
UPDATE cases SET warned = TRUE WHERE breached = TRUE AND warned = FALSE AND first_answer_at = 0;
