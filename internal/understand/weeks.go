package understand

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// CountJob is the kind of the job that counts what contacts were read as.
const CountJob = "readings_count"

// What a count looks at, and how long it counts: history that is imported, and
// what is erased, changes weeks that are long over.
const (
	WeeksBack   = 13
	weekEnough  = 5000   // contacts of a week; of a larger one, whole buckets drawn at random
	bucketMost  = 10_000 // contacts of a bucket in a week
	countAgain  = time.Hour
	countOld    = 24 * time.Hour
	weekLength  = 7 * 24 * time.Hour
	settlesSoon = 8 * 24 * time.Hour // after its start a week is read once a day only
)

// Week is what the contacts of a week were read as when they came in.
type Week struct {
	From      time.Time        // its Monday, UTC
	At        time.Time        // when it was counted
	Contacts  int              // of customers; an estimate when fewer were looked at
	Looked    int              // that the figures are made of
	Customers int              // who wrote those
	Unknown   int              // of Looked, what no intent was sure enough for
	Labelled  int              // of Looked, what took the label of a nearly equal text
	Intents   map[string]int64 // of Looked
}

// WeekOf is the Monday, UTC, of the week that t is in.
func WeekOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
}

// readContact is a contact with what was read in it at first.
type readContact struct {
	id, profile crm.ID
	readAs      string // '' unknown
	confidence  int64  // in parts of 10,000
	labelled    bool
}

// readPool reads contacts of customers in a time: all, or where those are more
// than enough, those of buckets in a random order. A bucket is a hash of whose
// contact it is, so it is as good as a draw. What came through a restricted inbox
// is its teams' business alone. contacts is how many there are, about.
func readPool(ctx context.Context, q *sqlgen.Queries, since, until time.Time, enough int, rng *rand.Rand) (pool []readContact, contacts int, err error) {
	restricted, err := restrictedSources(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	for n, bucket := range rng.Perm(crm.Buckets) {
		if len(pool) >= enough {
			return pool, len(pool) * crm.Buckets / n, nil
		}
		rows, err := q.ReadContacts(ctx, sqlgen.ReadContactsParams{Bucket: int64(bucket), Since: crm.FirstID(since), Until: crm.FirstID(until), N: bucketMost})
		if err != nil {
			return nil, 0, fmt.Errorf("read what contacts were read as: %w", err)
		}
		for _, r := range rows {
			if restricted[r.Source] {
				continue
			}
			c, err := readContactOf(r)
			if err != nil {
				return nil, 0, err
			}
			pool = append(pool, c)
		}
	}
	return pool, len(pool), nil
}

func readContactOf(r sqlgen.ReadContactsRow) (readContact, error) {
	var read struct {
		Unknown  bool            `json:"unknown"`
		Labelled json.RawMessage `json:"labelled"`
		Intents  []struct {
			Name       string  `json:"name"`
			Confidence float64 `json:"confidence"`
		} `json:"intents"`
	}
	c := readContact{id: r.ID, profile: r.ProfileID}
	if err := json.Unmarshal([]byte(r.Data), &read); err != nil {
		return c, fmt.Errorf("reading of %s: %w", r.ID, err)
	}
	c.labelled = len(read.Labelled) > 0
	if len(read.Intents) > 0 {
		c.confidence = int64(read.Intents[0].Confidence*10_000 + .5)
		if !read.Unknown && read.Intents[0].Name != noIntent {
			c.readAs = read.Intents[0].Name
		}
	}
	return c, nil
}

// Count brings the counts of the last weeks up to date. Each is a short
// transaction of its own.
func Count(ctx context.Context, db *store.DB, now time.Time) error {
	have, err := Weeks(ctx, db.Read(), now)
	if err != nil {
		return err
	}
	for _, from := range dueWeeks(have, now) {
		w, err := countWeek(ctx, db.Read(), from, now)
		if err != nil {
			return err
		}
		data, err := json.Marshal(w.Intents)
		if err != nil {
			return err
		}
		err = db.InTx(ctx, func(tx *store.Tx) error {
			return tx.PutReadingWeek(ctx, sqlgen.PutReadingWeekParams{Week: crm.Micros(from), At: crm.Micros(now), Contacts: int64(w.Contacts), Looked: int64(w.Looked),
				Customers: int64(w.Customers), Unknown: int64(w.Unknown), Labelled: int64(w.Labelled), Data: string(data)})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// dueWeeks are the weeks that must be counted, the newest first.
func dueWeeks(have []Week, now time.Time) []time.Time {
	var due []time.Time
	for n := range WeeksBack {
		if from := WeekOf(now).AddDate(0, 0, -7*n); dueWeek(have, from, now) {
			due = append(due, from)
		}
	}
	return due
}

func dueWeek(have []Week, from, now time.Time) bool {
	for _, w := range have {
		if w.From.Equal(from) {
			age := now.Sub(w.At)
			return age >= countOld || age >= countAgain && now.Sub(from) < settlesSoon
		}
	}
	return true
}

func countWeek(ctx context.Context, q *sqlgen.Queries, from, now time.Time) (Week, error) {
	w := Week{From: from, At: now, Intents: map[string]int64{}}
	// The same draw each time: a count that is done again differs by its contacts only.
	rng := rand.New(rand.NewPCG(uint64(from.Unix()), 0x5eed)) //nolint:gosec // reproducible, not secret
	pool, contacts, err := readPool(ctx, q, from, from.Add(weekLength), weekEnough, rng)
	if err != nil {
		return w, err
	}
	w.Contacts, w.Looked = contacts, len(pool)
	customers := map[crm.ID]bool{}
	for _, c := range pool {
		customers[c.profile] = true
		if c.labelled {
			w.Labelled++
		}
		if c.readAs == "" {
			w.Unknown++
		} else {
			w.Intents[c.readAs]++
		}
	}
	w.Customers = len(customers)
	return w, nil
}

// Weeks are the counts of the last weeks, the oldest first.
func Weeks(ctx context.Context, q *sqlgen.Queries, now time.Time) ([]Week, error) {
	rows, err := q.ReadingWeeks(ctx, crm.Micros(WeekOf(now).AddDate(0, 0, -7*(WeeksBack-1))))
	if err != nil {
		return nil, fmt.Errorf("read the counts of the weeks: %w", err)
	}
	out := make([]Week, len(rows))
	for i, r := range rows {
		out[i] = Week{From: crm.FromMicros(r.Week), At: crm.FromMicros(r.At), Contacts: int(r.Contacts), Looked: int(r.Looked), Customers: int(r.Customers),
			Unknown: int(r.Unknown), Labelled: int(r.Labelled)}
		if err := json.Unmarshal([]byte(r.Data), &out[i].Intents); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Counted gives the counts of the last weeks as they are, and asks for new ones
// in the background when they are an hour old. counting: those are under way.
func Counted(ctx context.Context, db *store.DB, now time.Time) (weeks []Week, counting bool, err error) {
	if weeks, err = Weeks(ctx, db.Read(), now); err != nil {
		return nil, false, err
	}
	if len(dueWeeks(weeks, now)) == 0 {
		return weeks, false, nil
	}
	waiting, err := db.Read().JobsOfKind(ctx, CountJob)
	if err != nil {
		return nil, false, err
	}
	if len(waiting) > 0 && waiting[0].State != "dead" {
		return weeks, true, nil
	}
	return weeks, true, db.InTx(ctx, func(tx *store.Tx) error {
		return jobs.Add(ctx, tx, now, jobs.Job{Kind: CountJob, Key: "weeks"})
	})
}
