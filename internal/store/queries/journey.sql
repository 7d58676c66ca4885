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

-- name: ActiveLinker :one
SELECT version, data FROM linker_versions WHERE active ORDER BY version DESC LIMIT 1;

-- name: NewestLinker :one
SELECT version FROM linker_versions ORDER BY version DESC LIMIT 1;

-- name: RetireLinkers :exec
UPDATE linker_versions SET active = FALSE WHERE active;

-- name: AddLinker :exec
INSERT INTO linker_versions (version, active, at, author, report, data) VALUES ($1, TRUE, $2, $3, $4, $5);

-- name: LinkCorrections :many
SELECT l.bucket, l.profile_id, l.interaction_id, l.from_journey, l.to_journey, l.at
FROM journey_link_log l
WHERE l.reason IN ('Moved by hand', 'Split off by hand', 'Merged by hand') AND l.at > $1
ORDER BY l.at LIMIT CAST(@n AS BIGINT);
