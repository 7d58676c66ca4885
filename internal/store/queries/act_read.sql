-- owner: act

-- name: OutboxOfConversation :many
SELECT id, interaction_id, message_id, channel, kind, state, send_at, author, author_id, error, answer, content, created_at, updated_at FROM outbox
WHERE bucket = $1 AND conversation_id = $2
ORDER BY id DESC
LIMIT 500;

-- name: OutboxFeed :many
SELECT bucket, seq, id, conversation_id, profile_id, inbox_id, updated_at FROM outbox
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
