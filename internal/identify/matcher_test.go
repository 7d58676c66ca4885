package identify_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func (w *world) compare() int {
	w.Helper()
	n, err := w.s.Compare(context.Background(), 1<<30)
	if err != nil {
		w.Fatal(err)
	}
	return n
}

func (w *world) questions() []string {
	w.Helper()
	list, err := w.s.Questions(context.Background(), 0, crm.ID{}, 100)
	if err != nil {
		w.Fatal(err)
	}
	var out []string
	for _, q := range list {
		out = append(out, q.Reason)
	}
	return out
}

func TestCompareSuggestsDoublesAndMergesNobody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ctx := context.Background()
		a := w.one(crm.Mail, "email=greta.holmqvist@post.example Greta Holmqvist")
		b := w.one(crm.Mail, "email=greta.holmqvst@post.example Greta Holmqvist")
		w.one(crm.Mail, "email=otto.brand@post.example Otto Brand")
		if n := w.compare(); n != 3 {
			t.Errorf("%d customers were compared, want 3", n)
		}
		if w.compare() != 0 {
			t.Error("nothing changed, and customers were compared")
		}
		w.different(a, b, "likely doubles")
		list, err := w.s.Questions(ctx, 0, crm.ID{}, 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v, %v; want one question", list, err)
		}
		sum := 0.0
		for _, s := range list[0].Steps {
			sum += s.Bits
		}
		if d := sum - list[0].Bits; d > 1e-9 || d < -1e-9 || len(list[0].Steps) != 4 || list[0].Bits < 2 {
			t.Errorf("the bars of the waterfall add up to %.2f, the total is %.2f: %+v", sum, list[0].Bits, list[0].Steps)
		}
		w.now = w.now.Add(time.Hour)
		if err := w.s.Later(ctx, list[0].ID); err != nil {
			t.Fatal(err)
		}
		again, _ := w.s.Questions(ctx, 0, crm.ID{}, 10)
		if len(again) != 1 || again[0].At <= list[0].At {
			t.Error("later must put the question at the end")
		}
		if err := w.s.NeverLink(ctx, a.Profile.ID, b.Profile.ID, "Ada"); err != nil {
			t.Fatal(err)
		}
		// More is learned of both: what a person decided is never asked again.
		w.one(crm.Mail, "email=greta.holmqvist@post.example! Greta Holmqvist", "phone=+31612345678!")
		w.compare()
		if q := w.questions(); len(q) != 0 {
			t.Errorf("asked again: %v", q)
		}
	})
}

// A name that many bear makes nobody a likely double, costs a bounded number of
// rows, and hides nobody whom another key gives.
func TestCompareIsBounded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		var crowd [][]crm.Participant
		for i := range 120 {
			crowd = append(crowd, person(crm.From, fmt.Sprintf("email=%c%c%d.quist@post%d.example Anna Bakker", 'a'+i%26, 'a'+i/26, 1000+i*37, i)))
		}
		w.arrive(crm.Mail, crowd...)
		w.compare()
		double := w.one(crm.Mail, fmt.Sprintf("email=ha%d.quits@post7.example Anna Bakker", 1000+7*37))
		work, err := w.s.CompareCustomer(context.Background(), identify.Profile{Bucket: double.Profile.Bucket, ID: double.Profile.ID})
		if err != nil || work.Suggested != 1 || work.People > 2 || work.Rows > 300 {
			t.Errorf("%+v, %v", work, err)
		}
		again, err := w.s.CompareCustomer(context.Background(), identify.Profile{Bucket: double.Profile.Bucket, ID: double.Profile.ID})
		if err != nil || again != (identify.Work{}) {
			t.Errorf("nothing changed: %+v, %v", again, err)
		}
	})
}

func TestRelatedIsNoMerge(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ann := w.one(crm.Mail, "email=ann@nordwind.example Ann Lee")
		bob := w.one(crm.Mail, "email=bob@nordwind.example Bob Ray")
		w.one(crm.Mail, "email=cy@gmail.com Cy Fox")
		w.one(crm.Mail, "email=di@gmail.com Di Orr")
		w.compare()
		if q := w.questions(); len(q) != 0 {
			t.Errorf("colleagues are no doubles: %v", q)
		}
		got, err := w.s.Related(context.Background(), ann.Profile.ID)
		if err != nil || len(got) != 1 || got[0].Kind != "domain" || got[0].Value != "nordwind.example" || len(got[0].With) != 1 || got[0].With[0] != w.head(bob) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := w.s.Related(context.Background(), crm.NewID(w.now)); crm.CodeOf(err) != crm.NotFound {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestDecisionsAreLearned(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ctx := context.Background()
		before := w.s.Persons().Fields[0].M[2]
		for i := range 30 { // people here often write half of their name
			a := w.one(crm.Mail, fmt.Sprintf("email=vera%d@post.example Vera Lund%c Quist", i, 'a'+i%26))
			b := w.one(crm.Mail, fmt.Sprintf("email=vera%d@other.example Vera Smit%c", i, 'a'+i%26))
			if _, err := w.s.Merge(ctx, a.Profile.ID, b.Profile.ID, "Ada", ""); err != nil {
				t.Fatal(err)
			}
		}
		n, err := w.s.LearnDecisions(ctx)
		if err != nil || n != 30 {
			t.Fatalf("%d decisions, %v", n, err)
		}
		if after := w.s.Persons().Fields[0].M[2]; after < before+.2 {
			t.Errorf("share of half names among doubles: %.2f, before %.2f", after, before)
		}
	})
}
