package identify_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

var state = []string{"profiles", "customer_profiles", "identity_keys"}

func TestUndoRestoresExactly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ctx := context.Background()
		var s []*identify.Subject
		for i := range 5 {
			s = append(s, w.one(crm.Mail, fmt.Sprintf("email=p%d@x.example Person %d", i, i)))
		}
		// Edges ab, bc, de, cd; taking cd back leaves {a,b,c} and {d,e}.
		for _, e := range [][2]int{{0, 1}, {1, 2}, {3, 4}} {
			if _, err := w.s.Merge(ctx, s[e[0]].Profile.ID, s[e[1]].Profile.ID, "Ada", "same person"); err != nil {
				t.Fatal(err)
			}
		}
		before := w.rows(state...)
		cd, err := w.s.Merge(ctx, s[2].Profile.ID, s[3].Profile.ID, "Ada", "")
		if err != nil {
			t.Fatal(err)
		}
		for i := range s {
			w.same(s[0], s[i], "all five")
		}
		if err := w.s.Undo(ctx, cd, "Bob"); err != nil {
			t.Fatal(err)
		}
		if after := w.rows(state...); after != before {
			t.Errorf("undo left\n%s\nwant\n%s", after, before)
		}
		w.same(s[0], s[2], "a, b, c")
		w.same(s[3], s[4], "d, e")
		w.different(s[0], s[3], "the two sides")
		if err := w.s.Undo(ctx, cd, "Bob"); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("a second undo: %v, want a conflict", err)
		}
		if _, err := w.s.Merge(ctx, s[2].Profile.ID, s[3].Profile.ID, "Ada", ""); err != nil {
			t.Errorf("a person may merge again what was undone: %v", err)
		}
	})
}

func TestUndoneRulesDoNotComeBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		call, mail := w.one(crm.Phone, "phone=0612345678"), w.one(crm.Mail, "email=a@b.example")
		w.one(crm.Web, "email=a@b.example!", "phone=0612345678!")
		w.same(call, mail, "verified together")
		if err := w.s.Undo(context.Background(), w.merges()[0], "Ada"); err != nil {
			t.Fatal(err)
		}
		w.different(call, mail, "undone")
		w.one(crm.Web, "email=a@b.example!", "phone=0612345678!")
		w.different(call, mail, "the same order again after a person undid it")
	})
}

// Components do not depend on the order of merges, and undoing any of them
// leaves exactly the components of the others.
func TestMergesFormComponents(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		w := setup(t, db)
		ctx := context.Background()
		const n = 6
		var s []*identify.Subject
		for i := range n {
			s = append(s, w.one(crm.Mail, fmt.Sprintf("email=r%d-%d@x.example", run, i)))
		}
		type edge struct {
			a, b int
			id   crm.ID
		}
		var edges []edge
		for range rapid.IntRange(0, 7).Draw(rt, "steps") {
			if len(edges) > 0 && rapid.IntRange(0, 3).Draw(rt, "undo") == 0 {
				i := rapid.IntRange(0, len(edges)-1).Draw(rt, "which")
				if err := w.s.Undo(ctx, edges[i].id, "Ada"); err != nil {
					rt.Fatal(err)
				}
				edges = append(edges[:i], edges[i+1:]...)
				continue
			}
			a, b := rapid.IntRange(0, n-1).Draw(rt, "a"), rapid.IntRange(0, n-1).Draw(rt, "b")
			id, err := w.s.Merge(ctx, s[a].Profile.ID, s[b].Profile.ID, "Ada", "")
			switch {
			case err == nil:
				// The edge is kept between the very profiles named.
				edges = append(edges, edge{a, b, id})
			case crm.CodeOf(err) != crm.Conflict:
				rt.Fatal(err)
			}
		}
		root := make([]int, n)
		for i := range root {
			root[i] = i
		}
		for range edges { // few enough to relax n times
			for _, e := range edges {
				m := min(root[e.a], root[e.b])
				root[e.a], root[e.b] = m, m
			}
		}
		for i := range n {
			// The oldest profile heads the customer: they arrived in order.
			if got, want := w.head(s[i]), s[root[i]].Profile.ID; got != want {
				rt.Fatalf("profile %d is with %v, want %v (edges %v)", i, got, want, edges)
			}
		}
	})
}
