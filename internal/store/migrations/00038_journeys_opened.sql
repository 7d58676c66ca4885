-- owner: journey
-- Figures and paths are read by the time at which journeys began.
CREATE INDEX journeys_opened ON journeys (opened_at, id);
