-- owner: understand

-- name: ReadingsOfInteractions :many
SELECT interaction_id, version, data FROM readings
WHERE bucket = $1 AND profile_id = $2
  AND interaction_id >= $3 AND interaction_id <= $34 -- the list is ascending: a long history is not read whole
  AND interaction_id IN ($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)
ORDER BY interaction_id, version;
