package journey

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// audit measures every journey of the profiles again from the rows and compares
// it with its own row: whatever happened, the two are the same.
func (w *world) audit(members []Profile) {
	w.t.Helper()
	stored := w.journeys(members)
	again := w.journeys(members)
	w.tx(func(tx *store.Tx) error { return w.s.remeasure(context.Background(), tx, w.now, again) })
	for i, r := range stored {
		again[i].Data.Reason, again[i].State = r.Data.Reason, r.State // both depend on when they were judged, as does when they are due
		again[i].DueAt = r.DueAt
		if a, b := fmt.Sprint(clean(r)), fmt.Sprint(clean(again[i])); a != b {
			w.t.Errorf("journey %s\nas stored:      %s\nmeasured again: %s", r.ID, a, b)
		}
	}
}

// clean is the row without what is no part of the journey.
func clean(r *record) []any {
	row, err := r.row(0)
	if err != nil {
		return []any{err}
	}
	return row
}

// TestManyAtOnce links contacts and moves them about from several goroutines;
// locks on buckets keep every journey equal to its contacts.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.now = monday.Add(90 * day)
		customers := [][]Profile{w.customer("a", 2), w.customer("b", 1), w.customer("c", 3)}
		intents := []string{"technical_fault", "wrong_charge", "roaming"}
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(g), 1))
				var mine []*Contact
				for i := range 12 {
					members := customers[r.IntN(len(customers))]
					p := members[r.IntN(len(members))]
					at := monday.Add(time.Duration(r.IntN(40*24*60)) * time.Minute)
					c := &Contact{Profile: p, CustomerID: members[0].ID, Members: members, Channel: crm.Mail, Kind: crm.KindMessage, At: at, Text: "Where is it?",
						Direction: []crm.Direction{crm.In, crm.In, crm.Out}[r.IntN(3)], ID: crm.DerivedID(at, fmt.Sprint(g, i)).InBucket(p.Bucket),
						ConversationID: crm.DerivedID(monday, fmt.Sprint(r.IntN(4))).InBucket(p.Bucket),
						Reading:        &crm.Reading{Intents: []crm.Label{{Name: intents[r.IntN(3)], Confidence: .9}}, Asks: []crm.Ask{{Text: "Where is it?", Question: true}}}}
					w.link([]*Contact{c})
					if !c.JourneyID.IsZero() {
						mine = append(mine, c)
					}
					if len(mine) < 2 {
						continue
					}
					one, two := mine[r.IntN(len(mine))], mine[r.IntN(len(mine))]
					var err error
					switch r.IntN(3) {
					case 0:
						_, err = w.s.Move(context.Background(), one.ID, two.JourneyID, "m")
					case 1:
						_, err = w.s.Move(context.Background(), one.ID, crm.ID{}, "m")
					case 2:
						err = w.s.Merge(context.Background(), one.JourneyID, two.JourneyID, "m")
					}
					if code := crm.CodeOf(err); err != nil && code != crm.Invalid && code != crm.NotFound {
						t.Errorf("a change by hand: %v", err)
					}
				}
			})
		}
		wg.Wait()
		for _, members := range customers {
			w.audit(members)
		}
		var links, linked int64
		if err := db.Reader().QueryRow("SELECT count(*), count(j.id) FROM journey_links l LEFT JOIN journeys j ON j.bucket = l.journey_bucket AND j.id = l.journey_id").Scan(&links, &linked); err != nil || links != linked || links == 0 {
			t.Errorf("%d links, %d with a journey: %v", links, linked, err)
		}
	})
}
