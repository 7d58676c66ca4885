-- owner: satisfaction

-- name: AddSurvey :execrows
INSERT INTO surveys (bucket, id, conversation_id, profile_id, inbox_id, assignee_id, team_id, kind, channel, language, question, asked_at, expires_at, answered_at, changed_at, changes, score, comment)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, -1, '')
ON CONFLICT (bucket, id) DO NOTHING;

-- name: Survey :one
SELECT * FROM surveys WHERE bucket = $1 AND id = $2;

-- name: AnswerSurvey :execrows
UPDATE surveys SET score = $3, comment = $4, answered_at = CASE WHEN answered_at = 0 THEN CAST(@at AS BIGINT) ELSE answered_at END, changed_at = CAST(@at AS BIGINT),
  changes = changes + 1
WHERE bucket = $1 AND id = $2;

-- name: NewestSurvey :many
SELECT * FROM surveys WHERE bucket = @bucket AND conversation_id = @conversation_id
ORDER BY asked_at DESC, id DESC
LIMIT 1;

-- name: SurveysOfProfile :many
SELECT * FROM surveys WHERE bucket = @bucket AND profile_id = @profile_id AND asked_at > @since
ORDER BY asked_at DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: NewestFromCustomer :many
SELECT bucket, profile_id, id, source, external_id, channel, kind, subject, occurred_at, attrs FROM interactions
WHERE bucket = @bucket AND conversation_id = @conversation_id AND direction = 'in' AND automatic = FALSE AND kind = 'message'
ORDER BY id DESC
LIMIT 1;

-- name: SurveyTallies :many
SELECT kind, inbox_id, team_id, assignee_id, CAST(asked_at / CAST(@grain AS BIGINT) AS BIGINT) AS slot, score, CAST(COUNT(*) AS BIGINT) AS asked,
  CAST(SUM(CASE WHEN answered_at = 0 AND expires_at > CAST(@now AS BIGINT) THEN 1 ELSE 0 END) AS BIGINT) AS pending
FROM surveys WHERE asked_at >= @since AND asked_at < @until
GROUP BY kind, inbox_id, team_id, assignee_id, CAST(asked_at / CAST(@grain AS BIGINT) AS BIGINT), score;

-- name: SurveyAnswers :many
SELECT * FROM surveys
WHERE answered_at > 0 AND answered_at >= @since AND asked_at >= @since AND asked_at < @until AND (answered_at < @at OR answered_at = @at AND id < @before)
  AND kind = @kind AND score <= @most AND (CAST(@with_comment AS BIGINT) = 0 OR comment <> '')
  AND (CAST(@by_inbox AS BIGINT) = 0 OR inbox_id = @inbox_id)
  AND (CAST(@by_team AS BIGINT) = 0 OR team_id = @team_id)
  AND (CAST(@by_assignee AS BIGINT) = 0 OR assignee_id = @assignee_id)
ORDER BY answered_at DESC, id DESC
LIMIT CAST(@max_rows AS BIGINT);
