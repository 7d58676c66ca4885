package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// row is one row of a table, by column.
type row map[string]any

func (r row) id(col string) crm.ID  { return r[col].(crm.ID) }
func (r row) int(col string) int64  { return r[col].(int64) }
func (r row) str(col string) string { return r[col].(string) }
func (r row) yes(col string) bool   { return r[col].(bool) }

// personal are the tables that the stages write.
var personal = []string{"buckets", "raws", "interactions", "profiles", "customer_profiles", "customers", "identity_keys", "shared_keys",
	"profile_keys", "merges", "suggestions", "customer_terms", "conversations", "thread_keys", "readings", "labels", "journeys", "journey_links",
	"cases", "case_tags", "case_merges"}

// snapshot is a database in memory, while nobody writes to it.
type snapshot struct {
	tables map[string][]row
	faults []string
	parted bool // merges were undone: conversations of that time may hold both sides

	contacts map[crm.ID]row    // interactions by id
	customer map[crm.ID]crm.ID // of each profile
}

// look reads the place's database. Call it while no program runs there.
func look(t testing.TB, p place) *snapshot {
	t.Helper()
	alone(t, p)
	db, err := store.Open(context.Background(), store.Options{URL: p.db, Dir: p.dir})
	if err != nil {
		t.Fatalf("the database can't be opened: %v", err)
	}
	defer db.Close()
	s := &snapshot{tables: map[string][]row{}, contacts: map[crm.ID]row{}, customer: map[crm.ID]crm.ID{}}
	tables, err := db.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range tables {
		if !slices.Contains(personal, b.Table) {
			continue
		}
		rows := []row{}
		err := db.ReadAll(context.Background(), b, func(values []any) error {
			r := row{}
			for i, c := range b.Cols {
				r[c.Name] = values[i]
			}
			rows = append(rows, r)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.tables[b.Table] = rows
	}
	for _, name := range personal {
		if s.tables[name] == nil {
			t.Fatalf("there is no table %s", name)
		}
	}
	if db.Engine == store.SQLite {
		var answer string
		if err := db.Reader().QueryRow("PRAGMA integrity_check").Scan(&answer); err != nil || answer != "ok" {
			t.Fatalf("integrity check: %s, %v", answer, err)
		}
	}
	return s
}

// alone waits until the server has noticed that a killed program is gone: what
// it sent last is committed or rolled back only then.
func alone(t testing.TB, p place) {
	t.Helper()
	if p.db == "" {
		return
	}
	db, err := sql.Open("pgx", p.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	deadline := time.Now().Add(patience)
	for {
		var others int
		if err := db.QueryRow("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").Scan(&others); err != nil {
			t.Fatal(err)
		}
		if others == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections of a program that was killed are still open", others)
		}
		if _, err := db.Exec("SELECT pg_sleep(0.005)"); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *snapshot) fault(format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

// check finds everything that is half there, and says whether there is any.
// Each part is a promise that one package makes about its own tables and those
// that it hangs on.
func (s *snapshot) check() bool {
	s.checkContacts()
	s.checkReadings()
	s.checkIdentity()
	s.checkCustomers()
	s.checkConversations()
	s.checkJourneys()
	s.checkCases()
	s.checkFeed()
	return len(s.faults) > 0
}

// whole fails the test with what is half there.
func (s *snapshot) whole(t testing.TB, when string) {
	t.Helper()
	s.check()
	for i, f := range s.faults {
		if i == 12 {
			t.Errorf("%s: and %d more", when, len(s.faults)-i)
			break
		}
		t.Errorf("%s: %s", when, f)
	}
}

// checkContacts: one raw row and one interaction for each (source, external id),
// and each knows the other.
func (s *snapshot) checkContacts() {
	names := map[[2]string]bool{}
	for _, x := range s.tables["interactions"] {
		name := [2]string{x.str("source"), x.str("external_id")}
		if names[name] {
			s.fault("contact %v is there twice", name)
		}
		names[name] = true
		if s.contacts[x.id("id")] != nil {
			s.fault("interaction id %s is there twice", x.id("id"))
		}
		s.contacts[x.id("id")] = x
		if x.id("profile_id").Bucket() != x.int("bucket") || x.id("id").RowBucket() != x.int("bucket") {
			s.fault("interaction %s is not in the bucket of its profile", x.id("id"))
		}
	}
	raws, done := map[[2]string]bool{}, 0
	for _, r := range s.tables["raws"] {
		name := [2]string{r.str("source"), r.str("external_id")}
		if raws[name] {
			s.fault("the bytes of %v are there twice", name)
		}
		raws[name] = true
		x := s.contacts[r.id("interaction_id")]
		switch {
		case r.str("state") != "done":
			if !r.id("interaction_id").IsZero() || names[name] {
				s.fault("%v stands in quarantine and has an interaction", name)
			}
		case x == nil:
			s.fault("the bytes of %v are done but have no interaction", name)
		case x.str("source") != name[0] || x.str("external_id") != name[1] || x.id("profile_id") != r.id("profile_id"):
			s.fault("the bytes of %v point to the interaction of another contact", name)
		default:
			done++
		}
		if len(r["body"].([]byte)) == 0 && r.str("state") == "done" {
			s.fault("%v has no bytes", name)
		}
	}
	if done != len(s.contacts) {
		s.fault("%d interactions, but the bytes of %d", len(s.contacts), done)
	}
}

// checkReadings: one Reading for each contact, and one more for each time that a
// person corrected it or took that back.
func (s *snapshot) checkReadings() {
	decided := map[crm.ID]int64{}
	for _, l := range s.tables["labels"] {
		decided[l.id("interaction_id")]++
		if l.int("undone_at") != 0 {
			decided[l.id("interaction_id")]++
		}
	}
	read := map[crm.ID]map[int64]bool{}
	for _, r := range s.tables["readings"] {
		id, version := r.id("interaction_id"), r.int("version")
		x := s.contacts[id]
		if x == nil || x.id("profile_id") != r.id("profile_id") || version < 1 || version > 1+decided[id] {
			s.fault("reading %d of %s has no contact", version, id)
		}
		if !json.Valid([]byte(r.str("data"))) {
			s.fault("the reading of %s is no JSON", id)
		}
		if read[id] == nil {
			read[id] = map[int64]bool{}
		}
		if read[id][version] {
			s.fault("reading %d of %s is there twice", version, id)
		}
		read[id][version] = true
	}
	for id := range s.contacts {
		if int64(len(read[id])) != 1+decided[id] {
			s.fault("contact %s has %d readings, want %d", id, len(read[id]), 1+decided[id])
		}
	}
}

// checkFeed: the numbers of a bucket are taken once and were all handed out.
func (s *snapshot) checkFeed() {
	next := map[int64]int64{}
	for _, b := range s.tables["buckets"] {
		next[b.int("bucket")] = b.int("next_seq")
	}
	seen := map[[2]int64]string{}
	for _, table := range []string{"interactions", "customers", "journeys", "cases"} {
		for _, r := range s.tables[table] {
			at := [2]int64{r.int("bucket"), r.int("seq")}
			if other := seen[at]; other != "" {
				s.fault("feed number %v is on a row of %s and one of %s", at, other, table)
			}
			seen[at] = table
			if n, ok := next[at[0]]; !ok || at[1] > n {
				s.fault("feed number %v of %s was never handed out", at, table)
			}
		}
	}
}

// span is the first and last moment of some contacts.
type span struct {
	n           int64
	first, last int64
}

func (s *span) add(at int64) {
	if s.n == 0 {
		s.first, s.last = math.MaxInt64, math.MinInt64
	}
	s.n++
	s.first, s.last = min(s.first, at), max(s.last, at)
}
