package architecture

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	ownerLine   = regexp.MustCompile(`^-- owner: (\w+)\n`)
	createTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+) \(`)
	writes      = regexp.MustCompile(`(?i)\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)`)
	bulkTable   = regexp.MustCompile(`store\.(?:Bulk|Claim)\{\s*Table:\s*"(\w+)"`)
	primaryKey  = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`)
)

// references are tables that belong to no person: small, and copied whole to
// every node.
var references = map[string]bool{"blocked_values": true, "examples": true, "models": true, "intents": true, "intent_changes": true, "intent_packs": true, "intent_proposals": true, "intent_looks": true, "vocabularies": true, "linker_versions": true, "match_models": true, "settings": true, "users": true, "second_factors": true, "recovery_codes": true, "user_pictures": true,
	"sessions": true, "sign_in_links": true, "api_keys": true, "inboxes": true, "inbox_health": true, "second_settings": true, "second_usage": true, "reading_weeks": true, "reading_samples": true, "tags": true, "macros": true, "views": true,
	"schedules": true, "sla_policies": true, "audit": true, "teams": true, "team_members": true, "inbox_teams": true, "invitations": true}

// owners reads which package writes each table.
func owners(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, text := range files(t, "internal/store/migrations/*.sql") {
		m := ownerLine.FindStringSubmatch(text)
		if m == nil {
			t.Errorf("%s: the first line must be `-- owner: PACKAGE`", name)
			continue
		}
		for _, c := range createTable.FindAllStringSubmatch(text, -1) {
			out[c[1]] = m[1]
		}
	}
	return out
}

func TestEveryTableHasOneWriter(t *testing.T) {
	t.Parallel()
	owner := owners(t)
	for name, text := range files(t, "internal/store/queries/*.sql") {
		m := ownerLine.FindStringSubmatch(text)
		if m == nil {
			t.Errorf("%s: the first line must be `-- owner: PACKAGE`", name)
			continue
		}
		for _, w := range writes.FindAllStringSubmatch(withoutUpsert(text), -1) {
			if owner[w[1]] != m[1] {
				t.Errorf("%s writes %s, which %s owns", name, w[1], owner[w[1]])
			}
		}
	}
	for file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(moduleRoot(t), filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range bulkTable.FindAllStringSubmatch(string(data), -1) {
			if pkg := filepath.Base(filepath.Dir(file)); owner[b[1]] != pkg {
				t.Errorf("%s writes %s in bulk, which %s owns", file, b[1], owner[b[1]])
			}
		}
	}
}

// withoutUpsert drops the UPDATE of ON CONFLICT clauses, which names no table.
func withoutUpsert(sql string) string {
	return regexp.MustCompile(`(?i)DO UPDATE`).ReplaceAllString(sql, "")
}

// The bucket comes first in the primary key of everything that hangs on a
// person: it is the distribution column, and it can't be added later.
func TestBucketComesFirst(t *testing.T) {
	t.Parallel()
	for name, text := range files(t, "internal/store/migrations/*.sql") {
		for _, m := range primaryKey.FindAllStringSubmatch(text, -1) {
			table, body := m[1], m[2]
			if references[table] {
				continue
			}
			if !regexp.MustCompile(`PRIMARY KEY \((bucket|key_bucket|term_bucket)\b|bucket\s+BIGINT NOT NULL PRIMARY KEY`).MatchString(body) {
				t.Errorf("%s: the primary key of %s does not begin with its bucket", name, table)
			}
		}
	}
}

// The words of storage that one of the engines does not have, or reads
// differently.
func TestSQLIsPortable(t *testing.T) {
	t.Parallel()
	banned := map[string]string{
		`::\w`:                       "use CAST(x AS T)",
		`(?i)\bnow\(\)`:              "time is passed in from Go",
		`(?i)\bCURRENT_TIMESTAMP\b`:  "time is passed in from Go",
		`(?i)\bOFFSET\b`:             "page by key",
		`(?i)\bI?LIKE\b`:             "compare a folded column",
		`(?i)\bSKIP LOCKED\b`:        "the claim suffix is a hook of the dialect",
		`(?i)\bjsonb?\b`:             "JSON is TEXT",
		`(?i)\bANY\s*\(`:             "no arrays outside the dialect",
		`(?i)\bGREATEST|LEAST\b`:     "use CASE",
		`(?i)\bSERIAL|IDENTITY\b`:    "ids are made in Go",
		`(?i)\bNOT NULL DEFAULT now`: "time is passed in from Go",
	}
	all := files(t, "internal/store/queries/*.sql")
	for n, s := range files(t, "internal/store/migrations/*.sql") {
		all[n] = s
	}
	for name, text := range all {
		text = regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(text, "")
		for pattern, instead := range banned {
			if m := regexp.MustCompile(pattern).FindString(text); m != "" {
				t.Errorf("%s has %q: %s", name, m, instead)
			}
		}
	}
}

func files(t *testing.T, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(moduleRoot(t), filepath.FromSlash(pattern)))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files match %s (%v)", pattern, err)
	}
	out := map[string]string{}
	for _, n := range names {
		data, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(n)] = string(data)
	}
	return out
}
