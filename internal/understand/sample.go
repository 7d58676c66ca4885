package understand

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// States of a contact of a sample.
const (
	CheckOpen    = "open"
	CheckDone    = "checked"
	CheckSkipped = "skipped"
)

// Sample is a random sample of readings for people to check. Who corrected
// something before does not matter: a sample without what was corrected already
// would look better than it is.
type Sample struct {
	Day          int64 // names it
	At           time.Time
	Author       string
	Since, Until time.Time // contacts of this time
	Contacts     int       // that it was drawn from, about
	Items        []sqlgen.ReadingChecksRow
}

// NextSample is when another sample may be drawn: their times don't overlap, so
// that no contact counts twice.
func (s *Sample) NextSample() time.Time { return s.Until.Add(weekLength) }

// NewestSample reads the sample that was drawn last, as it stands; nil: none.
func NewestSample(ctx context.Context, q *sqlgen.Queries) (*Sample, error) {
	s, err := newestSample(ctx, q)
	if s == nil || err != nil {
		return nil, err
	}
	s.Items, err = q.ReadingChecks(ctx, s.Day)
	return s, err
}

func newestSample(ctx context.Context, q *sqlgen.Queries) (*Sample, error) {
	row, err := q.NewestReadingSample(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the sample: %w", err)
	}
	return &Sample{Day: row.Day, At: crm.FromMicros(row.At), Author: row.Author, Since: crm.FromMicros(row.Since), Until: crm.FromMicros(row.Until), Contacts: int(row.Contacts)}, nil
}

// DrawSample draws readings of the last seven days at random.
func DrawSample(ctx context.Context, db *store.DB, now time.Time, author string, size int, rng *rand.Rand) error {
	since := now.Add(-weekLength)
	pool, contacts, err := readPool(ctx, db.Read(), since, now, weekEnough, rng)
	if err != nil {
		return err
	}
	if len(pool) == 0 {
		return crm.Errorf(crm.Conflict, "No customer has written in the last seven days, so there is nothing to draw from.")
	}
	rng.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	pool = pool[:min(size, len(pool))]
	return db.InTx(ctx, func(tx *store.Tx) error {
		last, err := newestSample(ctx, tx.Queries)
		if err != nil {
			return err
		}
		if last != nil && now.Before(last.NextSample()) {
			return crm.Errorf(crm.Conflict, "The sample of these days is drawn already.")
		}
		day := crm.Micros(now.UTC().Truncate(24 * time.Hour))
		added, err := tx.AddReadingSample(ctx, sqlgen.AddReadingSampleParams{Day: day, At: crm.Micros(now), Author: author, Since: crm.Micros(since), Until: crm.Micros(now),
			Contacts: int64(contacts)})
		if err != nil {
			return err
		}
		if added == 0 { // somebody else drew it meanwhile
			return crm.Errorf(crm.Conflict, "The sample of these days is drawn already.")
		}
		for place, c := range pool {
			if err := tx.AddReadingCheck(ctx, sqlgen.AddReadingCheckParams{Bucket: c.id.RowBucket(), ProfileID: c.profile, InteractionID: c.id, Day: day, Place: int64(place),
				ReadAs: c.readAs, Confidence: c.confidence}); err != nil {
				return err
			}
		}
		return nil
	})
}
