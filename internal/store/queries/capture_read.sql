-- owner: capture

-- name: Timeline :many
SELECT bucket, profile_id, id, conversation_id, continues, source, external_id, channel, kind, direction,
  occurred_at, received_at, verified, automatic, subject, text, quoted, attrs, CAST(OCTET_LENGTH(html) AS BIGINT) AS html_size
FROM interactions
WHERE bucket = @bucket AND profile_id = @profile_id AND id < @before
ORDER BY id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: TimelineOfChannel :many
SELECT bucket, profile_id, id, conversation_id, continues, source, external_id, channel, kind, direction,
  occurred_at, received_at, verified, automatic, subject, text, quoted, attrs, CAST(OCTET_LENGTH(html) AS BIGINT) AS html_size
FROM interactions
WHERE bucket = @bucket AND profile_id = @profile_id AND id < @before AND channel = @channel
ORDER BY id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: Interaction :one
SELECT bucket, profile_id, id, conversation_id, continues, source, external_id, channel, kind, direction,
  occurred_at, received_at, verified, automatic, subject, text, quoted, attrs, CAST(OCTET_LENGTH(html) AS BIGINT) AS html_size
FROM interactions
WHERE bucket = @bucket AND id = @id;

-- name: InteractionHTML :one
SELECT html FROM interactions WHERE bucket = @bucket AND id = @id;

-- name: ConversationInteractions :many
SELECT bucket, profile_id, id, conversation_id, continues, source, external_id, channel, kind, direction,
  occurred_at, received_at, verified, automatic, subject, text, quoted, attrs, CAST(OCTET_LENGTH(html) AS BIGINT) AS html_size
FROM interactions
WHERE bucket = @bucket AND conversation_id = @conversation_id AND id < @before
ORDER BY id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: InteractionFeed :many
SELECT bucket, seq, id, profile_id, source, received_at FROM interactions
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

-- name: InteractionSource :one
SELECT source FROM interactions WHERE bucket = @bucket AND id = @id;

-- name: RawSource :one
SELECT source FROM raws WHERE bucket = @bucket AND id = @id;

-- name: SourcesOfConversation :many
SELECT DISTINCT source FROM interactions WHERE bucket = @bucket AND conversation_id = @conversation_id;

-- name: Raw :one
SELECT bucket, id, source, external_id, received_at, state, reason, attempts, raw_type, body, profile_id, interaction_id
FROM raws
WHERE bucket = @bucket AND id = @id;

-- name: Quarantine :many
SELECT id, source, external_id, received_at, reason, attempts, raw_type, CAST(OCTET_LENGTH(body) AS BIGINT) AS size,
  SUBSTR(body, 1, 480) AS head
FROM raws
WHERE state = 'quarantined' AND received_at <= @received_at AND (received_at < @received_at OR id < @id)
ORDER BY received_at DESC, id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: NewestQuarantined :many
SELECT id, received_at FROM raws WHERE state = 'quarantined' ORDER BY received_at DESC, id DESC LIMIT 1;

-- name: ThreadMessages :many
SELECT bucket, profile_id, id, seq, conversation_id, continues, source, external_id, channel, kind, direction,
  occurred_at, received_at, verified, automatic, subject, text, quoted, attrs, CAST(OCTET_LENGTH(html) AS BIGINT) AS html_size
FROM interactions
WHERE bucket = @bucket AND conversation_id = @conversation_id AND id < @before
ORDER BY id DESC
LIMIT CAST(@max_rows AS BIGINT);
