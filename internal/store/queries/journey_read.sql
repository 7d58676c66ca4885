-- owner: journey

-- name: JourneysOfProfile :many
SELECT bucket, id, profile_id, state, active, intent, opened_at, last_at, sort_at, effort, unanswered, repeat_days, leaving, data
FROM journeys
WHERE bucket = @bucket AND profile_id = @profile_id AND last_at <= @last_at AND (last_at < @last_at OR id < @id)
ORDER BY last_at DESC, id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: JourneyByID :one
SELECT bucket, id, profile_id, state, active, intent, opened_at, last_at, sort_at, effort, unanswered, repeat_days, leaving, data
FROM journeys
WHERE bucket = @bucket AND id = @id;

-- name: ActiveJourneysOfProfiles :many
SELECT bucket, id, profile_id, state, leaving, sort_at FROM journeys
WHERE (bucket = $1 AND profile_id = $2
  OR bucket = $3 AND profile_id = $4
  OR bucket = $5 AND profile_id = $6
  OR bucket = $7 AND profile_id = $8
  OR bucket = $9 AND profile_id = $10
  OR bucket = $11 AND profile_id = $12
  OR bucket = $13 AND profile_id = $14
  OR bucket = $15 AND profile_id = $16
  OR bucket = $17 AND profile_id = $18
  OR bucket = $19 AND profile_id = $20
  OR bucket = $21 AND profile_id = $22
  OR bucket = $23 AND profile_id = $24
  OR bucket = $25 AND profile_id = $26
  OR bucket = $27 AND profile_id = $28
  OR bucket = $29 AND profile_id = $30
  OR bucket = $31 AND profile_id = $32)
  AND active;

-- name: JourneysByState :many
SELECT bucket, id, profile_id, state, active, intent, opened_at, last_at, sort_at, effort, unanswered, repeat_days, leaving, data
FROM journeys
WHERE state = @state AND sort_at <= @sort_at AND (sort_at < @sort_at OR id < @id)
  AND (NOT CAST(@only_leaving AS BOOLEAN) OR leaving)
  AND (NOT CAST(@only_unanswered AS BOOLEAN) OR unanswered > 0)
  AND (CAST(@repeat_within AS BIGINT) = 0 OR (repeat_days > 0 AND repeat_days <= CAST(@repeat_within AS BIGINT)))
ORDER BY sort_at DESC, id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: JourneysByStateOldest :many
SELECT bucket, id, profile_id, state, active, intent, opened_at, last_at, sort_at, effort, unanswered, repeat_days, leaving, data
FROM journeys
WHERE state = @state AND sort_at >= @sort_at AND (sort_at > @sort_at OR id > @id)
  AND (NOT CAST(@only_leaving AS BOOLEAN) OR leaving)
  AND (NOT CAST(@only_unanswered AS BOOLEAN) OR unanswered > 0)
  AND (CAST(@repeat_within AS BIGINT) = 0 OR (repeat_days > 0 AND repeat_days <= CAST(@repeat_within AS BIGINT)))
ORDER BY sort_at, id
LIMIT CAST(@max_rows AS BIGINT);

-- name: JourneysByEffort :many
SELECT bucket, id, profile_id, state, active, intent, opened_at, last_at, sort_at, effort, unanswered, repeat_days, leaving, data
FROM journeys
WHERE active AND effort <= @effort AND (effort < @effort OR id < @id)
  AND (NOT CAST(@only_leaving AS BOOLEAN) OR leaving)
  AND (NOT CAST(@only_unanswered AS BOOLEAN) OR unanswered > 0)
  AND (CAST(@repeat_within AS BIGINT) = 0 OR (repeat_days > 0 AND repeat_days <= CAST(@repeat_within AS BIGINT)))
ORDER BY effort DESC, id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: JourneyFeed :many
SELECT bucket, seq, id, profile_id, last_at FROM journeys
WHERE (bucket = $1 AND seq > $2 AND seq <= $3)
  OR (bucket = $4 AND seq > $5 AND seq <= $6)
  OR (bucket = $7 AND seq > $8 AND seq <= $9)
  OR (bucket = $10 AND seq > $11 AND seq <= $12)
  OR (bucket = $13 AND seq > $14 AND seq <= $15)
  OR (bucket = $16 AND seq > $17 AND seq <= $18)
  OR (bucket = $19 AND seq > $20 AND seq <= $21)
  OR (bucket = $22 AND seq > $23 AND seq <= $24)
  OR (bucket = $25 AND seq > $26 AND seq <= $27)
  OR (bucket = $28 AND seq > $29 AND seq <= $30)
  OR (bucket = $31 AND seq > $32 AND seq <= $33)
  OR (bucket = $34 AND seq > $35 AND seq <= $36)
  OR (bucket = $37 AND seq > $38 AND seq <= $39)
  OR (bucket = $40 AND seq > $41 AND seq <= $42)
  OR (bucket = $43 AND seq > $44 AND seq <= $45)
  OR (bucket = $46 AND seq > $47 AND seq <= $48);

-- name: LinksOfJourneys :many
SELECT journey_id, profile_id, interaction_id, confidence, reason, author, at FROM journey_links
WHERE (journey_bucket = $1 AND journey_id = $2
  OR journey_bucket = $3 AND journey_id = $4
  OR journey_bucket = $5 AND journey_id = $6
  OR journey_bucket = $7 AND journey_id = $8
  OR journey_bucket = $9 AND journey_id = $10
  OR journey_bucket = $11 AND journey_id = $12
  OR journey_bucket = $13 AND journey_id = $14
  OR journey_bucket = $15 AND journey_id = $16
  OR journey_bucket = $17 AND journey_id = $18
  OR journey_bucket = $19 AND journey_id = $20
  OR journey_bucket = $21 AND journey_id = $22
  OR journey_bucket = $23 AND journey_id = $24
  OR journey_bucket = $25 AND journey_id = $26
  OR journey_bucket = $27 AND journey_id = $28
  OR journey_bucket = $29 AND journey_id = $30
  OR journey_bucket = $31 AND journey_id = $32);

-- name: LinksOfInteractions :many
SELECT journey_id, profile_id, interaction_id, confidence, reason, author, at FROM journey_links
WHERE bucket = $1 AND profile_id = $2
  AND interaction_id >= $3 AND interaction_id <= $34 -- the list is ascending: a long history is not read whole
  AND interaction_id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34);

-- name: ContactsOfJourneys :many
SELECT l.journey_id, i.id, i.source, i.subject, CAST(SUBSTR(i.text, 1, 300) AS TEXT) AS text
FROM journey_links l JOIN interactions i ON i.bucket = l.bucket AND i.profile_id = l.profile_id AND i.id = l.interaction_id
WHERE (l.journey_bucket = $1 AND l.journey_id = $2
  OR l.journey_bucket = $3 AND l.journey_id = $4
  OR l.journey_bucket = $5 AND l.journey_id = $6
  OR l.journey_bucket = $7 AND l.journey_id = $8
  OR l.journey_bucket = $9 AND l.journey_id = $10
  OR l.journey_bucket = $11 AND l.journey_id = $12
  OR l.journey_bucket = $13 AND l.journey_id = $14
  OR l.journey_bucket = $15 AND l.journey_id = $16
  OR l.journey_bucket = $17 AND l.journey_id = $18
  OR l.journey_bucket = $19 AND l.journey_id = $20
  OR l.journey_bucket = $21 AND l.journey_id = $22
  OR l.journey_bucket = $23 AND l.journey_id = $24
  OR l.journey_bucket = $25 AND l.journey_id = $26
  OR l.journey_bucket = $27 AND l.journey_id = $28
  OR l.journey_bucket = $29 AND l.journey_id = $30
  OR l.journey_bucket = $31 AND l.journey_id = $32);

-- name: JourneyInteractions :many
SELECT i.bucket, i.profile_id, i.id, i.conversation_id, i.continues, i.source, i.external_id, i.channel, i.kind, i.direction,
  i.occurred_at, i.received_at, i.verified, i.automatic, i.subject, i.text, i.quoted, i.attrs, CAST(OCTET_LENGTH(i.html) AS BIGINT) AS html_size
FROM journey_links l JOIN interactions i ON i.bucket = l.bucket AND i.profile_id = l.profile_id AND i.id = l.interaction_id
WHERE l.journey_bucket = @bucket AND l.journey_id = @journey_id
ORDER BY i.id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: JourneysOpened :many
SELECT bucket, id, profile_id, state, active, intent, opened_at, last_at, effort, unanswered, repeat_days, leaving, data
FROM journeys
WHERE opened_at >= @opened_from AND opened_at < @opened_to AND (opened_at > @after_at OR opened_at = @after_at AND id > @after_id)
ORDER BY opened_at, id
LIMIT CAST(@max_rows AS BIGINT);

-- name: JourneysByIntent :many
SELECT intent, COUNT(*) AS n FROM journeys WHERE opened_at >= $1 GROUP BY intent;
