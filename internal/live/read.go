package live

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The types of events.
const (
	Interaction = "interaction"
	Journey     = "journey"
	Customer    = "customer"
	Quarantine  = "quarantine"
	Case        = "case"
	Outbox      = "outbox"   // what is to be sent, or was
	Presence    = "presence" // news of the moment: it has no place and is not sent again
)

// Event is a row that changed.
type Event struct {
	ID         string // the place after it; resume from here
	Type       string
	RowID      crm.ID
	CustomerID crm.ID
	JourneyID  crm.ID
	Source     string // of an interaction: not every listener may see every source
	InboxID    crm.ID // of a case and what is sent from it: nor every inbox
	Case       crm.ID // of what is sent: its conversation
	Sign       *desk.Sign
	At         time.Time
}

// maxSpan is how many numbers of one bucket are read at once, and width how
// many buckets one statement reads.
const (
	maxSpan = 128
	width   = 16
)

// span is a range of numbers (from, to] of a bucket.
type span struct {
	bucket, from, to int64
}

// row is a row of any of the tables in the feed.
type row struct {
	bucket, seq int64
	Event
	profile crm.ID
}

// behind gives the next ranges in which at is behind target: of at most 16
// buckets, bounded in numbers. None: at has caught up.
func behind(at, target *vector) []span {
	var out []span
	for b := range at {
		if at[b] < target[b] {
			out = append(out, span{int64(b), at[b], min(target[b], at[b]+maxSpan)})
			if len(out) == width {
				break
			}
		}
	}
	return out
}

// read gives the events of the ranges, bucket by bucket in the order of their
// numbers, and moves at to the end of the ranges.
func read(ctx context.Context, q *sqlgen.Queries, at *vector, spans []span) ([]Event, error) {
	var rows []row
	interactions, err := q.InteractionFeed(ctx, ranges[sqlgen.InteractionFeedParams](spans))
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	for _, r := range interactions {
		rows = append(rows, row{r.Bucket, r.Seq, Event{Type: Interaction, RowID: r.ID, Source: r.Source, At: crm.FromMicros(r.ReceivedAt)}, r.ProfileID})
	}
	journeys, err := q.JourneyFeed(ctx, ranges[sqlgen.JourneyFeedParams](spans))
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	for _, r := range journeys {
		rows = append(rows, row{r.Bucket, r.Seq, Event{Type: Journey, RowID: r.ID, JourneyID: r.ID, At: crm.FromMicros(r.LastAt)}, r.ProfileID})
	}
	customers, err := q.CustomerFeed(ctx, ranges[sqlgen.CustomerFeedParams](spans))
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	for _, r := range customers {
		rows = append(rows, row{r.Bucket, r.Seq, Event{Type: Customer, RowID: r.CustomerID, At: crm.FromMicros(r.LastAt)}, r.CustomerID})
	}
	outgoing, err := q.OutboxFeed(ctx, ranges[sqlgen.OutboxFeedParams](spans))
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	for _, r := range outgoing {
		rows = append(rows, row{r.Bucket, r.Seq, Event{Type: Outbox, RowID: r.ID, InboxID: r.InboxID, Case: r.ConversationID, At: crm.FromMicros(r.UpdatedAt)}, r.ProfileID})
	}
	cases, err := q.CaseFeed(ctx, ranges[sqlgen.CaseFeedParams](spans))
	if err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	for _, r := range cases {
		rows = append(rows, row{r.Bucket, r.Seq, Event{Type: Case, RowID: r.ConversationID, InboxID: r.InboxID, At: crm.FromMicros(r.LastAt)}, r.ProfileID})
	}
	if err := resolve(ctx, q, rows); err != nil {
		return nil, fmt.Errorf("read the feed: %w", err)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.seq, b.seq), cmp.Compare(a.Type, b.Type))
	})
	events := make([]Event, len(rows))
	done := 0
	for _, s := range spans {
		for ; done < len(rows) && rows[done].bucket == s.bucket; done++ {
			at[s.bucket] = rows[done].seq
			if done+1 < len(rows) && rows[done+1].bucket == s.bucket && rows[done+1].seq == rows[done].seq {
				// Whoever resumes between two rows of one number gets both again
				// rather than neither.
				at[s.bucket]--
			}
			events[done] = rows[done].Event
			events[done].ID = at.String()
		}
		at[s.bucket] = s.to
	}
	return events, nil
}

// resolve finds the customer that each row belongs to now.
func resolve(ctx context.Context, q *sqlgen.Queries, rows []row) error {
	keys := make([]store.Key, len(rows))
	for i, r := range rows {
		keys[i] = store.ProfileKey(r.profile)
	}
	profiles, err := store.ByKeys(ctx, q.ProfilesByID, keys)
	if err != nil {
		return err
	}
	head := make(map[crm.ID]crm.ID, len(profiles))
	for _, p := range profiles {
		head[p.ProfileID] = p.CustomerID
	}
	for i := range rows {
		rows[i].CustomerID = head[rows[i].profile]
	}
	return nil
}

// ranges fills the parameters of a feed query: bucket, from, to, repeated. The
// ranges that are left over are empty ones.
func ranges[P any](spans []span) P {
	var params P
	v := reflect.ValueOf(&params).Elem()
	for i := range v.NumField() / 3 {
		s := span{}
		if i < len(spans) {
			s = spans[i]
		}
		v.Field(3 * i).SetInt(s.bucket)
		v.Field(3*i + 1).SetInt(s.from)
		v.Field(3*i + 2).SetInt(s.to)
	}
	return params
}
