package journey

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// world is a database with the rows that the earlier stages would have written,
// and a clock that tests set.
type world struct {
	t     testing.TB
	db    *store.DB
	s     *Service
	now   time.Time
	names map[string][]Profile // customer name to its profiles
}

func newWorld(t testing.TB, db *store.DB) *world {
	w := &world{t: t, db: db, names: map[string][]Profile{}}
	w.s = New(db, func() time.Time { return w.now })
	w.s.Adjacent = testAdjacent
	return w
}

// testAdjacent stands for the neighbours of the taxonomy.
func testAdjacent(a, b string) bool {
	pairs := map[string][]string{"add_service": {"service_start", "change_plan"}, "order_place": {"order_status", "delivery_late"}, "delivery_late": {"order_status"}}
	return slices.Contains(pairs[a], b)
}

var (
	testInteractions = store.Bulk{Table: "interactions", Key: 3, Conflict: "nothing", Cols: []store.Col{{Name: "bucket"}, {Name: "profile_id", Type: store.UUID},
		{Name: "id", Type: store.UUID}, {Name: "seq"}, {Name: "conversation_id", Type: store.UUID}, {Name: "continues", Type: store.UUID},
		{Name: "source", Type: store.Text}, {Name: "external_id", Type: store.Text}, {Name: "channel", Type: store.Text}, {Name: "kind", Type: store.Text},
		{Name: "direction", Type: store.Text}, {Name: "occurred_at"}, {Name: "received_at"}, {Name: "verified", Type: store.Bool}, {Name: "automatic", Type: store.Bool},
		{Name: "subject", Type: store.Text}, {Name: "text", Type: store.Text}, {Name: "quoted", Type: store.Text}, {Name: "html", Type: store.Text}, {Name: "attrs", Type: store.Text}}}

	testReadings = store.Bulk{Table: "readings", Key: 4, Conflict: "nothing", Cols: []store.Col{{Name: "bucket"}, {Name: "profile_id", Type: store.UUID},
		{Name: "interaction_id", Type: store.UUID}, {Name: "version"}, {Name: "data", Type: store.Text}}}

	testProfiles = store.Bulk{Table: "profiles", Key: 2, Conflict: "head_bucket = excluded.head_bucket, customer_id = excluded.customer_id",
		Cols: []store.Col{{Name: "bucket"}, {Name: "profile_id", Type: store.UUID}, {Name: "head_bucket"}, {Name: "customer_id", Type: store.UUID},
			{Name: "created_at"}, {Name: "name", Type: store.Text}}}

	testMembers = store.Bulk{Table: "customer_profiles", Key: 3, Conflict: "nothing", Cols: []store.Col{{Name: "bucket"}, {Name: "customer_id", Type: store.UUID},
		{Name: "profile_id", Type: store.UUID}, {Name: "profile_bucket"}}}
)

// customer makes a customer of n profiles, the first time it is named.
func (w *world) customer(name string, n int) []Profile {
	if members := w.names[name]; members != nil {
		return members
	}
	var members []Profile
	for i := range n {
		id := crm.DerivedID(time.Unix(0, 0), "profile", name, string(rune('0'+i)))
		members = append(members, Profile{Bucket: id.Bucket(), ID: id})
	}
	w.names[name] = members
	w.head(members)
	return members
}

// head writes the mapping of profiles to the customer of the first.
func (w *world) head(members []Profile) {
	w.tx(func(tx *store.Tx) error {
		var profiles, list [][]any
		for _, m := range members {
			profiles = append(profiles, []any{m.Bucket, m.ID, members[0].Bucket, members[0].ID, int64(0), ""})
			list = append(list, []any{members[0].Bucket, members[0].ID, m.ID, m.Bucket})
		}
		if err := tx.Write(w.t.Context(), &testProfiles, profiles, nil); err != nil {
			return err
		}
		return tx.Write(w.t.Context(), &testMembers, list, nil)
	})
}

func (w *world) tx(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.db.InTx(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// link writes the rows of the contacts and links them in one batch, as the flow
// does.
func (w *world) link(contacts []*Contact) {
	w.t.Helper()
	w.tx(func(tx *store.Tx) error {
		ctx := context.Background()
		var rows, readings [][]any
		for _, c := range contacts {
			attrs := "{}"
			if c.Agent {
				attrs = `{"participants":[{"role":"agent"}]}`
			}
			rows = append(rows, []any{c.Profile.Bucket, c.Profile.ID, c.ID, int64(1), c.ConversationID, crm.ID{}, "test", c.ID.String(),
				string(c.Channel), string(c.Kind), string(c.Direction), crm.Micros(c.At), crm.Micros(c.At), true, c.Automatic, c.Subject, c.Text, "", "", attrs})
			data, err := json.Marshal(c.Reading)
			if err != nil {
				return err
			}
			if c.Reading != nil {
				readings = append(readings, []any{c.Profile.Bucket, c.Profile.ID, c.ID, int64(1), string(data)})
			}
		}
		if err := tx.Write(ctx, &testInteractions, rows, nil); err != nil {
			return err
		}
		if err := tx.Write(ctx, &testReadings, readings, nil); err != nil {
			return err
		}
		next, err := lockMembers(ctx, tx, contacts)
		if err != nil {
			return err
		}
		return w.s.Link(ctx, tx, w.now, contacts, next)
	})
}

// linkOnly links contacts in one batch, without the rows of earlier stages.
func (w *world) linkOnly(contacts []*Contact) {
	w.t.Helper()
	w.tx(func(tx *store.Tx) error {
		next, err := lockMembers(context.Background(), tx, contacts)
		if err != nil {
			return err
		}
		return w.s.Link(context.Background(), tx, w.now, contacts, next)
	})
}

// lockMembers locks the buckets of all member profiles, as the flow does.
func lockMembers(ctx context.Context, tx *store.Tx, contacts []*Contact) (func(int64) int64, error) {
	var buckets []int64
	for _, c := range contacts {
		for _, m := range c.Members {
			buckets = append(buckets, m.Bucket)
		}
	}
	slices.Sort(buckets)
	buckets = slices.Compact(buckets)
	n := make([]int64, len(buckets))
	for i := range n {
		n[i] = int64(len(contacts))
	}
	first, err := tx.LockBuckets(ctx, buckets, n)
	if err != nil {
		return nil, err
	}
	return func(b int64) int64 {
		v, ok := first[b]
		if !ok {
			panic("a bucket that is not locked")
		}
		first[b]++
		return v
	}, nil
}

// journeys reads all journeys of the profiles, from the oldest to the newest.
func (w *world) journeys(members []Profile) []*record {
	w.t.Helper()
	p := &person{}
	w.tx(func(tx *store.Tx) error {
		l := w.s.ofProfiles(time.Unix(0, 0))
		var keys [][]any
		for _, m := range members {
			keys = append(keys, []any{m.Bucket, m.ID})
		}
		return tx.Lookup(context.Background(), l, keys, func(found store.Found) error {
			raw := &rawRecord{}
			p.raw = append(p.raw, raw)
			return raw.scan(func(dest ...any) error { _, err := found(dest...); return err })
		})
	})
	if err := p.decode(); err != nil {
		w.t.Fatal(err)
	}
	return p.journeys
}
