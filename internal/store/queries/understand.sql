-- owner: understand

-- name: NewestReading :one
SELECT version, data FROM readings WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 ORDER BY version DESC LIMIT 1;

-- name: AddReading :exec
INSERT INTO readings (bucket, profile_id, interaction_id, version, data) VALUES ($1, $2, $3, $4, $5);

-- name: AddExample :exec
INSERT INTO examples (id, text, intent, language, origin, interaction_id, author, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (id) DO UPDATE SET intent = excluded.intent, author = excluded.author, at = excluded.at;

-- name: Examples :many
SELECT id, text, intent, language, origin, interaction_id, author, at FROM examples ORDER BY id;

-- name: DeleteExamplesOf :exec
DELETE FROM examples WHERE origin = $1;

-- name: AddModel :exec
INSERT INTO models (kind, version, active, at, author, report, data) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: RetireModels :exec
UPDATE models SET active = FALSE WHERE kind = $1;

-- name: ActiveModel :one
SELECT version, at, author, report, data FROM models WHERE kind = $1 AND active ORDER BY version DESC LIMIT 1;

-- name: NewestModel :one
SELECT version FROM models WHERE kind = $1 ORDER BY version DESC LIMIT 1;

-- name: ModelInUse :one
-- The version that is active, 0 for the built-in one, what corrections there
-- are, how often the taxonomy was changed or taken back, and the versions of the
-- vocabularies: a change of any of these is news for a server.
SELECT CAST(COALESCE((SELECT MAX(m.version) FROM models m WHERE m.kind = $1 AND m.active), 0) AS BIGINT) AS version,
  COUNT(*) AS examples, CAST(COALESCE(MAX(e.at), 0) AS BIGINT) AS newest,
  CAST((SELECT COALESCE(SUM(CASE WHEN c.undone THEN 2 ELSE 1 END), 0) FROM intent_changes c) AS BIGINT) AS taxonomy,
  CAST((SELECT COALESCE(MAX(v.version), 0) FROM vocabularies v WHERE v.kind = 'numbers') AS BIGINT) AS numbers,
  CAST((SELECT COALESCE(MAX(v.version), 0) FROM vocabularies v WHERE v.kind = 'products') AS BIGINT) AS products FROM examples e;

-- name: Models :many
SELECT version, active, at, author, report FROM models WHERE kind = $1 ORDER BY version DESC LIMIT 100;

-- name: UseModel :exec
UPDATE models SET active = (version = $2) WHERE kind = $1;

-- name: CorrectionsSince :one
SELECT COUNT(*) FROM examples WHERE origin = 'correction' AND at > $1;

-- name: LastModelAt :one
SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM models WHERE kind = $1;

-- name: ModelSize :one
SELECT CAST(COALESCE(MAX(LENGTH(data)), 0) AS BIGINT) FROM models WHERE kind = $1 AND version = $2;

-- name: IntentRows :many
SELECT name, label, description, own, retired, merged_into FROM intents ORDER BY name;

-- name: PutIntentRow :exec
INSERT INTO intents (name, label, description, own, retired, merged_into) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (name) DO UPDATE SET label = excluded.label, description = excluded.description, own = excluded.own,
  retired = excluded.retired, merged_into = excluded.merged_into;

-- name: DropIntentRow :exec
DELETE FROM intents WHERE name = $1;

-- name: AddIntentChange :exec
INSERT INTO intent_changes (id, at, author, kind, name, detail, undone) VALUES ($1, $2, $3, $4, $5, $6, FALSE);

-- name: IntentChanges :many
SELECT id, at, author, kind, name, detail, undone FROM intent_changes ORDER BY id DESC LIMIT 200;

-- name: UndoIntentChange :execrows
UPDATE intent_changes SET undone = TRUE WHERE id = $1 AND NOT undone;

-- name: LastIntentChange :one
SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM intent_changes;

-- name: IntentPacks :many
SELECT pack FROM intent_packs ORDER BY pack;

-- name: ClearIntentPacks :exec
DELETE FROM intent_packs;

-- name: AddIntentPack :exec
INSERT INTO intent_packs (pack) VALUES ($1);

-- name: ReadingOfVersion :one
SELECT data FROM readings WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 AND version = $4;

-- name: AddLabel :exec
INSERT INTO labels (bucket, profile_id, interaction_id, id, origin, source, language, read_as, confidence, model, intent, before, author, at, undone_at, undone_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, '');

-- name: StandingLabels :many
-- The labels of a contact that were not taken back, the newest first.
SELECT id, origin, read_as, confidence, model, intent, before, author, at FROM labels
WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 AND undone_at = 0 AND intent <> '' ORDER BY before DESC LIMIT 2;

-- name: UndoLabel :exec
UPDATE labels SET undone_at = $5, undone_by = $6 WHERE bucket = $1 AND profile_id = $2 AND interaction_id = $3 AND id = $4;

-- name: DropExample :exec
DELETE FROM examples WHERE id = $1;

-- name: AddIntentProposal :exec
INSERT INTO intent_proposals (id, at, state, size, intent, author, data) VALUES ($1, $2, 'open', $3, '', '', $4)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, intent = '', author = '', at = excluded.at, size = excluded.size, data = excluded.data;

-- name: IntentProposals :many
SELECT id, at, state, size, intent, author, data FROM intent_proposals ORDER BY size DESC, id;

-- name: ClearIntentProposals :exec
DELETE FROM intent_proposals WHERE state = 'open';

-- name: DecideIntentProposal :execrows
UPDATE intent_proposals SET state = @state, intent = @intent, author = @author, at = @at WHERE id = @id AND state = @before;

-- name: PutIntentLook :exec
INSERT INTO intent_looks (one, at, texts, unread) VALUES (1, $1, $2, $3)
ON CONFLICT (one) DO UPDATE SET at = excluded.at, texts = excluded.texts, unread = excluded.unread;

-- name: AddVocabulary :exec
INSERT INTO vocabularies (kind, version, at, author, change, text, items, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: VocabularyInUse :one
SELECT version, data FROM vocabularies WHERE kind = $1 ORDER BY version DESC LIMIT 1;

-- name: VocabularyVersions :one
-- The newest versions, 0 where there is none: a server that has others loads them.
SELECT CAST(COALESCE(MAX(CASE WHEN kind = 'numbers' THEN version ELSE 0 END), 0) AS BIGINT) AS numbers,
  CAST(COALESCE(MAX(CASE WHEN kind = 'products' THEN version ELSE 0 END), 0) AS BIGINT) AS products FROM vocabularies;

-- name: VocabularyOf :one
SELECT items, data FROM vocabularies WHERE kind = $1 AND version = $2;

-- name: VocabularyChanges :many
SELECT version, at, author, change, text, items FROM vocabularies WHERE kind = $1 ORDER BY version DESC LIMIT 100;

-- name: DropOldVocabularies :exec
DELETE FROM vocabularies WHERE kind = $1 AND version <= $2;
