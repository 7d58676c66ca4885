-- owner: identify

-- name: CustomersByID :many
SELECT bucket, customer_id, hidden, name, first_at, last_at, last_channel, last_direction, last_text, contacts
FROM customers
WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AND customer_id IN ($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32);

-- name: ProfilesByID :many
SELECT bucket, profile_id, head_bucket, customer_id, name FROM profiles
WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AND profile_id IN ($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32);

-- name: ProfilesOfCustomers :many
SELECT bucket, customer_id, profile_bucket, profile_id FROM customer_profiles
WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AND customer_id IN ($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32);

-- name: KeysOfProfiles :many
SELECT bucket, profile_id, kind, value, name, status, method, source, first_seen, last_seen FROM profile_keys
WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AND profile_id IN ($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32);

-- name: MergesOfProfiles :many
SELECT bucket, id, profile_id, other_id, into_customer, from_customer, into_name, from_name, rule, reason, author, at, undone_at, undone_by
FROM merges
WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AND profile_id IN ($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32);

-- name: SuggestionsOfProfiles :many
SELECT bucket, profile_id, other_bucket, other_id, kind, value, id, reason, at FROM suggestions
WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AND profile_id IN ($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)
  AND state = 'open';

-- name: NeverLinksOfProfiles :many
SELECT bucket, profile_id, other_bucket, other_id FROM never_links
WHERE bucket IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  AND profile_id IN ($17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32);

-- name: CustomersByLast :many
SELECT bucket, customer_id, hidden, name, first_at, last_at, last_channel, last_direction, last_text, contacts
FROM customers
WHERE NOT hidden AND last_at <= @last_at AND (last_at < @last_at OR customer_id < @customer_id)
ORDER BY last_at DESC, customer_id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: SharedKey :many
SELECT shared FROM identity_keys WHERE key_bucket = @key_bucket AND kind = @kind AND value = @value;
