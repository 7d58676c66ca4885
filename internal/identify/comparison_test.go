package identify_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// crowd lets people of few names arrive, one by one, so that the order of the
// feed is the same every time.
func (w *world) crowd(n int) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range n {
		given, family := fmt.Sprintf("%c%cna", 'a'+r.IntN(3), 'a'+r.IntN(4)), fmt.Sprintf("sur%c%c", 'a'+r.IntN(3), 'a'+r.IntN(3))
		if i%4 == 0 { // more than are compared for a name alone
			given, family = "anna", "bakker"
		}
		local := fmt.Sprintf("%s.%s%d", given, family, r.IntN(4))
		idents := []string{fmt.Sprintf("email=%s@post%d.example %s %s", local[r.IntN(2):], r.IntN(9), given, family)}
		if r.IntN(3) == 0 {
			idents = append(idents, fmt.Sprintf("phone=+3161234%04d!", r.IntN(300)))
		}
		w.one(crm.Mail, idents...)
	}
}

// Customers of one batch see each other as if each had been written before the
// next was read, and what is read in bulk is what is read one by one.
func TestCompareInBatchesIsOneByOne(t *testing.T) {
	t.Parallel()
	tables := []string{"suggestions", "match_keys", "match_customers"}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		other := storetest.SQLite(t)
		w, single := setup(t, db), setup(t, other)
		for range 2 { // the second time some are known already
			w.crowd(10*identify.CompareBatch + 80)
			single.crowd(10*identify.CompareBatch + 80)
			w.compare()
			ctx := context.Background()
			behind, err := other.Read().MatchBehind(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range behind {
				rows, err := other.Read().MatchChanged(ctx, sqlgen.MatchChangedParams{Bucket: b.Bucket, Seq_2: b.NextSeq, N: 1e6})
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range rows {
					if _, err := single.s.CompareCustomer(ctx, identify.Profile{Bucket: b.Bucket, ID: r.CustomerID}); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		got, want := w.rows(tables...), single.rows(tables...)
		if got != want {
			t.Errorf("%d and %d bytes of rows", len(got), len(want))
		}
		if n := strings.Count(got, "suggestions "); n < 50 {
			t.Errorf("%d suggestions tell nothing", n)
		}
	})
}

// What a person decides between reading and writing wins.
func TestDecisionsWinOverAComparison(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ctx := context.Background()
		pair := func(name string) (a, b *identify.Subject) { // the first letter is missing, which nothing but the comparison sees
			return w.one(crm.Mail, "email="+name+".holmqvist@post.example "+name+" Holmqvist"), w.one(crm.Mail, "email="+name[1:]+".holmqvist@post.example "+name+" Holmqvist")
		}
		a, b := pair("greta")
		c, d := pair("otto")
		pair("beate")
		written, err := w.s.CompareWith(ctx, func() error {
			if err := w.s.NeverLink(ctx, a.Profile.ID, b.Profile.ID, "Ada"); err != nil {
				return err
			}
			_, err := w.s.Merge(ctx, c.Profile.ID, d.Profile.ID, "Ada", "")
			return err
		})
		if err != nil || !written {
			t.Fatalf("%v, %v", written, err)
		}
		if q := w.questions(); len(q) != 1 {
			t.Errorf("asked about %d pairs, want the one that nobody decided: %v", len(q), q)
		}
		if w.compare() == 0 {
			t.Error("who was merged meanwhile must be looked at again")
		}
		if q := w.questions(); len(q) != 1 {
			t.Errorf("asked about %d pairs later, want one: %v", len(q), q)
		}
	})
}

// Two servers that compare at once end where one would have: whoever writes
// second has not seen the other's customers, and looks again.
func TestTwoServersCompareAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ctx := context.Background()
		w.one(crm.Mail, "email=greta.holmqvist@post.example Greta Holmqvist")
		written, err := w.s.CompareWith(ctx, func() error {
			w.one(crm.Mail, "email=greta.holmqvst@post.example Greta Holmqvist")
			second := identify.New(db, func() time.Time { return w.now }, identify.Options{Region: "NL"})
			if n, err := second.Compare(ctx, 100); n != 2 || err != nil {
				return fmt.Errorf("%d customers, %w", n, err)
			}
			return nil
		})
		if written || err != nil {
			t.Errorf("written %v, %v: it knew only one of the two", written, err)
		}
		if n := w.compare(); n != 0 {
			t.Errorf("%d customers were compared again", n)
		}
		if q := w.questions(); len(q) != 1 {
			t.Errorf("%d questions, want one", len(q))
		}
	})
}

// Reading and comparing go on while somebody else writes, and the other way
// round.
func TestComparingHoldsNoWriter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		w.crowd(20)
		compared := errors.New("compared")
		err := db.InTx(context.Background(), func(*store.Tx) error {
			_, err := w.s.CompareWith(context.Background(), func() error { return compared })
			return err
		})
		if !errors.Is(err, compared) {
			t.Errorf("comparing within another's writing: %v", err)
		}
	})
}
