package identify

import (
	"context"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// People are asked about likely doubles, not about strangers of one name.
func TestQuestionsAreWorthAsking(t *testing.T) {
	t.Parallel()
	got := map[string]float64{}
	for _, f := range EvaluateQuestions([]uint64{1, 2, 3}, 3000) {
		got[f.Name] = f.Value
	}
	if got["questions_per_stranger"] > .02 || got["questions_precision"] < .95 || got["questions_recall"] < .45 || got["questions_compared"] < .85 {
		t.Errorf("%v", got)
	}
}

// The size of the firm is known without counting it.
func TestCountCustomers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		stored := 0
		for _, want := range []int{0, 3, 700, 9000} {
			var rows [][]any
			for ; stored < want; stored++ {
				p := profileOf(crm.DerivedID(crm.FromMicros(1e15), "count", string(rune(stored))))
				rows = append(rows, []any{p.Bucket, p.ID, p.ID, p.Bucket})
			}
			err := db.InTx(ctx, func(tx *store.Tx) error {
				sortRows(rows, 2)
				if err := tx.Write(ctx, &writeMembers, rows, nil); err != nil {
					return err
				}
				got, err := countCustomers(ctx, tx)
				if want < 1000 && got != want || got < want*8/10 || got > want*12/10 {
					t.Errorf("%d customers, counted %d", want, got)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
