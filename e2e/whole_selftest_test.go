package e2e

import (
	"maps"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// TestWholeNotices damages a database in one place after another: a check that
// never fails says nothing.
func TestWholeNotices(t *testing.T) {
	beside(t)
	p := newPlace(t, "")
	file := newCrowd("damage", 12, 1).ndjson(t, 300)
	if code, _, errs := rapport(t, p, "import", "ndjson", file, "--json", "--verify"); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	good := look(t, p)
	good.whole(t, "before")

	// damaged is the database with one table changed.
	damaged := func(table string, rows []row) *snapshot {
		s := &snapshot{tables: maps.Clone(good.tables), contacts: map[crm.ID]row{}, customer: map[crm.ID]crm.ID{}}
		s.tables[table] = rows
		return s
	}
	for _, table := range []string{"raws", "interactions", "readings", "profiles", "customer_profiles", "customers", "merges",
		"conversations", "journeys", "journey_links", "cases"} {
		rows := good.tables[table]
		if len(rows) == 0 {
			t.Errorf("%s is empty: the people of the test don't reach it", table)
		} else if s := damaged(table, rows[1:]); !s.check() {
			t.Errorf("a lost row of %s is not noticed", table)
		}
		if table == "raws" || table == "interactions" || table == "readings" || table == "customer_profiles" {
			if s := damaged(table, append(rows[:len(rows):len(rows)], rows[0])); !s.check() {
				t.Errorf("a doubled row of %s is not noticed", table)
			}
		}
	}
	if s := damaged("buckets", nil); !s.check() {
		t.Error("lost feed counters are not noticed")
	}
	for table, changes := range map[string]row{
		"raws":          {"state": "quarantined", "external_id": "other", "body": []byte{}, "interaction_id": crm.ID{}, "profile_id": crm.ID{1}},
		"interactions":  {"seq": int64(1 << 40), "profile_id": crm.ID{1}, "conversation_id": crm.ID{1}, "occurred_at": int64(1), "bucket": int64(-1)},
		"readings":      {"version": int64(2), "data": "{", "interaction_id": crm.ID{1}},
		"profiles":      {"customer_id": crm.ID{1}, "bucket": int64(-1)},
		"customers":     {"contacts": int64(0), "first_at": int64(1), "last_at": int64(1)},
		"merges":        {"undone_at": int64(1), "other_id": crm.ID{1}},
		"conversations": {"messages": int64(0), "last_at": int64(1), "profile_id": crm.ID{1}},
		"journeys":      {"data": `{"count":1000000}`, "last_at": int64(1), "opened_at": int64(1), "profile_id": crm.ID{1}, "state": "resolved"},
		"cases": {"messages": int64(1 << 40), "last_at": int64(1 << 62), "profile_id": crm.ID{1}, "status": "lost", "snoozed_until": int64(1), "merged_into": crm.ID{1},
			"bucket": int64(-1), "seq": int64(1 << 40)},
		"journey_links": {"reason": "", "journey_id": crm.ID{1}, "confidence": int64(1001)},
	} {
		for col, value := range changes {
			rows := append([]row{}, good.tables[table]...)
			for i, r := range rows { // the first that shows itself: not hidden, not resolved already
				if table == "customers" && r.yes("hidden") || table == "journeys" && !r.yes("active") {
					continue
				}
				rows[i] = maps.Clone(r)
				rows[i][col] = value
				break
			}
			if s := damaged(table, rows); !s.check() {
				t.Errorf("a wrong %s of %s is not noticed", col, table)
			}
		}
	}
}
