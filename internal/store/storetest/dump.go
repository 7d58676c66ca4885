package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/store"
)

// Dump writes the rows of tables as lines in an order that engines share, so
// that states, and engines, can be compared. No tables are all of them. skip
// names columns to leave out, such as seq.
func Dump(t testing.TB, db *store.DB, skip []string, tables ...string) []string {
	t.Helper()
	all, err := db.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range all {
		if len(tables) > 0 && !slices.Contains(tables, b.Table) {
			continue
		}
		err := db.ReadAll(context.Background(), b, func(row []any) error {
			line := []string{b.Table}
			for i, c := range b.Cols {
				if !slices.Contains(skip, c.Name) {
					line = append(line, fmt.Sprintf("%s=%q", c.Name, fmt.Sprint(row[i])))
				}
			}
			out = append(out, strings.Join(line, " "))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(out)
	return out
}

// Diff lists up to ten lines that only one of two dumps has.
func Diff(got, want []string) string {
	var out []string
	for _, side := range []struct {
		mark string
		a, b []string
	}{{"only now", got, want}, {"only before", want, got}} {
		for _, line := range side.a {
			if _, found := slices.BinarySearch(side.b, line); !found && len(out) < 10 {
				out = append(out, side.mark+": "+line)
			}
		}
	}
	if len(out) == 0 && len(got) != len(want) {
		out = append(out, fmt.Sprintf("%d lines, want %d", len(got), len(want)))
	}
	return strings.Join(out, "\n")
}
