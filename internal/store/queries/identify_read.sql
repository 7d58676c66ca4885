-- owner: identify

-- name: CustomersByID :many
SELECT bucket, customer_id, hidden, name, first_at, last_at, last_channel, last_direction, last_text, contacts
FROM customers
WHERE (bucket = $1 AND customer_id = $2
  OR bucket = $3 AND customer_id = $4
  OR bucket = $5 AND customer_id = $6
  OR bucket = $7 AND customer_id = $8
  OR bucket = $9 AND customer_id = $10
  OR bucket = $11 AND customer_id = $12
  OR bucket = $13 AND customer_id = $14
  OR bucket = $15 AND customer_id = $16
  OR bucket = $17 AND customer_id = $18
  OR bucket = $19 AND customer_id = $20
  OR bucket = $21 AND customer_id = $22
  OR bucket = $23 AND customer_id = $24
  OR bucket = $25 AND customer_id = $26
  OR bucket = $27 AND customer_id = $28
  OR bucket = $29 AND customer_id = $30
  OR bucket = $31 AND customer_id = $32);

-- name: ProfilesByID :many
SELECT bucket, profile_id, head_bucket, customer_id, name FROM profiles
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
  OR bucket = $31 AND profile_id = $32);

-- name: ProfilesOfCustomers :many
SELECT bucket, customer_id, profile_bucket, profile_id FROM customer_profiles
WHERE (bucket = $1 AND customer_id = $2
  OR bucket = $3 AND customer_id = $4
  OR bucket = $5 AND customer_id = $6
  OR bucket = $7 AND customer_id = $8
  OR bucket = $9 AND customer_id = $10
  OR bucket = $11 AND customer_id = $12
  OR bucket = $13 AND customer_id = $14
  OR bucket = $15 AND customer_id = $16
  OR bucket = $17 AND customer_id = $18
  OR bucket = $19 AND customer_id = $20
  OR bucket = $21 AND customer_id = $22
  OR bucket = $23 AND customer_id = $24
  OR bucket = $25 AND customer_id = $26
  OR bucket = $27 AND customer_id = $28
  OR bucket = $29 AND customer_id = $30
  OR bucket = $31 AND customer_id = $32);

-- name: KeysOfProfiles :many
SELECT bucket, profile_id, kind, value, name, status, method, source, first_seen, last_seen FROM profile_keys
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
  OR bucket = $31 AND profile_id = $32);

-- name: MergesOfProfiles :many
SELECT bucket, id, profile_id, other_id, into_customer, from_customer, into_name, from_name, rule, reason, author, at, undone_at, undone_by
FROM merges
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
  OR bucket = $31 AND profile_id = $32);

-- name: SuggestionsOfProfiles :many
SELECT bucket, profile_id, other_bucket, other_id, kind, value, id, reason, at FROM suggestions
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
  AND state = 'open';

-- name: NeverLinksOfProfiles :many
SELECT bucket, profile_id, other_bucket, other_id FROM never_links
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
  OR bucket = $31 AND profile_id = $32);

-- name: CustomersByLast :many
SELECT bucket, customer_id, hidden, name, first_at, last_at, last_channel, last_direction, last_text, contacts
FROM customers
WHERE NOT hidden AND last_at <= @last_at AND (last_at < @last_at OR customer_id < @customer_id)
ORDER BY last_at DESC, customer_id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: SharedKey :many
SELECT shared FROM identity_keys WHERE key_bucket = @key_bucket AND kind = @kind AND value = @value;

-- name: CustomerFeed :many
SELECT bucket, seq, customer_id, last_at FROM customers
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

-- name: MergeEntry :one
SELECT bucket, id, profile_id, other_id, into_customer, from_customer, into_name, from_name, rule, reason, author, at, undone_at, undone_by
FROM merges
WHERE bucket = @bucket AND id = @id;
