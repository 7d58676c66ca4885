-- owner: journey

-- name: JourneyContact :one
SELECT profile_id FROM interactions WHERE bucket = $1 AND id = $2;

-- name: JourneyCustomer :one
SELECT head_bucket, customer_id FROM profiles WHERE bucket = $1 AND profile_id = $2;

-- name: JourneyLinkOf :one
SELECT journey_bucket, journey_id FROM journey_links
WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3;

-- name: DeleteJourney :exec
DELETE FROM journeys WHERE bucket = $1 AND id = $2;

-- name: DueJourneys :many
SELECT bucket, id FROM journeys WHERE active AND due_at <= $1
ORDER BY due_at LIMIT CAST(@n AS BIGINT);
