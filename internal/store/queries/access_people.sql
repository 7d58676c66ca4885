-- owner: access

-- name: ActiveOwners :many
SELECT id FROM users WHERE role = 'owner' AND disabled = FALSE ORDER BY id;

-- name: Teams :many
SELECT id, name, archived, created_at FROM teams ORDER BY name;

-- name: CreateTeam :exec
INSERT INTO teams (id, name, archived, created_at) VALUES ($1, $2, $3, $4);

-- name: UpdateTeam :one
UPDATE teams SET name = $2, archived = $3 WHERE id = $1 RETURNING id;

-- name: TeamMembers :many
SELECT team_id, user_id, lead FROM team_members ORDER BY team_id, user_id;

-- name: SetTeamMember :exec
INSERT INTO team_members (team_id, user_id, lead) VALUES ($1, $2, $3)
ON CONFLICT (team_id, user_id) DO UPDATE SET lead = excluded.lead;

-- name: ClearTeam :exec
DELETE FROM team_members WHERE team_id = $1;

-- name: LeaveTeam :exec
DELETE FROM team_members WHERE team_id = $1 AND user_id = $2;

-- name: RestrictedInboxes :many
SELECT id, source, team_id FROM inboxes WHERE restricted = TRUE ORDER BY id;

-- name: InboxTeams :many
SELECT inbox_id, team_id FROM inbox_teams ORDER BY inbox_id, team_id;

-- name: AddInboxTeam :exec
INSERT INTO inbox_teams (inbox_id, team_id) VALUES ($1, $2)
ON CONFLICT (inbox_id, team_id) DO NOTHING;

-- name: ClearInboxTeams :exec
DELETE FROM inbox_teams WHERE inbox_id = $1;

-- name: LastSeen :many
SELECT user_id, CAST(MAX(last_used) AS BIGINT) AS last_used FROM sessions GROUP BY user_id;

-- name: SessionsOfUser :many
SELECT id, created_at, last_used, expires_at, agent FROM sessions WHERE user_id = $1 ORDER BY last_used DESC, id;

-- name: DeleteOtherSessions :exec
DELETE FROM sessions WHERE user_id = $1 AND id <> $2;

-- name: CreateInvitation :exec
INSERT INTO invitations (id, hash, email, name, role, functions, teams, author, created_at, expires_at, accepted_at, revoked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0);

-- name: Invitations :many
SELECT id, email, name, role, functions, teams, author, created_at, expires_at, accepted_at, revoked_at
FROM invitations WHERE accepted_at = 0 AND revoked_at = 0 AND expires_at > $1 ORDER BY created_at, id;

-- name: InvitationByHash :one
SELECT id, email, name, role, functions, teams, author, created_at, expires_at, accepted_at, revoked_at
FROM invitations WHERE hash = $1;

-- name: AcceptInvitation :one
UPDATE invitations SET accepted_at = $2
WHERE id = $1 AND accepted_at = 0 AND revoked_at = 0 AND expires_at > $2 RETURNING id;

-- name: RevokeInvitation :one
UPDATE invitations SET revoked_at = $2 WHERE id = $1 AND accepted_at = 0 AND revoked_at = 0 RETURNING id;

-- name: RevokeInvitationsOf :exec
UPDATE invitations SET revoked_at = $2 WHERE email = $1 AND accepted_at = 0 AND revoked_at = 0;

-- name: DeleteSignInLinksOf :exec
DELETE FROM sign_in_links WHERE purpose = $1 AND user_id = $2;
