package flow_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// Two people decide about the same customers at once, on two nodes: one of them
// is told that it is too late, and what stands is one of the two decisions.
func TestDecisionsThatContradict(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		two := nodes(t, db)
		ctx := context.Background()
		for round := range 10 {
			pair := func(n string) (a, b crm.ID) {
				res := two[0].submit(mail(fmt.Sprint(n, round, "a"), monday, fmt.Sprint(n, round, "-a@x.example"), "", "Hello", ""),
					mail(fmt.Sprint(n, round, "b"), monday.Add(time.Hour), fmt.Sprint(n, round, "-b@x.example"), "", "Hello", ""))
				return res[0].ProfileID, res[1].ProfileID
			}
			together := func(f ...func() error) (failed int) {
				errs := make([]error, len(f))
				var wg sync.WaitGroup
				for i := range f {
					wg.Go(func() { errs[i] = f[i]() })
				}
				wg.Wait()
				for _, err := range errs {
					if err != nil {
						failed++
						if crm.CodeOf(err) != crm.Conflict {
							t.Error(err)
						}
					}
				}
				return failed
			}
			merge := func(node int, a, b crm.ID) func() error {
				return func() error { _, err := two[node].e.Identify.Merge(ctx, a, b, "Ada", ""); return err }
			}
			never := func(node int, a, b crm.ID) func() error {
				return func() error { return two[node].e.Identify.NeverLink(ctx, a, b, "Bob") }
			}
			a, b := pair("mm")
			if n := together(merge(0, a, b), merge(1, b, a)); n != 1 {
				t.Errorf("two merges of one pair: %d failed, want 1", n)
			}
			a, b = pair("mn")
			if n := together(merge(0, a, b), never(1, a, b)); n != 1 {
				t.Errorf("a merge and its prohibition: %d failed, want 1", n)
			}
			// A rule joins while a colleague forbids it.
			a, b = pair("rn")
			var after crm.ID
			n := together(never(1, a, b), func() error {
				item := mail(fmt.Sprint("rn", round, "c"), monday.Add(2*time.Hour), "", "", "Hello", "")
				item.MayVerify, item.Envelope.Channel = true, crm.Web
				item.Envelope.Participants = []crm.Participant{p(crm.From, crm.Email, fmt.Sprint("rn", round, "-a@x.example"), "", true), p(crm.From, "account", fmt.Sprint("acc", round), "", true)}
				second := item
				second.Envelope.ExternalID += "2"
				second.Envelope.Participants = []crm.Participant{p(crm.From, crm.Email, fmt.Sprint("rn", round, "-b@x.example"), "", true), p(crm.From, "account", fmt.Sprint("acc", round), "", true)}
				res, err := two[0].e.Submit(ctx, []crm.Item{item, second})
				if err == nil {
					after = res[1].CustomerID
				}
				return err
			})
			head := func(id crm.ID) crm.ID {
				for _, row := range rows(t, db, "profiles") {
					if row["profile_id"] == id {
						return row["customer_id"].(crm.ID)
					}
				}
				return crm.ID{}
			}
			if joined := head(a) == head(b); joined != (n == 1) || after != head(b) {
				t.Errorf("joined is %v, but the prohibition failed %d times (%v, %v)", joined, n, after, head(b))
			}
		}
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
	})
}

// Two people correct one contact at once: both readings are kept, and the later
// one stands.
func TestCorrectionsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		two := nodes(t, db)
		const each = 3
		first := two[0].submit(mail("c", monday, "jan@postvak.example", "", "When does it start?", ""))[0]
		names := two[0].e.Reader().IntentNames()
		var wg sync.WaitGroup
		for i := range 2 * each {
			wg.Go(func() {
				if err := two[i%2].e.Correct(context.Background(), first.ID, names[i], fmt.Sprint("person ", i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		versions := map[any]bool{}
		for _, r := range rows(t, db, "readings") {
			versions[r["version"]] = true
		}
		if len(versions) != 1+2*each || len(rows(t, db, "examples")) != 1 {
			t.Errorf("%d versions of the reading, want %d; %d examples, want 1", len(versions), 1+2*each, len(rows(t, db, "examples")))
		}
	})
}
