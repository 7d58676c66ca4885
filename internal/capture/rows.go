package capture

import (
	"context"
	"encoding/json"
	"sort"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// Raw states.
const (
	Done        = "done"
	Quarantined = "quarantined"
	Discarded   = "discarded"
)

// Raw is the row of the bytes that came in.
type Raw struct {
	Source, ExternalID string
	ReceivedAt         time.Time
	State, Reason      string
	Attempts           int64
	MayVerify          bool
	Type               string
	Body               []byte
	ProfileID          crm.ID
	InteractionID      crm.ID
}

// RawID is the id of the raw row of (source, external id): the dedupe key. It
// carries its bucket.
func RawID(source, externalID string) crm.ID {
	return crm.DerivedID(time.Time{}, "raw", source, externalID).InBucket(crm.KeyBucket(source, externalID))
}

// Interaction is the row of a contact.
type Interaction struct {
	Bucket         int64
	ProfileID, ID  crm.ID
	Seq            int64
	ConversationID crm.ID
	Continues      crm.ID
	Verified       bool
	ReceivedAt     time.Time
	Envelope       *crm.Envelope
}

// Attrs is the part of an interaction that its row keeps as JSON.
type Attrs struct {
	Participants []crm.Participant          `json:"participants,omitempty"`
	Attachments  []crm.Attachment           `json:"attachments,omitempty"`
	Traits       map[string]json.RawMessage `json:"traits,omitempty"`
	Locale       string                     `json:"locale,omitempty"`
	Truncated    string                     `json:"truncated,omitempty"`
	Turns        []crm.Turn                 `json:"turns,omitempty"`
}

var idCol = store.Col{Name: "id", Type: store.UUID}

var lookupRaws = store.Lookup{Table: "raws", Key: []store.Col{{Name: "bucket", Type: store.Int}, idCol},
	Cols: "t.state, t.reason, t.attempts, t.profile_id, t.interaction_id"}

var rawCols = []store.Col{{Name: "bucket", Type: store.Int}, idCol, {Name: "source", Type: store.Text}, {Name: "external_id", Type: store.Text},
	{Name: "received_at", Type: store.Int}, {Name: "state", Type: store.Text}, {Name: "reason", Type: store.Text}, {Name: "attempts", Type: store.Int},
	{Name: "may_verify", Type: store.Bool}, {Name: "raw_type", Type: store.Text}, {Name: "body", Type: store.Bytes},
	{Name: "profile_id", Type: store.UUID}, {Name: "interaction_id", Type: store.UUID}}

var writeRaws = store.Bulk{Table: "raws", Key: 2, Returning: "id", Cols: rawCols, Conflict: "nothing"}

// retakeRaws takes over a quarantined row that is being retried, and nothing
// else: a row that is done or discarded stays as it is, and then RETURNING lacks
// it.
var retakeRaws = store.Bulk{Table: "raws", Key: 2, Returning: "id", Cols: rawCols,
	Conflict: "state = excluded.state, reason = excluded.reason, attempts = raws.attempts + 1, " +
		"profile_id = excluded.profile_id, interaction_id = excluded.interaction_id WHERE raws.state = 'quarantined'"}

var lookupPlaces = store.Lookup{Table: "interactions", Key: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "profile_id", Type: store.UUID}, idCol},
	Cols: "t.conversation_id"}

var writeInteractions = store.Bulk{Table: "interactions", Key: 3, Cols: []store.Col{{Name: "bucket", Type: store.Int},
	{Name: "profile_id", Type: store.UUID}, idCol, {Name: "seq", Type: store.Int}, {Name: "conversation_id", Type: store.UUID},
	{Name: "continues", Type: store.UUID}, {Name: "source", Type: store.Text}, {Name: "external_id", Type: store.Text},
	{Name: "channel", Type: store.Text}, {Name: "kind", Type: store.Text}, {Name: "direction", Type: store.Text},
	{Name: "occurred_at", Type: store.Int}, {Name: "received_at", Type: store.Int}, {Name: "verified", Type: store.Bool},
	{Name: "automatic", Type: store.Bool}, {Name: "subject", Type: store.Text}, {Name: "text", Type: store.Text},
	{Name: "quoted", Type: store.Text}, {Name: "html", Type: store.Text}, {Name: "attrs", Type: store.Text}}}

// Seen is what is known of a raw row that exists already.
type Seen struct {
	State, Reason string
	Attempts      int64
	ProfileID     crm.ID
	InteractionID crm.ID
}

// Known finds which of the raw ids were taken before.
func Known(ctx context.Context, tx *store.Tx, ids []crm.ID) (map[crm.ID]Seen, error) {
	keys := make([][]any, len(ids))
	for i, id := range ids {
		keys[i] = []any{id.RowBucket(), id}
	}
	out := map[crm.ID]Seen{}
	err := tx.Lookup(ctx, &lookupRaws, keys, func(scan store.Found) error {
		var s Seen
		i, err := scan(&s.State, &s.Reason, &s.Attempts, &s.ProfileID, &s.InteractionID)
		if err == nil {
			out[ids[i]] = s
		}
		return err
	})
	return out, err
}

// Conversations finds the conversations of interactions that are stored.
func Conversations(ctx context.Context, tx *store.Tx, seen []Seen) (map[crm.ID]crm.ID, error) {
	keys := make([][]any, len(seen))
	for i, s := range seen {
		keys[i] = []any{s.ProfileID.Bucket(), s.ProfileID, s.InteractionID}
	}
	out := map[crm.ID]crm.ID{}
	err := tx.Lookup(ctx, &lookupPlaces, keys, func(scan store.Found) error {
		var conversation crm.ID
		i, err := scan(&conversation)
		if err == nil {
			out[seen[i].InteractionID] = conversation
		}
		return err
	})
	return out, err
}

// WriteRaws stores raw rows. A row that another node took in the same moment
// runs the transaction again, which then finds it. retry takes over rows that
// stand in quarantine.
func WriteRaws(ctx context.Context, tx *store.Tx, raws []*Raw, retry bool) error {
	rows := make([][]any, len(raws))
	for i, r := range raws {
		id := RawID(r.Source, r.ExternalID)
		body := r.Body
		if body == nil {
			body = []byte{}
		}
		rows[i] = []any{id.RowBucket(), id, r.Source, r.ExternalID, crm.Micros(r.ReceivedAt), r.State, r.Reason, r.Attempts, r.MayVerify,
			r.Type, body, r.ProfileID, r.InteractionID}
	}
	sort.Slice(rows, func(i, j int) bool {
		if a, b := rows[i][0].(int64), rows[j][0].(int64); a != b {
			return a < b
		}
		return rows[i][1].(crm.ID).Compare(rows[j][1].(crm.ID)) < 0
	})
	bulk := &writeRaws
	if retry {
		bulk = &retakeRaws
	}
	written := 0
	err := tx.Write(ctx, bulk, rows, func(r store.Row) error {
		var id crm.ID
		written++
		return r.Scan(&id)
	})
	if err == nil && written != len(rows) {
		return store.ErrRetry
	}
	return err
}

// WriteInteractions stores contacts.
func WriteInteractions(ctx context.Context, tx *store.Tx, list []*Interaction) error {
	rows := make([][]any, len(list))
	for i, x := range list {
		e := x.Envelope
		attrs, err := json.Marshal(Attrs{e.Participants, e.Attachments, e.Traits, e.Locale, e.Truncated, e.Turns})
		if err != nil {
			return &crm.Error{Code: crm.Invalid, Pointer: "/traits", Message: "The traits are not valid JSON.", Err: err}
		}
		rows[i] = []any{x.Bucket, x.ProfileID, x.ID, x.Seq, x.ConversationID, x.Continues, e.Source, e.ExternalID, string(e.Channel), string(e.Kind),
			string(e.Direction), crm.Micros(e.OccurredAt), crm.Micros(x.ReceivedAt), x.Verified, e.Automatic, e.Subject, e.Text, e.Quoted, e.HTML, string(attrs)}
	}
	sort.Slice(rows, func(i, j int) bool {
		if a, b := rows[i][0].(int64), rows[j][0].(int64); a != b {
			return a < b
		}
		if c := rows[i][1].(crm.ID).Compare(rows[j][1].(crm.ID)); c != 0 {
			return c < 0
		}
		return rows[i][2].(crm.ID).Compare(rows[j][2].(crm.ID)) < 0
	})
	return tx.Write(ctx, &writeInteractions, rows, nil)
}
