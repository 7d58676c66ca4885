-- owner: second

-- name: SecondSettings :one
SELECT settings, data, version, updated_at, updated_by FROM second_settings WHERE one = 1;

-- name: AddSecondSettings :execrows
INSERT INTO second_settings (one, settings, data, version, updated_at, updated_by) VALUES (1, @settings, @data, 1, @at, @author)
ON CONFLICT (one) DO NOTHING;

-- name: PutSecondSettings :execrows
UPDATE second_settings SET settings = @settings, data = @data, version = version + 1, updated_at = @at, updated_by = @author
WHERE one = 1 AND version = @version;

-- name: SecondUsage :many
SELECT part, requests, units, last_success, failed_at, error, detail FROM second_usage WHERE month = $1;

-- name: BeginSecondUsage :exec
INSERT INTO second_usage (month, part, requests, units, last_success, failed_at, error, detail) VALUES ($1, $2, 0, 0, 0, 0, '', '')
ON CONFLICT (month, part) DO NOTHING;

-- name: ReserveSecondUsage :execrows
-- One more request that may take so many units, when the budget has them. 0: no limit.
UPDATE second_usage SET requests = requests + 1, units = units + @reserve
WHERE month = @month AND part = @part AND (CAST(@max_requests AS BIGINT) = 0 OR requests < CAST(@max_requests AS BIGINT))
  AND (CAST(@max_units AS BIGINT) = 0 OR units + @reserve <= CAST(@max_units AS BIGINT));

-- name: SettleSecondUsage :exec
UPDATE second_usage SET units = units + @difference, last_success = @at, error = '', detail = '' WHERE month = @month AND part = @part;

-- name: FailSecondUsage :exec
UPDATE second_usage SET units = units + @difference, failed_at = @at, error = @error, detail = @detail WHERE month = @month AND part = @part;

-- name: SecondReading :one
SELECT hash, model, outcome, intent, evidence FROM second_readings WHERE bucket = $1 AND interaction_id = $2;

-- name: PutSecondReading :exec
INSERT INTO second_readings (bucket, interaction_id, hash, model, outcome, intent, evidence, units, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (bucket, interaction_id) DO UPDATE SET hash = excluded.hash, model = excluded.model, outcome = excluded.outcome, intent = excluded.intent,
  evidence = excluded.evidence, units = excluded.units, at = excluded.at;

-- name: InteractionForSecond :one
SELECT profile_id, source, channel, kind, direction, automatic, occurred_at, subject, text, attrs FROM interactions WHERE bucket = $1 AND id = $2;

-- name: AddTranscript :exec
INSERT INTO second_transcripts (bucket, interaction_id, state, attachment, note, model, text, speakers, error, detail, since, at)
VALUES (@bucket, @interaction_id, 'waiting', @attachment, @note, '', '', '{}', '', '', @at, @at)
ON CONFLICT (bucket, interaction_id) DO NOTHING;

-- name: Transcript :one
SELECT state, attachment, note, model, text, speakers, error, detail, since, at FROM second_transcripts WHERE bucket = $1 AND interaction_id = $2;

-- name: PutTranscript :exec
UPDATE second_transcripts SET state = 'done', model = @model, text = @text, speakers = @speakers, error = '', detail = '', at = @at
WHERE bucket = @bucket AND interaction_id = @interaction_id;

-- name: TroubleTranscript :exec
UPDATE second_transcripts SET state = @state, error = @error, detail = @detail, at = @at
WHERE bucket = @bucket AND interaction_id = @interaction_id AND state <> 'done';

-- name: RetryTranscript :execrows
UPDATE second_transcripts SET state = 'waiting', error = '', detail = '', since = @at, at = @at
WHERE bucket = @bucket AND interaction_id = @interaction_id AND state = 'failed';

-- name: SideTranscript :execrows
UPDATE second_transcripts SET speakers = @speakers, at = @at WHERE bucket = @bucket AND interaction_id = @interaction_id AND state = 'done';

-- name: TranscriptsOfInteractions :many
SELECT interaction_id, state, error, detail, at FROM second_transcripts
WHERE (bucket = $1 AND interaction_id = $2) OR (bucket = $3 AND interaction_id = $4) OR (bucket = $5 AND interaction_id = $6) OR (bucket = $7 AND interaction_id = $8);
