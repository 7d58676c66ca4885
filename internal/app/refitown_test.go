package app

import (
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// A firm names an intent with three examples and chooses packs; the training
// takes both into the model, and a merge needs none.
func TestRefitOwnIntents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if testing.Short() {
			t.Skip("trains for a minute")
		}
		ctx := t.Context()
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		clock := func() time.Time { now = now.Add(time.Second); return now }
		reader, err := understand.Default()
		if err != nil {
			t.Fatal(err)
		}
		e, err := flow.New(db, flow.Options{Reader: reader, Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(e.Close)
		edit := func(f func(*understand.Editor) error) {
			t.Helper()
			if err := db.InTx(ctx, func(tx *store.Tx) error {
				ed, err := understand.NewEditor(ctx, tx, clock(), "Ada")
				if err != nil {
					return err
				}
				return f(ed)
			}); err != nil {
				t.Fatal(err)
			}
			if err := e.LoadModels(ctx); err != nil {
				t.Fatal(err)
			}
		}
		edit(func(ed *understand.Editor) error { return ed.Choose(ctx, []string{"banking"}) })
		edit(func(ed *understand.Editor) error {
			_, err := ed.Create(ctx, "Safe deposit box", "", []string{"I want to rent a safe deposit box", "how large is a deposit box in the vault", "the key of my deposit box is gone"})
			return err
		})
		if err := refit(ctx, db, clock); err != nil {
			t.Fatal(err)
		}
		if err := e.LoadModels(ctx); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]string{"is there a free deposit box in your vault?": "safe_deposit_box", "Can I still raise my mortgage loan?": "loan_question"} {
			if got := e.Reader().Read(understand.Input{Text: text, Direction: "in"}); got.Intents[0].Name != want {
				t.Errorf("%q read as %+v, want %s", text, got.Intents, want)
			}
		}
		models, err := db.Read().Models(ctx, kindIntents)
		if err != nil || len(models) != 1 || !models[0].Active {
			t.Fatalf("%+v, %v: want one model in use", models, err)
		}
		if err := refit(ctx, db, clock); err != nil { // nothing changed since
			t.Fatal(err)
		}
		if again, _ := db.Read().Models(ctx, kindIntents); len(again) != 1 {
			t.Error("trained again without a change")
		}
	})
}
