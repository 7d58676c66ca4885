package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/search"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/store/storetest/fixture"
)

type person struct{ name, mail, phone string }

// fill writes the people a minute apart, the first one with the newest contact.
func fill(t testing.TB, db *store.DB, people []person) []crm.ID {
	t.Helper()
	ctx := context.Background()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var ids []crm.ID
	for chunk := range slices.Chunk(people, 5000) {
		var b fixture.Batch
		var rows []search.Row
		for _, p := range chunk {
			now = now.Add(-time.Minute)
			id := b.Person(p.name, now, fixture.Key{Kind: "email", Value: p.mail, Status: "verified"},
				fixture.Key{Kind: "phone", Value: p.phone, Status: "seen"})
			rows = append(rows, search.Rows(id, p.name, []string{p.mail, p.phone})...)
			ids = append(ids, id)
		}
		if err := b.Write(ctx, db); err != nil {
			t.Fatal(err)
		}
		// Writing the same terms again changes nothing.
		for range 2 {
			if err := db.InTx(ctx, func(tx *store.Tx) error { return search.Write(ctx, tx, rows) }); err != nil {
				t.Fatal(err)
			}
			if len(people) > 5000 {
				break
			}
		}
	}
	return ids
}

func names(found []search.Customer) string {
	var out []string
	for _, c := range found {
		out = append(out, c.Name)
	}
	return strings.Join(out, ", ")
}

func TestFind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people := []person{
			{"Jan de Vries", "jan.de.vries@example.com", "+31612345678"},
			{"Jana Novák", "jana@example.org", "+420777123456"},
			{"Søren Jansen", "soren@jansen.example", "+4520123456"},
			{"Jan Jansen", "jj@example.com", "+12125551234"},
			{"", "info@firma.example", "+498912345"},
		}
		ids := fill(t, db, people)
		for query, want := range map[string]string{
			"":                         "",
			"  ,, ":                    "",
			"jan":                      "Jan de Vries, Jan Jansen, Jana Novák, Søren Jansen",
			"JAN":                      "Jan de Vries, Jan Jansen, Jana Novák, Søren Jansen",
			"jans":                     "Søren Jansen, Jan Jansen",
			"novak":                    "Jana Novák",
			"Nová":                     "Jana Novák",
			"soren":                    "Søren Jansen",
			"vries jan":                "Jan de Vries",
			"jan de vr":                "Jan de Vries",
			"jan jan":                  "Jan Jansen, Jan de Vries, Jana Novák, Søren Jansen",
			"jan example.com":          "Jan de Vries, Jan Jansen",
			"jan.de.vries@example.com": "Jan de Vries",
			"jan.de":                   "Jan de Vries",
			"06 1234 5678":             "Jan de Vries",
			"+31 6 12345678":           "Jan de Vries",
			"0031612345678":            "Jan de Vries",
			"5678":                     "Jan de Vries",
			"(212) 555-1234":           "Jan Jansen",
			"info":                     "",
			"x' OR '1'='1":             "",
			"%":                        "",
			"\x00\xff":                 "",
		} {
			found, err := search.Find(context.Background(), db, query, 20)
			if err != nil {
				t.Fatalf("%q: %v", query, err)
			}
			if query == "info" {
				if len(found) != 1 || found[0].CustomerID != ids[4] {
					t.Errorf("info: %v", found)
				}
				continue
			}
			if got := names(found); got != want {
				t.Errorf("%q finds %q, want %q", query, got, want)
			}
		}
		if found, err := search.Find(context.Background(), db, "jan", 2); err != nil || len(found) != 2 {
			t.Errorf("limit: %v, %v", found, err)
		}
	})
}

// TestFindCommonWords has more bearers of each word than a search reads, and
// one person who has both.
func TestFindCommonWords(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var people []person
		for i := range 400 {
			people = append(people,
				person{fmt.Sprintf("Anna Onbekend%d", i), fmt.Sprintf("a%d@example.com", i), fmt.Sprintf("+3161000%04d", i)},
				person{fmt.Sprintf("Bram%d Bakker", i), fmt.Sprintf("b%d@example.com", i), fmt.Sprintf("+3162000%04d", i)})
		}
		people = append(people, person{"Anna Bakker", "ab@example.com", "+31630000001"})
		fill(t, db, people)
		for _, query := range []string{"anna bakker", "bakker anna", "anna bakk", "bakker ab@example.com"} {
			found, err := search.Find(context.Background(), db, query, 20)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) == 0 || found[0].Name != "Anna Bakker" {
				t.Errorf("%q finds %s", query, names(found))
			}
			for _, c := range found {
				if strings.HasPrefix(c.Name, "Bram") {
					t.Errorf("%q finds %s", query, c.Name)
				}
			}
		}
	})
}
