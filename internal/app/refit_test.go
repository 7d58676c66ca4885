package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// A firm's own model learns from corrections by a refit, keeps its history, and
// can be rolled back.
func TestRefit(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		clock := func() time.Time { now = now.Add(time.Second); return now }
		ctx := t.Context()
		var own []understand.Example
		for i := range 40 {
			own = append(own, understand.Example{Text: fmt.Sprint("where is my parcel, number ", i), Intent: "delivery"},
				understand.Example{Text: fmt.Sprint("I want my money back for ", i), Intent: "refund"})
		}
		model, rep, err := understand.TrainIntents(nil, own, 1)
		if err != nil {
			t.Fatal(err)
		}
		keep := func(tx *store.Tx) error { return keepExamples(ctx, tx, now, own) }
		if _, err := keepModel(ctx, db, clock(), model, trained{Alone: true, Texts: rep.Texts}, "rapport train", keep); err != nil {
			t.Fatal(err)
		}
		reader, err := understand.Default()
		if err != nil {
			t.Fatal(err)
		}
		e, err := flow.New(db, flow.Options{Reader: reader, Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(e.Close)
		correct := func(n int, text func(i int) string, intent string) {
			t.Helper()
			for i := range n {
				at := clock()
				if err := db.InTx(ctx, func(tx *store.Tx) error {
					return tx.AddExample(ctx, sqlgen.AddExampleParams{ID: crm.NewID(at), Text: text(i), Intent: intent, Language: "en", Origin: originCorrection, Author: "Ada", At: crm.Micros(at)})
				}); err != nil {
					t.Fatal(err)
				}
			}
		}
		active := func() int64 {
			t.Helper()
			row, err := db.Read().ModelInUse(ctx, kindIntents)
			if err != nil {
				t.Fatal(err)
			}
			return row.Version
		}
		says := func() string {
			t.Helper()
			if err := e.LoadModels(ctx); err != nil {
				t.Fatal(err)
			}
			return e.Reader().Read(understand.Input{Text: "broken is the screen of mine", Direction: crm.In}).Intents[0].Name
		}
		if got := says(); got == "repair" {
			t.Fatalf("read as %s before anybody said so", got)
		}
		correct(understand.RefitAfter, func(i int) string { return fmt.Sprint("the screen is broken, case ", i) }, "repair")
		if err := refit(ctx, db, clock); err != nil {
			t.Fatal(err)
		}
		if got := says(); active() != 2 || got != "repair" {
			t.Errorf("after the refit version %d is in use and reads %s", active(), got)
		}
		if err := refit(ctx, db, clock); err != nil { // nothing new: no training
			t.Fatal(err)
		}
		history, err := db.Read().Models(ctx, kindIntents)
		if err != nil || len(history) != 2 {
			t.Fatalf("%d models, %v, want 2", len(history), err)
		}
		if err := e.UseModel(ctx, 1); err != nil || active() != 1 {
			t.Errorf("roll back: version %d is in use, %v", active(), err)
		}
		if got := says(); got == "repair" {
			t.Error("the model of before reads what only the later one learned")
		}
		if err := e.UseModel(ctx, 0); err != nil || active() != 0 {
			t.Errorf("the built-in model: version %d is in use, %v", active(), err)
		}
		if err := e.UseModel(ctx, 9); crm.CodeOf(err) != crm.NotFound || active() != 0 {
			t.Errorf("a model that is not there: %v", err)
		}
	})
}

// A server learns what was corrected at another one, and what was rolled back.
func TestServersShareCorrections(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		reader, err := understand.Default()
		if err != nil {
			t.Fatal(err)
		}
		e, err := flow.New(db, flow.Options{Reader: reader})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(e.Close)
		k := &core{db: db, engine: e}
		text := "zebras sing in autumn"
		read := func() string {
			t.Helper()
			if err := k.takeModels(ctx); err != nil {
				t.Fatal(err)
			}
			got := e.Reader().Read(understand.Input{Text: text, Direction: crm.In})
			return got.Intent()
		}
		if got := read(); got == "repair" {
			t.Fatal("read as repair before anybody said so")
		}
		at := time.Now()
		if err := db.InTx(ctx, func(tx *store.Tx) error {
			return tx.AddExample(ctx, sqlgen.AddExampleParams{ID: crm.NewID(at), Text: text, Intent: "repair", Origin: originCorrection, Author: "Ada", At: crm.Micros(at)})
		}); err != nil {
			t.Fatal(err)
		}
		if got := read(); got != "repair" {
			t.Errorf("the other server reads %q, want repair", got)
		}
	})
}
