package journey

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

var (
	linksOf = store.Lookup{Table: "journey_links", Cols: "t.bucket, t.profile_id, t.interaction_id",
		Key: []store.Col{{Name: "journey_bucket", Type: store.Int}, {Name: "journey_id", Type: store.UUID}}}

	interactionRows = store.Lookup{Table: "interactions",
		Cols: "t.conversation_id, t.channel, t.kind, t.direction, t.occurred_at, t.automatic, t.subject, t.text, t.attrs",
		Key:  []store.Col{{Name: "bucket", Type: store.Int}, {Name: "profile_id", Type: store.UUID}, {Name: "id", Type: store.UUID}}}

	readingRows = store.Lookup{Table: "readings", Cols: "t.version, t.data",
		Key: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "profile_id", Type: store.UUID}, {Name: "interaction_id", Type: store.UUID}}}
)

// remeasure measures journeys again from their rows and from the contacts of
// this batch, whose rows may not be written yet, and judges them at now.
func (s *Service) remeasure(ctx context.Context, tx *store.Tx, now time.Time, journeys []*record) error {
	if len(journeys) == 0 {
		return nil
	}
	all, err := contactsOf(ctx, tx, journeys)
	if err != nil {
		return err
	}
	for i, r := range journeys {
		list := all[i]
		for _, c := range r.added {
			if !slices.ContainsFunc(list, func(o *Contact) bool { return o.ID == c.ID }) {
				list = append(list, c)
			}
		}
		r.replay(list)
		r.settle(now)
	}
	return nil
}

// replay builds the journey anew from its contacts. Kept are its identity, what
// it repeats, what a person parted from it, and a state set by hand that no later contact ended.
func (r *record) replay(contacts []*Contact) {
	slices.SortStableFunc(contacts, func(a, b *Contact) int {
		return cmp.Or(a.At.Compare(b.At), slices.Compare(a.ID[:], b.ID[:]))
	})
	old := *r
	*r = record{ID: old.ID, Profile: old.Profile, State: old.State, changed: true}
	if !old.Data.Repeat.Of.IsZero() {
		r.Data.Repeat = old.Data.Repeat
	}
	r.Data.Parted = old.Data.Parted
	r.Data.SetAt, r.Data.SetBy = old.Data.SetAt, old.Data.SetBy
	for _, c := range contacts {
		r.apply(c)
	}
	d := &r.Data
	d.Manual = !d.SetAt.IsZero() && !d.LastIn.After(d.SetAt) && !d.LastOut.After(d.SetAt)
	r.late = false
}

// contactsOf reads the contacts of each journey from links, interactions and
// their newest Readings.
func contactsOf(ctx context.Context, tx *store.Tx, journeys []*record) ([][]*Contact, error) {
	keys := make([][]any, len(journeys))
	for i, r := range journeys {
		keys[i] = []any{r.ID.RowBucket(), r.ID}
	}
	out := make([][]*Contact, len(journeys))
	var rows [][]any
	var flat []*Contact
	err := tx.Lookup(ctx, &linksOf, keys, func(found store.Found) error {
		c := &Contact{}
		i, err := found(&c.Profile.Bucket, &c.Profile.ID, &c.ID)
		if err != nil {
			return err
		}
		c.JourneyID = journeys[i].ID
		out[i] = append(out[i], c)
		flat = append(flat, c)
		rows = append(rows, []any{c.Profile.Bucket, c.Profile.ID, c.ID})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, tx, flat, rows); err != nil {
		return nil, err
	}
	// A link whose interaction was erased counts for nothing.
	for i := range out {
		out[i] = slices.DeleteFunc(out[i], func(c *Contact) bool { return c.At.IsZero() })
	}
	return out, nil
}

// fill reads interaction and newest Reading of contacts by their row keys.
func fill(ctx context.Context, tx *store.Tx, contacts []*Contact, rows [][]any) error {
	err := tx.Lookup(ctx, &interactionRows, rows, func(found store.Found) error {
		var channel, kind, direction, subject, text, attrs string
		var conversation crm.ID
		var at int64
		var automatic bool
		i, err := found(&conversation, &channel, &kind, &direction, &at, &automatic, &subject, &text, &attrs)
		if err != nil {
			return err
		}
		c := contacts[i]
		c.ConversationID, c.Channel, c.Kind, c.Direction = conversation, crm.Channel(channel), crm.Kind(kind), crm.Direction(direction)
		c.At, c.Automatic, c.Subject, c.Text = crm.FromMicros(at), automatic, subject, text
		// Participants are kept in attrs as the contract writes them; a search
		// is enough to see whether an agent took part.
		c.Agent = strings.Contains(attrs, `"role":"agent"`)
		if !strings.Contains(attrs, `"turns":[`) {
			return nil
		}
		var talk struct {
			Turns []crm.Turn `json:"turns"`
		}
		err = json.Unmarshal([]byte(attrs), &talk)
		c.Turns = talk.Turns
		c.Agent = c.Agent || slices.ContainsFunc(c.Turns, func(t crm.Turn) bool { return t.Side == crm.AgentSide })
		return err
	})
	if err != nil {
		return err
	}
	versions := make([]int64, len(contacts))
	return tx.Lookup(ctx, &readingRows, rows, func(found store.Found) error {
		var version int64
		var data string
		i, err := found(&version, &data)
		if err != nil {
			return err
		}
		if c := contacts[i]; c.Reading == nil || version > versions[i] {
			c.Reading, versions[i] = &crm.Reading{}, version
			if err := json.Unmarshal([]byte(data), c.Reading); err != nil {
				return fmt.Errorf("reading of %s: %w", c.ID, err)
			}
		}
		return nil
	})
}
