-- owner: second
-- Recordings of talks that are being written down: state is waiting, done or failed.
-- attachment is the recording's place among those of the contact, note what
-- stood in its text before, text the transcript as WebVTT, speakers JSON: who
-- is on which side. error says what keeps it waiting, or why it failed.
CREATE TABLE second_transcripts (
  bucket         BIGINT NOT NULL,
  interaction_id UUID NOT NULL,
  state          TEXT NOT NULL,
  attachment     BIGINT NOT NULL,
  note           TEXT NOT NULL,
  model          TEXT NOT NULL,
  text           TEXT NOT NULL,
  speakers       TEXT NOT NULL,
  error          TEXT NOT NULL,
  detail         TEXT NOT NULL,
  since          BIGINT NOT NULL,
  at             BIGINT NOT NULL,
  PRIMARY KEY (bucket, interaction_id)
);
