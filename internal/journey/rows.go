package journey

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// Statements for batches: each reads or writes the rows of many contacts.
var (
	journeyKey = []store.Col{{Name: "bucket", Type: store.Int}, {Name: "id", Type: store.UUID}}

	journeysOne = store.Lookup{Table: "journeys", Key: journeyKey, Cols: journeyCols}

	journeysWrite = store.Bulk{
		Table: "journeys",
		Cols: append(journeyKey[:2:2], store.Col{Name: "profile_id", Type: store.UUID}, store.Col{Name: "seq"},
			store.Col{Name: "state", Type: store.Text}, store.Col{Name: "active", Type: store.Bool}, store.Col{Name: "intent", Type: store.Text},
			store.Col{Name: "opened_at"}, store.Col{Name: "last_at"}, store.Col{Name: "sort_at"}, store.Col{Name: "due_at"},
			store.Col{Name: "effort"}, store.Col{Name: "unanswered"}, store.Col{Name: "repeat_days"},
			store.Col{Name: "leaving", Type: store.Bool}, store.Col{Name: "data", Type: store.Text}),
		Key: 2,
		Conflict: "seq = excluded.seq, state = excluded.state, active = excluded.active, intent = excluded.intent, opened_at = excluded.opened_at, " +
			"last_at = excluded.last_at, sort_at = excluded.sort_at, due_at = excluded.due_at, effort = excluded.effort, unanswered = excluded.unanswered, " +
			"repeat_days = excluded.repeat_days, leaving = excluded.leaving, data = excluded.data",
	}

	// A link that a person made is not in the way here: only new contacts are
	// linked. Should a contact come twice, its first link stays.
	linksWrite = store.Bulk{Table: "journey_links", Cols: linkCols, Key: 3, Conflict: "nothing"}

	linksReplace = store.Bulk{Table: "journey_links", Cols: linkCols, Key: 3,
		Conflict: "journey_bucket = excluded.journey_bucket, journey_id = excluded.journey_id, confidence = excluded.confidence, " +
			"reason = excluded.reason, author = excluded.author, at = excluded.at"}

	linkCols = []store.Col{{Name: "bucket"}, {Name: "profile_id", Type: store.UUID}, {Name: "interaction_id", Type: store.UUID},
		{Name: "journey_bucket"}, {Name: "journey_id", Type: store.UUID}, {Name: "confidence"},
		{Name: "reason", Type: store.Text}, {Name: "author", Type: store.Text}, {Name: "at"}}

	linkLog = store.Bulk{Table: "journey_link_log", Key: 4, Cols: []store.Col{{Name: "bucket"}, {Name: "profile_id", Type: store.UUID},
		{Name: "interaction_id", Type: store.UUID}, {Name: "id", Type: store.UUID}, {Name: "from_journey", Type: store.UUID},
		{Name: "to_journey", Type: store.UUID}, {Name: "reason", Type: store.Text}, {Name: "author", Type: store.Text}, {Name: "at"}}}
)

const journeyCols = "t.bucket, t.id, t.profile_id, t.state, t.intent, t.opened_at, t.last_at, t.due_at, t.effort, t.leaving, t.data"

// never is due_at of an active journey that time alone does not change.
const never = math.MaxInt64

// rawRecord is a row whose data is not decoded yet.
type rawRecord struct {
	record
	data string
}

// scan reads journeyCols through scan.
func (raw *rawRecord) scan(scan func(dest ...any) error) error {
	var state string
	var opened, last, due, effort int64
	r := &raw.record
	if err := scan(&r.Profile.Bucket, &r.ID, &r.Profile.ID, &state, &r.Intent, &opened, &last, &due, &effort, &r.Leaving, &raw.data); err != nil {
		return err
	}
	r.State = crm.JourneyState(state)
	r.OpenedAt, r.LastAt = crm.FromMicros(opened), crm.FromMicros(last)
	if due != never {
		r.DueAt = crm.FromMicros(due)
	}
	r.Effort = float64(effort) / 1000
	return nil
}

func (raw *rawRecord) decode() (*record, error) {
	if err := json.Unmarshal([]byte(raw.data), &raw.record.Data); err != nil {
		return nil, fmt.Errorf("data of journey %s: %w", raw.ID, err)
	}
	return &raw.record, nil
}

// row is the journey in the order of journeysWrite.Cols.
func (r *record) row(seq int64) ([]any, error) {
	data, err := json.Marshal(&r.Data)
	if err != nil {
		return nil, fmt.Errorf("data of journey %s: %w", r.ID, err)
	}
	active := !r.State.Closed()
	due := int64(0)
	switch {
	case !r.DueAt.IsZero():
		due = crm.Micros(r.DueAt)
	case active:
		due = never
	}
	sortAt := r.LastAt
	if r.State == crm.WaitingForUs && !r.Data.WaitingSince.IsZero() {
		sortAt = r.Data.WaitingSince
	}
	return []any{r.Profile.Bucket, r.ID, r.Profile.ID, seq, string(r.State), active, r.Intent,
		crm.Micros(r.OpenedAt), crm.Micros(r.LastAt), crm.Micros(sortAt), due, int64(math.Round(r.Effort * 1000)),
		int64(len(r.Data.Unanswered)), smallestWindow(r.Data.Repeat), r.Leaving, string(data)}, nil
}

func linkRow(p Profile, l crm.Link) []any {
	return []any{p.Bucket, p.ID, l.InteractionID, l.JourneyID.RowBucket(), l.JourneyID,
		int64(math.Round(l.Confidence * 1000)), l.Reason, l.By, crm.Micros(l.At)}
}

// ofProfiles reads the journeys of profiles that are active or as new as the
// horizon. The horizon is rounded down to a quarter of a year, so that an
// import of many years needs few statement texts.
func (s *Service) ofProfiles(horizon time.Time) *store.Lookup {
	const quarter = 91 * day
	from := max(crm.Micros(horizon.Add(-remember))/quarter.Microseconds(), 0) * quarter.Microseconds()
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.lookups[from]
	if !ok {
		l = &store.Lookup{Table: "journeys", Cols: journeyCols,
			Key:   []store.Col{{Name: "bucket", Type: store.Int}, {Name: "profile_id", Type: store.UUID}},
			Where: fmt.Sprintf("(t.active OR t.last_at >= %d)", from)}
		s.lookups[from] = l
	}
	return l
}
