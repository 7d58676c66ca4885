package understand_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// A firm makes, renames, merges, splits and retires intents, and takes each of
// these back.
func TestEditor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		edit := func(f func(*understand.Editor) error) error {
			now = now.Add(time.Second)
			return db.InTx(ctx, func(tx *store.Tx) error {
				e, err := understand.NewEditor(ctx, tx, now, "Ada")
				if err != nil {
					return err
				}
				return f(e)
			})
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		taxonomy := func() *understand.FirmTaxonomy {
			t.Helper()
			tax, err := understand.LoadTaxonomy(ctx, db.Read())
			must(err)
			return tax
		}
		last := func() crm.ID {
			t.Helper()
			changes, err := db.Read().IntentChanges(ctx)
			must(err)
			return changes[0].ID
		}
		texts := func(name string) (out []string) {
			t.Helper()
			list, err := understand.ExamplesOf(ctx, db.Read(), taxonomy(), name)
			must(err)
			for _, x := range list {
				if x.Origin != "starter" {
					out = append(out, x.Text)
				}
			}
			return out
		}

		for _, few := range [][]string{nil, {"one", "two"}, {"one", " one ", "one"}} {
			if err := edit(func(e *understand.Editor) error { _, err := e.Create(ctx, "Bike repair", "", few); return err }); crm.CodeOf(err) != crm.Invalid {
				t.Errorf("made from %v: %v", few, err)
			}
		}
		var key string
		must(edit(func(e *understand.Editor) (err error) {
			key, err = e.Create(ctx, "Bike  repair!", "", []string{"my bike is broken", "the gears of my bike slip", "the chain came off", "new tyres please", "flat tyre", "puncture in the tyre"})
			return err
		}))
		if s, ok := taxonomy().Get(key); key != "bike_repair" || !ok || !s.Active() || s.Label != "Bike repair!" || len(texts(key)) != 6 {
			t.Fatalf("made %q: %+v", key, s)
		}
		if err := edit(func(e *understand.Editor) error { return e.Rename(ctx, "refund_request", "bike REPAIR!", "") }); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("two intents of one name: %v", err)
		}
		must(edit(func(e *understand.Editor) error { return e.Rename(ctx, key, "Workshop", "Bikes") }))
		renamed := last()
		if taxonomy().Label(key) != "Workshop" {
			t.Error("not renamed")
		}

		// A merge maps labels and keeps every row; corrections of the old one count.
		must(db.InTx(ctx, func(tx *store.Tx) error {
			return tx.AddExample(ctx, sqlgen.AddExampleParams{ID: crm.NewID(now), Text: "kaput", Intent: key, Origin: "correction", At: crm.Micros(now)})
		}))
		must(edit(func(e *understand.Editor) error { return e.Merge(ctx, key, "repair") }))
		merged := last()
		if tax := taxonomy(); tax.Target(key) != "repair" || tax.Label(key) != tax.Label("repair") || !slices.Contains(texts("repair"), "kaput") {
			t.Errorf("merged: target %s", tax.Target(key))
		}
		if err := edit(func(e *understand.Editor) error { return e.Merge(ctx, "repair", key) }); crm.CodeOf(err) != crm.Invalid {
			t.Errorf("a circle of merges: %v", err)
		}
		if err := edit(func(e *understand.Editor) error { return e.Undo(ctx, renamed) }); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("an earlier change of the same intent was taken back: %v", err)
		}
		must(edit(func(e *understand.Editor) error { return e.Undo(ctx, merged) }))
		if taxonomy().Target(key) != key || len(texts(key)) != 7 {
			t.Error("the merge was not taken back")
		}
		if err := edit(func(e *understand.Editor) error { return e.Undo(ctx, merged) }); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("taken back twice: %v", err)
		}

		// A split moves examples, and its undo moves them back.
		var made string
		must(edit(func(e *understand.Editor) (err error) {
			made, err = e.Split(ctx, key, "Tyres", "", []string{"new tyres please", "flat tyre", "puncture in the tyre"})
			return err
		}))
		if len(texts(made)) != 3 || len(texts(key)) != 4 {
			t.Errorf("split: %v and %v", texts(made), texts(key))
		}
		must(edit(func(e *understand.Editor) error { return e.Undo(ctx, last()) }))
		if s, _ := taxonomy().Get(made); s.Active() || len(texts(key)) != 7 {
			t.Errorf("the split was not taken back: %+v, %v", s, texts(key))
		}

		must(edit(func(e *understand.Editor) error { return e.Retire(ctx, "outage", true) }))
		if taxonomy().Target("outage") != "" {
			t.Error("a retired intent is in use")
		}
		must(edit(func(e *understand.Editor) error { return e.Choose(ctx, []string{"banking", "service"}) }))
		if tax := taxonomy(); tax.Target("loan_question") == "" || tax.Target("roaming") != "" || tax.Target(key) != key {
			t.Error("the packs are not those that were chosen")
		}
		must(edit(func(e *understand.Editor) error { return e.Undo(ctx, last()) }))
		if tax := taxonomy(); tax.Target("loan_question") != "" || tax.Target("roaming") == "" {
			t.Error("the choice of packs was not taken back")
		}
	})
}

// Merges and what is not in use hold at once, before any training.
func TestReaderWithTaxonomy(t *testing.T) {
	t.Parallel()
	r, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	in := understand.Input{Text: "I want my money back for the broken kettle, please refund me", Direction: crm.In}
	if got := r.Read(in).Intents[0].Name; got != "refund_request" {
		t.Fatalf("read as %s", got)
	}
	same := r.WithTaxonomy(understand.NewTaxonomy(nil, nil)).Read(in)
	if a, b := r.Read(in).Intents, same.Intents; a[0].Confidence != b[0].Confidence || a[1].Name != b[1].Name {
		t.Errorf("a taxonomy that nobody touched changes %v to %v", a, b)
	}
	rows := []understand.IntentRow{{Name: "money", Label: "Money", Own: true}, {Name: "refund_request", MergedInto: "money"}, {Name: "refund_status", MergedInto: "money"}}
	merged := r.WithTaxonomy(understand.NewTaxonomy(nil, rows))
	if got := merged.Read(in).Intents; got[0].Name != "money" || got[1].Name == "money" {
		t.Errorf("merged: %+v", got)
	}
	if names := merged.IntentNames(); slices.Contains(names, "refund_request") || !slices.Contains(names, "money") {
		t.Errorf("names: %v", names)
	}
	retired := r.WithTaxonomy(understand.NewTaxonomy(nil, []understand.IntentRow{{Name: "refund_request", Retired: true}}))
	for _, l := range retired.Read(in).Intents {
		if l.Name == "refund_request" {
			t.Error("a retired intent was read")
		}
	}
}

// What differs in words is parted, the same way each time.
func TestProposeSplit(t *testing.T) {
	t.Parallel()
	texts := []string{"where is my parcel", "the parcel has not come", "my parcel is late", "refund my money", "I want my money back", "when do I get my money"}
	got := understand.ProposeSplit(texts)
	for i := range texts {
		if got[i] != got[i/3*3] {
			t.Errorf("%q stands in the other group: %v", texts[i], got)
		}
	}
	if got[0] == got[3] || !slices.Equal(got, understand.ProposeSplit(texts)) {
		t.Errorf("parted as %v", got)
	}
	if got := understand.ProposeSplit([]string{"alone"}); got[0] {
		t.Error("one text was parted")
	}
}
