package records_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/store/storetest/fixture"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// world is two customers, of whom Jan wrote once, and a clock that can be moved.
type world struct {
	*testing.T
	db            *store.DB
	s             *records.Service
	now           time.Time
	jan, eva      crm.ID
	wrote, theirs crm.ID
}

func setup(t *testing.T, db *store.DB) *world {
	w := &world{T: t, db: db, now: noon}
	w.s = records.New(db, func() time.Time { return w.now })
	var b fixture.Batch
	w.jan, w.eva = b.Person("Jan", noon), b.Person("Eva", noon)
	w.wrote = b.Contact(fixture.Contact{Profile: w.jan, At: noon, Subject: "Moving", Text: "We move to\n  Utrecht in May."})
	w.theirs = b.Contact(fixture.Contact{Profile: w.eva, At: noon, Text: "We move to Utrecht in May."})
	w.must(b.Write(context.Background(), db))
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// known lists the texts of Jan's facts.
func (w *world) known() string {
	w.Helper()
	facts, err := w.s.Facts(context.Background(), []crm.ID{w.jan})
	w.must(err)
	var texts []string
	for _, f := range facts {
		texts = append(texts, f.Text)
	}
	return strings.Join(texts, "; ")
}

// changes lists what people changed about Jan, the newest first.
func (w *world) changes() []string {
	w.Helper()
	last := crm.NewID(noon.AddDate(10, 0, 0))
	rows, err := w.db.Read().ChangesOfProfile(context.Background(), sqlgen.ChangesOfProfileParams{Bucket: w.jan.Bucket(), ProfileID: w.jan, Before: last, MaxRows: 100})
	w.must(err)
	var out []string
	for _, r := range rows {
		out = append(out, r.Kind+" by "+r.Author+": "+r.Text)
	}
	return out
}

func TestFactLastsUntilItsEndOrRemoval(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ctx := context.Background()
		f, err := w.s.AddFact(ctx, records.Fact{Profile: w.jan, Text: "Moves\tin May", Quote: "we MOVE to utrecht", InteractionID: w.wrote, Purpose: "planning", Author: "Anna"})
		w.must(err)
		if f.Text != "Moves in May" || f.Source != "test" || !f.ExpiresAt.Equal(noon.Add(365*24*time.Hour)) {
			t.Errorf("kept %+v", f)
		}
		w.now = noon.Add(time.Minute)
		_, err = w.s.AddFact(ctx, records.Fact{Profile: w.jan, Text: "On holiday", Purpose: "planning", Author: "Anna", ExpiresAt: noon.Add(time.Hour)})
		w.must(err)
		if got := w.known(); got != "On holiday; Moves in May" {
			t.Errorf("known: %q", got)
		}
		w.now = noon.Add(time.Hour)
		if got := w.known(); got != "Moves in May" {
			t.Errorf("known after the end of one: %q", got)
		}
		for range 2 { // the second time changes nothing
			w.must(w.s.RemoveFact(ctx, f, "Ben"))
		}
		if got := w.known(); got != "" {
			t.Errorf("known after a removal: %q", got)
		}
		removed, err := w.s.Fact(ctx, []crm.ID{w.eva, w.jan}, f.ID)
		w.must(err)
		if removed.RemovedBy != "Ben" || !removed.RemovedAt.Equal(w.now) {
			t.Errorf("removed: %+v", removed)
		}
		w.now = w.now.Add(time.Minute)
		for range 2 {
			w.must(w.s.RestoreFact(ctx, f, "Ben"))
		}
		back, err := w.s.Fact(ctx, []crm.ID{w.jan}, f.ID)
		w.must(err)
		if back != f {
			t.Errorf("came back as %+v, was %+v", back, f)
		}
		want := []string{"fact by Ben: Brought back: Moves in May", "fact_removed by Ben: Removed: Moves in May",
			"fact by Anna: Learned: On holiday", "fact by Anna: Learned: Moves in May"}
		if got := w.changes(); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("changes: %q", got)
		}
	})
}

func TestFactIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		good := records.Fact{Profile: w.jan, Text: "Moves", Quote: "Utrecht", InteractionID: w.wrote, Purpose: "planning", Author: "Anna"}
		for pointer, bad := range map[string][]func(f *records.Fact){
			"/text":           {func(f *records.Fact) { f.Text = " \x00\n" }, func(f *records.Fact) { f.Text = strings.Repeat("é", 1001) }},
			"/topic":          {func(f *records.Fact) { f.Topic = strings.Repeat("é", 81) }},
			"/purpose":        {func(f *records.Fact) { f.Purpose = "" }, func(f *records.Fact) { f.Purpose = strings.Repeat("é", 201) }},
			"/quote":          {func(f *records.Fact) { f.Quote = "Amsterdam" }, func(f *records.Fact) { f.Quote = "Utrecht\x00" }},
			"/interaction_id": {func(f *records.Fact) { f.InteractionID = crm.ID{} }, func(f *records.Fact) { f.InteractionID = w.theirs }, func(f *records.Fact) { f.InteractionID = crm.NewID(noon) }},
			"/expires_at":     {func(f *records.Fact) { f.ExpiresAt = noon }},
		} {
			for i, damage := range bad {
				f := good
				damage(&f)
				_, err := w.s.AddFact(context.Background(), f)
				var e *crm.Error
				if !errors.As(err, &e) || e.Code != crm.Invalid || e.Pointer != pointer {
					t.Errorf("%s, damage %d: %v", pointer, i, err)
				}
			}
		}
		if got, log := w.known(), w.changes(); got != "" || len(log) != 0 {
			t.Errorf("kept %q and %q", got, log)
		}
	})
}

// A change and its record are there together or not at all.
func TestRecordsFollowTheirTransaction(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ctx := context.Background()
		undone := errors.New("the change failed")
		for _, end := range []error{undone, nil} {
			err := db.InTx(ctx, func(tx *store.Tx) error {
				long := strings.Repeat("é", 400) // 800 bytes, cut at a rune
				if err := records.Note(ctx, tx, records.Change{Profile: w.jan, At: noon, Author: "Anna", Kind: records.Merged, Text: long}); err != nil {
					return err
				}
				if err := records.Audit(ctx, tx, noon, "Anna", "team changed", "Billing", "{}"); err != nil {
					return err
				}
				return end
			})
			if !errors.Is(err, end) {
				t.Fatal(err)
			}
			trail, err := db.Read().AuditTrail(ctx, sqlgen.AuditTrailParams{At: crm.Micros(noon), ID: crm.NewID(noon.AddDate(1, 0, 0)), MaxRows: 10})
			w.must(err)
			want := "merge by Anna: " + strings.Repeat("é", 250) + "…"
			got := w.changes()
			if end != nil && (len(got) != 0 || len(trail) != 0) {
				t.Errorf("after a failure: %q, %v", got, trail)
			}
			if end == nil && (len(got) != 1 || got[0] != want || len(trail) != 1 || trail[0].Verb != "team changed") {
				t.Errorf("written: %q, %v", got, trail)
			}
		}
	})
}
