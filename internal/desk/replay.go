package desk

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// How cases are made of conversations that are older than the desk.
const (
	backfillAtOnce = 100
	// backfillLive is how old a conversation may be to be work still: what was left
	// alone longer is history, and nobody is late for it.
	backfillLive = 14 * 24 * time.Hour
	// replayed bounds what of a long conversation is read again.
	replayed = 500
	// effortScale is how journeys keep their effort: in thousandths.
	effortScale = 1000
)

// Backfill makes the cases of conversations that have none, in steps that each
// hold one bucket for a moment, and returns how many it made. It may run beside
// everything else and on several nodes.
func (s *Service) Backfill(ctx context.Context) (made int, err error) {
	for bucket := range int64(crm.Buckets) {
		var after crm.ID
		for {
			n, last, err := s.backfill(ctx, bucket, after)
			made += n
			if err != nil {
				return made, fmt.Errorf("make cases of old conversations: %w", err)
			}
			if last.IsZero() {
				break
			}
			after = last
		}
	}
	if made > 0 {
		s.db.Ring(ctx)
	}
	return made, nil
}

// backfill takes the next conversations of a bucket; last is zero at its end.
func (s *Service) backfill(ctx context.Context, bucket int64, after crm.ID) (made int, last crm.ID, err error) {
	wanted, err := s.db.Read().ConversationsWithoutCase(ctx, sqlgen.ConversationsWithoutCaseParams{Bucket: bucket, After: after, MaxRows: backfillAtOnce})
	if err != nil || len(wanted) == 0 {
		return 0, crm.ID{}, err
	}
	ids := make([]crm.ID, len(wanted))
	for i, w := range wanted {
		ids[i] = w.ID
	}
	x, err := s.rules(ctx)
	if err != nil {
		return 0, crm.ID{}, err
	}
	now := s.clock()
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		made = 0
		next, err := tx.Lock(ctx, map[int64]int64{bucket: int64(len(ids))})
		if err != nil {
			return err
		}
		known, err := load(ctx, tx, ids) // somebody may have been quicker
		if err != nil {
			return err
		}
		var rows []*Row
		for _, w := range wanted {
			if known[w.ID] != nil {
				continue
			}
			contacts, err := contactsOf(ctx, tx, w.ID, w.ProfileID)
			if err != nil {
				return err
			}
			if r := s.replay(x, contacts, now); r != nil {
				rows = append(rows, r)
			}
		}
		made = len(rows)
		return write(ctx, tx, rows, next)
	})
	if len(wanted) == backfillAtOnce {
		last = wanted[len(wanted)-1].ID
	}
	return made, last, err
}

// replay makes the case of a conversation of its contacts; nil: it is none that
// people answer.
func (s *Service) replay(x *rules, contacts []*Contact, now time.Time) *Row {
	var r *Row
	for _, c := range contacts {
		if !answered(c.Kind) {
			continue
		}
		if r == nil {
			if r = s.open(c, x); r == nil {
				continue
			}
		}
		c.Silent = c.Silent || now.Sub(c.At) > backfillLive
		x.take(r, c, now)
	}
	return r
}

// contactsOf reads the contacts of a conversation as the desk sees them, the
// oldest first: the newest 500 of them. They lie in the buckets of the customer's
// profiles.
func contactsOf(ctx context.Context, tx *store.Tx, conversation, owner crm.ID) ([]*Contact, error) {
	buckets, err := bucketsOf(ctx, tx, conversation, owner)
	if err != nil {
		return nil, err
	}
	var out []*Contact
	for _, b := range buckets {
		rows, err := tx.ContactsOfCase(ctx, sqlgen.ContactsOfCaseParams{Bucket: b, ConversationID: conversation, MaxRows: replayed})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			c, err := contactOf(r, conversation, owner)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	slices.SortFunc(out, byTime)
	out = out[max(0, len(out)-replayed):]
	return out, aboutOf(ctx, tx, out)
}

// byTime orders contacts; of two at the same moment, the one that came first.
func byTime(a, b *Contact) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) }

func bucketsOf(ctx context.Context, tx *store.Tx, conversation, owner crm.ID) ([]int64, error) {
	buckets := []int64{conversation.RowBucket()}
	p, err := tx.CustomerOfCase(ctx, sqlgen.CustomerOfCaseParams{Bucket: owner.Bucket(), ProfileID: owner})
	if err != nil {
		return nil, err
	}
	rows, err := tx.ProfilesOfCase(ctx, sqlgen.ProfilesOfCaseParams{Bucket: p.HeadBucket, CustomerID: p.CustomerID})
	if err != nil {
		return nil, err
	}
	buckets = append(buckets, rows...)
	slices.Sort(buckets)
	return slices.Compact(buckets), nil
}

func contactOf(r sqlgen.ContactsOfCaseRow, conversation, owner crm.ID) (*Contact, error) {
	var a struct {
		Participants []crm.Participant          `json:"participants"`
		Attachments  []struct{}                 `json:"attachments"`
		Traits       map[string]json.RawMessage `json:"traits"`
	}
	if r.Attrs != "" {
		if err := json.Unmarshal([]byte(r.Attrs), &a); err != nil {
			return nil, fmt.Errorf("interaction %s: %w", r.ID, err)
		}
	}
	return &Contact{ID: r.ID, ConversationID: conversation, ProfileID: r.ProfileID, Owner: owner, Source: r.Source, Channel: crm.Channel(r.Channel),
		Kind: crm.Kind(r.Kind), Direction: crm.Direction(r.Direction), At: crm.FromMicros(r.OccurredAt), Seq: r.Seq, Automatic: r.Automatic,
		Person:     slices.ContainsFunc(a.Participants, func(p crm.Participant) bool { return p.Role == crm.Agent }),
		Unverified: word(a.Traits, "mail.auth") == "fail", Test: word(a.Traits, "mail.test") != "", Files: len(a.Attachments) > 0, Value: Worth(a.Traits),
		Subject: r.Subject, Text: r.Text}, nil
}

func word(traits map[string]json.RawMessage, name string) string {
	var s string
	if raw := traits[name]; len(raw) > 0 && json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// maxWorth bounds what a source may say that a customer is worth.
const maxWorth = 1_000_000_000_000

// Worth is what the trait "value" says that a customer is worth, in whole units
// of the firm's money; 0: nothing is said.
func Worth(traits map[string]json.RawMessage) int64 {
	var n float64
	if raw := traits["value"]; len(raw) == 0 || json.Unmarshal(raw, &n) != nil || !(n > 0) {
		return 0
	}
	return int64(min(n, maxWorth))
}

// aboutOf fills in what the newest contact with a journey says about all: its
// intent, language and effort.
func aboutOf(ctx context.Context, tx *store.Tx, contacts []*Contact) error {
	for i := len(contacts) - 1; i >= 0; i-- {
		c := contacts[i]
		if c.Direction != crm.In || c.Automatic {
			continue
		}
		link, err := tx.JourneyLinkOf(ctx, sqlgen.JourneyLinkOfParams{Bucket: c.ProfileID.Bucket(), ProfileID: c.ProfileID, InteractionID: c.ID})
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		j, err := tx.JourneyByID(ctx, sqlgen.JourneyByIDParams{Bucket: link.JourneyBucket, ID: link.JourneyID})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		c.JourneyID, c.Intent, c.Effort = j.ID, j.Intent, float64(j.Effort)/effortScale
		reading, err := tx.NewestReading(ctx, sqlgen.NewestReadingParams{Bucket: c.ProfileID.Bucket(), ProfileID: c.ProfileID, InteractionID: c.ID})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var says crm.Reading
		if reading.Data != "" && json.Unmarshal([]byte(reading.Data), &says) == nil {
			c.Language = says.Language.Name
		}
		return nil
	}
	return nil
}
