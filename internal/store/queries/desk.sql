-- owner: desk

-- name: CaseByID :one
SELECT * FROM cases WHERE bucket = $1 AND conversation_id = $2;

-- name: AddCaseEvent :exec
INSERT INTO case_events (bucket, conversation_id, id, at, author, author_id, kind, change_id, undone, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE, $9);

-- name: EventsOfChange :many
SELECT * FROM case_events WHERE change_id = $1 ORDER BY bucket, conversation_id;

-- name: UndoCaseEvent :execrows
UPDATE case_events SET undone = TRUE WHERE bucket = $1 AND conversation_id = $2 AND id = $3 AND undone = FALSE;

-- name: CaseEvents :many
SELECT * FROM case_events WHERE bucket = @bucket AND conversation_id = @conversation_id AND id < @before
ORDER BY id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: AddCaseTag :exec
INSERT INTO case_tags (bucket, conversation_id, tag_id, last_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (bucket, conversation_id, tag_id) DO NOTHING;

-- name: DropCaseTag :exec
DELETE FROM case_tags WHERE bucket = $1 AND conversation_id = $2 AND tag_id = $3;

-- name: MergeCase :exec
INSERT INTO case_merges (bucket, conversation_id, into_bucket, into_id, author, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (bucket, conversation_id) DO UPDATE SET into_bucket = excluded.into_bucket, into_id = excluded.into_id, author = excluded.author, at = excluded.at;

-- name: PartCase :exec
DELETE FROM case_merges WHERE bucket = $1 AND conversation_id = $2 AND into_id = $3;

-- name: MergedInto :many
SELECT conversation_id FROM case_merges WHERE into_bucket = $1 AND into_id = $2 ORDER BY at, conversation_id;

-- name: DueSnoozed :many
SELECT conversation_id FROM cases WHERE status = 'snoozed' AND snoozed_until <= @snoozed_until
ORDER BY snoozed_until
LIMIT CAST(@n AS BIGINT);

-- name: Breaching :many
SELECT conversation_id FROM cases WHERE status = 'todo' AND due_at <= @due_at AND breached = FALSE
ORDER BY due_at
LIMIT CAST(@n AS BIGINT);

-- name: LeadOfTeam :one
SELECT user_id FROM team_members WHERE team_id = $1 AND lead = TRUE ORDER BY user_id LIMIT 1;

-- name: MarkOfCase :one
SELECT read_seq FROM case_marks WHERE bucket = $1 AND conversation_id = $2 AND user_id = $3;

-- name: MarkCase :exec
INSERT INTO case_marks (bucket, conversation_id, user_id, read_seq, read_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (bucket, conversation_id, user_id) DO UPDATE SET read_seq = excluded.read_seq, read_at = excluded.read_at;

-- name: SeeCase :exec
INSERT INTO case_seen (bucket, conversation_id, read_seq, read_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (bucket, conversation_id) DO UPDATE SET read_seq = excluded.read_seq, read_at = excluded.read_at
WHERE excluded.read_seq > case_seen.read_seq;

-- name: SeenOfCase :one
SELECT read_seq FROM case_seen WHERE bucket = $1 AND conversation_id = $2;

-- name: Draft :one
SELECT * FROM drafts WHERE bucket = $1 AND conversation_id = $2 AND kind = $3;

-- name: AddDraft :execrows
INSERT INTO drafts (bucket, conversation_id, kind, version, author, author_id, updated_at, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (bucket, conversation_id, kind) DO NOTHING;

-- name: UpdateDraft :execrows
UPDATE drafts SET version = version + 1, author = $5, author_id = $6, updated_at = $7, content = $8
WHERE bucket = $1 AND conversation_id = $2 AND kind = $3 AND version = $4;

-- name: DropDraft :exec
DELETE FROM drafts WHERE bucket = $1 AND conversation_id = $2 AND kind = $3;

-- name: AddMention :execrows
INSERT INTO mentions (bucket, conversation_id, interaction_id, user_id, author, at, archived) VALUES ($1, $2, $3, $4, $5, $6, FALSE)
ON CONFLICT (bucket, conversation_id, interaction_id, user_id) DO NOTHING;

-- name: Mentions :many
SELECT * FROM mentions WHERE user_id = @user_id AND archived = @archived AND (at < @at OR at = @at AND interaction_id < @before)
ORDER BY at DESC, interaction_id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: ArchiveMention :execrows
UPDATE mentions SET archived = @archived WHERE bucket = @bucket AND interaction_id = @interaction_id AND user_id = @user_id AND conversation_id = @conversation_id;

-- name: Tags :many
SELECT * FROM tags ORDER BY name, id;

-- name: PutTag :exec
INSERT INTO tags (id, name, colour, archived, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, colour = excluded.colour, archived = excluded.archived;

-- name: Macros :many
SELECT * FROM macros ORDER BY name, id;

-- name: Macro :one
SELECT * FROM macros WHERE id = $1;

-- name: PutMacro :exec
INSERT INTO macros (id, name, team_id, owner_id, content, used, updated_at, author) VALUES ($1, $2, $3, $4, $5, 0, $6, $7)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, team_id = excluded.team_id, owner_id = excluded.owner_id, content = excluded.content,
  updated_at = excluded.updated_at, author = excluded.author;

-- name: UseMacro :exec
UPDATE macros SET used = used + 1 WHERE id = $1;

-- name: DropMacro :execrows
DELETE FROM macros WHERE id = $1;

-- name: Views :many
SELECT * FROM views WHERE owner_id = $1 OR shared = TRUE ORDER BY place, name, id;

-- name: View :one
SELECT * FROM views WHERE id = $1;

-- name: PutView :exec
INSERT INTO views (id, name, query, owner_id, shared, place, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, query = excluded.query, shared = excluded.shared, place = excluded.place, updated_at = excluded.updated_at;

-- name: DropView :execrows
DELETE FROM views WHERE id = $1;

-- name: Schedules :many
SELECT * FROM schedules ORDER BY id;

-- name: PutSchedule :exec
INSERT INTO schedules (id, name, time_zone, hours, holidays, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone, hours = excluded.hours, holidays = excluded.holidays,
  updated_at = excluded.updated_at;

-- name: DropSchedule :execrows
DELETE FROM schedules WHERE id = $1;

-- name: Policies :many
SELECT * FROM sla_policies ORDER BY place, id;

-- name: PutPolicy :exec
INSERT INTO sla_policies (id, name, place, conditions, targets, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, place = excluded.place, conditions = excluded.conditions, targets = excluded.targets,
  updated_at = excluded.updated_at;

-- name: DropPolicy :execrows
DELETE FROM sla_policies WHERE id = $1;

-- name: CaseFeed :many
SELECT bucket, seq, conversation_id, profile_id, inbox_id, last_at FROM cases
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


-- name: CasesByID :many
SELECT * FROM cases
WHERE (bucket = $1 AND conversation_id = $2
  OR bucket = $3 AND conversation_id = $4
  OR bucket = $5 AND conversation_id = $6
  OR bucket = $7 AND conversation_id = $8
  OR bucket = $9 AND conversation_id = $10
  OR bucket = $11 AND conversation_id = $12
  OR bucket = $13 AND conversation_id = $14
  OR bucket = $15 AND conversation_id = $16
  OR bucket = $17 AND conversation_id = $18
  OR bucket = $19 AND conversation_id = $20
  OR bucket = $21 AND conversation_id = $22
  OR bucket = $23 AND conversation_id = $24
  OR bucket = $25 AND conversation_id = $26
  OR bucket = $27 AND conversation_id = $28
  OR bucket = $29 AND conversation_id = $30
  OR bucket = $31 AND conversation_id = $32);


-- name: DraftsOfCases :many
SELECT bucket, conversation_id, kind, author_id FROM drafts
WHERE (bucket = $1 AND conversation_id = $2
  OR bucket = $3 AND conversation_id = $4
  OR bucket = $5 AND conversation_id = $6
  OR bucket = $7 AND conversation_id = $8
  OR bucket = $9 AND conversation_id = $10
  OR bucket = $11 AND conversation_id = $12
  OR bucket = $13 AND conversation_id = $14
  OR bucket = $15 AND conversation_id = $16
  OR bucket = $17 AND conversation_id = $18
  OR bucket = $19 AND conversation_id = $20
  OR bucket = $21 AND conversation_id = $22
  OR bucket = $23 AND conversation_id = $24
  OR bucket = $25 AND conversation_id = $26
  OR bucket = $27 AND conversation_id = $28
  OR bucket = $29 AND conversation_id = $30
  OR bucket = $31 AND conversation_id = $32);


-- name: ConversationsWithoutCase :many
SELECT v.id, v.profile_id FROM conversations v
WHERE v.bucket = @bucket AND v.id > @after
  AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.bucket = v.bucket AND c.conversation_id = v.id)
ORDER BY v.id
LIMIT CAST(@max_rows AS BIGINT);

-- name: ContactsOfCase :many
SELECT profile_id, id, seq, source, channel, kind, direction, occurred_at, automatic, subject, CAST(SUBSTR(text, 1, 1000) AS TEXT) AS text, attrs FROM interactions
WHERE bucket = @bucket AND conversation_id = @conversation_id
ORDER BY id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: CustomerOfCase :one
SELECT head_bucket, customer_id FROM profiles WHERE bucket = $1 AND profile_id = $2;

-- name: ProfilesOfCase :many
SELECT profile_bucket FROM customer_profiles WHERE bucket = $1 AND customer_id = $2;

-- name: Warning :many
SELECT conversation_id FROM cases WHERE status = 'todo' AND warned = FALSE AND warn_at <= @warn_at AND due_at > @warn_at
ORDER BY warn_at
LIMIT CAST(@n AS BIGINT);

-- name: DropCase :exec
DELETE FROM cases WHERE bucket = $1 AND conversation_id = $2;

-- name: CasesUntil :many
SELECT bucket, conversation_id, last_seq FROM cases WHERE bucket = @bucket AND last_at <= @last_at;

-- name: CasesOfBucket :many
SELECT conversation_id, profile_id, inbox_id, channel, status, intent, last_at FROM cases WHERE bucket = $1 ORDER BY conversation_id;

-- name: Notifications :many
SELECT n.bucket, n.conversation_id, n.user_id, n.kinds, n.n, n.kind, n.author, n.at, n.mail_since, n.unread, c.inbox_id
FROM notifications n JOIN cases c ON c.bucket = n.bucket AND c.conversation_id = n.conversation_id
WHERE n.user_id = @user_id AND (n.kinds & CAST(@mask AS BIGINT)) <> 0 AND (n.unread = TRUE OR CAST(@all_of_them AS BOOLEAN))
  AND (n.at < @at OR n.at = @at AND n.conversation_id < @before)
ORDER BY n.at DESC, n.conversation_id DESC
LIMIT CAST(@max_rows AS BIGINT);

-- name: UnreadNotifications :many
SELECT c.inbox_id, COUNT(*) AS n
FROM notifications n JOIN cases c ON c.bucket = n.bucket AND c.conversation_id = n.conversation_id
WHERE n.user_id = @user_id AND n.unread = TRUE AND (n.kinds & CAST(@mask AS BIGINT)) <> 0
GROUP BY c.inbox_id;

-- name: SetNotificationRead :execrows
UPDATE notifications SET unread = @unread, mail_since = 0
WHERE bucket = @bucket AND conversation_id = @conversation_id AND user_id = @user_id AND unread <> @unread;

-- name: ReadAllNotifications :execrows
UPDATE notifications SET unread = FALSE, mail_since = 0 WHERE user_id = @user_id AND unread = TRUE AND at <= @until;

-- name: UnmailedPeople :many
SELECT DISTINCT user_id FROM notifications WHERE mail_since > 0 ORDER BY user_id;

-- name: Unmailed :many
SELECT n.bucket, n.conversation_id, n.kinds, n.n, n.kind, n.author, n.at, n.mail_since, c.inbox_id, c.subject, c.preview, c.profile_id
FROM notifications n JOIN cases c ON c.bucket = n.bucket AND c.conversation_id = n.conversation_id
WHERE n.user_id = @user_id AND n.mail_since > 0
ORDER BY n.at DESC, n.conversation_id
LIMIT CAST(@max_rows AS BIGINT);

-- name: NotificationMailed :execrows
UPDATE notifications SET mail_since = 0 WHERE bucket = @bucket AND conversation_id = @conversation_id AND user_id = @user_id AND mail_since > 0 AND at = @at;

-- name: DropNotifications :exec
DELETE FROM notifications WHERE unread = FALSE AND at < @before;

-- name: LeadsOfTeam :many
SELECT user_id FROM team_members WHERE team_id = $1 AND lead = TRUE ORDER BY user_id;

-- name: TeamsOfConversations :many
-- Which team has conversations, and where merged ones went.
SELECT conversation_id, team_id, merged_into FROM cases
WHERE (bucket = $1 AND conversation_id = $2) OR (bucket = $3 AND conversation_id = $4) OR (bucket = $5 AND conversation_id = $6) OR (bucket = $7 AND conversation_id = $8)
  OR (bucket = $9 AND conversation_id = $10) OR (bucket = $11 AND conversation_id = $12) OR (bucket = $13 AND conversation_id = $14) OR (bucket = $15 AND conversation_id = $16)
  OR (bucket = $17 AND conversation_id = $18) OR (bucket = $19 AND conversation_id = $20) OR (bucket = $21 AND conversation_id = $22) OR (bucket = $23 AND conversation_id = $24)
  OR (bucket = $25 AND conversation_id = $26) OR (bucket = $27 AND conversation_id = $28) OR (bucket = $29 AND conversation_id = $30) OR (bucket = $31 AND conversation_id = $32)
  OR (bucket = $33 AND conversation_id = $34) OR (bucket = $35 AND conversation_id = $36) OR (bucket = $37 AND conversation_id = $38) OR (bucket = $39 AND conversation_id = $40)
  OR (bucket = $41 AND conversation_id = $42) OR (bucket = $43 AND conversation_id = $44) OR (bucket = $45 AND conversation_id = $46) OR (bucket = $47 AND conversation_id = $48)
  OR (bucket = $49 AND conversation_id = $50) OR (bucket = $51 AND conversation_id = $52) OR (bucket = $53 AND conversation_id = $54) OR (bucket = $55 AND conversation_id = $56)
  OR (bucket = $57 AND conversation_id = $58) OR (bucket = $59 AND conversation_id = $60) OR (bucket = $61 AND conversation_id = $62) OR (bucket = $63 AND conversation_id = $64);
