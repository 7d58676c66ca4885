package flow_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func init() {
	// Each check runs transactions of two programs on a real database, so fewer
	// checks than rapid's own default; the flag still says otherwise.
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
}

// nodes are two programs on one database.
func nodes(t *testing.T, db *store.DB) []*bench {
	return []*bench{setup(t, db), setup(t, storetest.Open(t, db.URL))}
}

// told is what a random item says; the same number always says the same, at a
// time that a redelivery may move.
func told(run string, n int, late bool) crm.Item {
	at := monday.Add(time.Duration(n*37) * time.Minute)
	if late {
		at = at.Add(time.Duration(n+1) * time.Second)
	}
	who := fmt.Sprintf("%s-%d", run, n%4)
	mailTo, line, account := who+"@x.example", fmt.Sprintf("+3161%07d", hash(who)), "acct-"+who
	texts := []string{"When does my text plan start?", "You have charged me twice for invoice 4711.", "Third time I ask. I want to cancel.", "Thanks, that works."}
	item := crm.Item{Raw: []byte(fmt.Sprint(run, n)), RawType: "text/plain", MayVerify: true, Envelope: crm.Envelope{Source: "s-" + run, ExternalID: fmt.Sprint(n),
		Channel: crm.Mail, Direction: crm.In, OccurredAt: at, Text: texts[n%len(texts)]}}
	e := &item.Envelope
	switch n % 7 {
	case 0: // an order proves account, address and number at once
		e.Channel, e.Kind = crm.Web, crm.KindOrder
		e.Participants = []crm.Participant{p(crm.From, crm.UserID, account, "", true), p(crm.From, crm.Email, mailTo, "", true), p(crm.From, crm.PhoneNumber, line, "", true)}
	case 1, 2:
		e.Channel, e.Kind = crm.Phone, crm.KindCall
		e.Participants = []crm.Participant{p(crm.From, crm.PhoneNumber, line, "", false)}
	case 3:
		e.Channel = crm.Chat
		e.Participants = []crm.Participant{p(crm.From, crm.AnonymousID, "device-"+who, "", false), p(crm.From, crm.Email, mailTo, "", false)}
	default:
		e.Participants = []crm.Participant{p(crm.From, crm.Email, mailTo, "", false)}
		e.Thread = crm.Thread{MessageID: fmt.Sprintf("<%s.%d>", run, n), InReplyTo: fmt.Sprintf("<%s.%d>", run, n-4)}
	}
	return item
}

func hash(s string) int {
	n := 0
	for _, r := range s {
		n = (n*31 + int(r)) % 10_000_000
	}
	return n
}

// Whatever is sent how often, together or apart, through whichever node: each
// (source, external id) is one contact, and everybody is told the same of it.
func TestEachContactIsTakenOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		two := nodes(t, db)
		count := 0
		rapid.Check(t, func(rt *rapid.T) {
			count++
			run := fmt.Sprint("r", count)
			type delivery struct {
				N    int
				Late bool
			}
			one := rapid.Custom(func(rt *rapid.T) delivery {
				return delivery{rapid.IntRange(0, 19).Draw(rt, "n"), rapid.Bool().Draw(rt, "late")}
			})
			plan := rapid.SliceOfN(rapid.SliceOfN(rapid.SliceOfN(one, 1, 12), 1, 6), 2, 2).Draw(rt, "batches of each node")
			answers := map[int][]flow.Result{}
			var mu sync.Mutex
			var wg sync.WaitGroup
			for node, batches := range plan {
				for _, batch := range batches {
					wg.Go(func() {
						var items []crm.Item
						for _, d := range batch {
							items = append(items, told(run, d.N, d.Late))
						}
						res, err := two[node].e.Submit(context.Background(), items)
						if err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						defer mu.Unlock()
						for i, d := range batch {
							answers[d.N] = append(answers[d.N], res[i])
						}
					})
				}
			}
			wg.Wait()
			for n, results := range answers {
				fresh := 0
				for _, r := range results {
					if r.Status == flow.StatusNew {
						fresh++
					} else if r.Status != flow.StatusRepeated {
						rt.Fatalf("item %d: %s, %v", n, r.Status, r.Problem)
					}
					if r.ID != results[0].ID || r.ProfileID != results[0].ProfileID || r.ConversationID != results[0].ConversationID || r.Reading == nil {
						rt.Fatalf("item %d: one was told %+v, another %+v", n, results[0], r)
					}
				}
				if fresh != 1 {
					rt.Fatalf("item %d was new %d times in %d answers", n, fresh, len(results))
				}
				now := two[0].submit(told(run, n, true))[0]
				same := two[1].submit(told(run, n, false))[0]
				if now.Status != flow.StatusRepeated || same.ID != now.ID || same.CustomerID != now.CustomerID || same.JourneyID != now.JourneyID ||
					now.ID != results[0].ID || same.ConversationID != now.ConversationID {
					rt.Fatalf("item %d: the nodes disagree: %+v and %+v", n, now, same)
				}
			}
			if wrong := sound(t, db); len(wrong) > 0 {
				rt.Fatalf("%d things are wrong, such as %s", len(wrong), wrong[0])
			}
		})
	})
}

// Two nodes that see an identifier for the first time at once make one profile.
func TestOneProfileForANewKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		two := nodes(t, db)
		for key := range 15 {
			const each = 3
			results := make([]flow.Result, 2*each)
			var wg sync.WaitGroup
			for i := range results {
				wg.Go(func() {
					item := mail(fmt.Sprint("k", key, ".", i), monday.Add(time.Duration(i)*time.Hour), fmt.Sprintf("new%d@x.example", key), "", "Hello, is anybody there?", "")
					res, err := two[i%2].e.Submit(context.Background(), []crm.Item{item})
					if err != nil {
						t.Error(err)
						return
					}
					results[i] = res[0]
				})
			}
			wg.Wait()
			for i, r := range results {
				if r.Status != flow.StatusNew || r.ProfileID != results[0].ProfileID || r.CustomerID != r.ProfileID {
					t.Errorf("key %d, contact %d: %+v, want the profile %v", key, i, r, results[0].ProfileID)
				}
			}
		}
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
	})
}

// People merge and undo on both nodes while contacts come in. However it falls
// out, customers are the sets of their profiles, and none is lost.
func TestMergesOfTwoNodes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		two := nodes(t, db)
		ctx := context.Background()
		for round := range 8 {
			const people = 5
			var items []crm.Item
			for i := range people {
				items = append(items, mail(fmt.Sprintf("m%d.%d", round, i), monday.Add(time.Duration(i)*time.Hour), fmt.Sprintf("m%d-%d@x.example", round, i), "", "Hello", ""))
			}
			first := two[0].submit(items...)
			var wg sync.WaitGroup
			merges := make([]crm.ID, people-1)
			for i := range people - 1 {
				wg.Go(func() {
					id, err := two[i%2].e.Identify.Merge(ctx, first[i].ProfileID, first[i+1].ProfileID, "Ada", "")
					if err != nil {
						t.Error(err)
					}
					merges[i] = id
				})
				wg.Go(func() {
					res, err := two[(i+1)%2].e.Submit(ctx, []crm.Item{mail(fmt.Sprintf("n%d.%d", round, i), monday.Add(99*time.Hour), fmt.Sprintf("m%d-%d@x.example", round, i), "", "Hello again", "")})
					if err != nil || res[0].ProfileID != first[i].ProfileID {
						t.Errorf("%+v, %v", res, err)
					}
				})
			}
			wg.Wait()
			if wrong := sound(t, db); len(wrong) > 0 {
				t.Fatalf("after merging: %q", wrong[:min(3, len(wrong))])
			}
			for i, again := range two[1].submit(items...) {
				if again.CustomerID != first[0].CustomerID {
					t.Errorf("round %d: person %d is not with the others", round, i)
				}
			}
			for i, id := range merges {
				wg.Go(func() {
					if err := two[i%2].e.Identify.Undo(ctx, id, "Bob"); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if wrong := sound(t, db); len(wrong) > 0 {
				t.Fatalf("after undoing: %q", wrong[:min(3, len(wrong))])
			}
			for i, again := range two[0].submit(items...) {
				if again.CustomerID != first[i].ProfileID {
					t.Errorf("round %d: person %d is still with somebody", round, i)
				}
			}
		}
	})
}

// A merge moves no contact: timelines are the same bytes before, between and
// after, and an undo gives back the very customers and journeys.
func TestTimelinesOutliveMerges(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		ctx := context.Background()
		var items []crm.Item
		for n := range 24 {
			items = append(items, told("t", n, false))
		}
		res := b.submit(items...)
		var customers []crm.ID
		for _, r := range b.submit(items...) {
			if !slices.Contains(customers, r.CustomerID) {
				customers = append(customers, r.CustomerID)
			}
		}
		if len(customers) < 2 {
			t.Fatalf("%d customers", len(customers))
		}
		timeline := []string{"interactions", "raws", "conversations", "readings", "profile_keys", "identity_keys"}
		computed := []string{"profiles", "customer_profiles", "customers", "journeys", "journey_links"}
		before := storetest.Dump(t, db, nil, timeline...)
		compare := func(when, table string, got, want []string) {
			t.Helper()
			if d := storetest.Diff(got, want); d != "" {
				t.Errorf("%s %s differ:\n%s", when, table, d)
			}
		}
		hidden := []string{"seq", "author", "at", "reason"}
		stood := storetest.Dump(t, db, hidden, computed...)
		id, err := b.e.Identify.Merge(ctx, customers[0], customers[1], "Ada", "same person")
		if err != nil {
			t.Fatal(err)
		}
		compare("after a merge", "timelines", storetest.Dump(t, db, nil, timeline...), before)
		merged := storetest.Dump(t, db, hidden, computed...)
		again := b.submit(items...)
		for i, r := range again {
			if r.ID != res[i].ID || r.ProfileID != res[i].ProfileID || r.ConversationID != res[i].ConversationID {
				t.Errorf("contact %d moved with the merge: %+v, was %+v", i, r, res[i])
			}
		}
		if err := b.e.Identify.Undo(ctx, id, "Ada"); err != nil {
			t.Fatal(err)
		}
		compare("after an undo", "timelines", storetest.Dump(t, db, nil, timeline...), before)
		compare("after an undo", "customers and journeys", storetest.Dump(t, db, hidden, computed...), stood)
		if _, err := b.e.Identify.Merge(ctx, customers[0], customers[1], "Ada", "same person"); err != nil {
			t.Fatal(err)
		}
		compare("after merging again", "timelines", storetest.Dump(t, db, nil, timeline...), before)
		compare("after merging again", "customers and journeys", storetest.Dump(t, db, hidden, computed...), merged)
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
	})
}
