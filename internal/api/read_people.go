package api

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// veiled reports whether something is hidden from the caller, which almost
// nobody pays for.
func veiled(ctx context.Context) bool {
	p := access.From(ctx)
	return p == nil || len(p.Hidden) > 0
}

// unnamed takes the names of sources that are hidden from the caller out of a
// sentence.
func unnamed(ctx context.Context, text string) string {
	if p := access.From(ctx); p != nil {
		for source := range p.Hidden {
			text = strings.ReplaceAll(text, source, "another inbox")
		}
	}
	return text
}

// canInteraction refuses a contact that does not exist, or not for the caller.
func (r *reader) canInteraction(ctx context.Context, id crm.ID) error {
	source, err := r.db.Read().InteractionSource(ctx, sqlgen.InteractionSourceParams{Bucket: id.RowBucket(), ID: id})
	if err == nil && !access.CanSource(ctx, source) {
		err = sql.ErrNoRows
	}
	return missing(err, "interaction")
}

// canRaw is canInteraction for bytes, in quarantine or not.
func (r *reader) canRaw(ctx context.Context, id crm.ID) error {
	source, err := r.db.Read().RawSource(ctx, sqlgen.RawSourceParams{Bucket: id.RowBucket(), ID: id})
	if err == nil && !access.CanSource(ctx, source) {
		err = sql.ErrNoRows
	}
	return missing(err, "item")
}

// canConversation refuses a conversation all of whose messages are hidden from
// the caller; the hidden ones of a mixed one are left out where it is read.
func (r *reader) canConversation(ctx context.Context, id crm.ID, profiles []crm.ID) error {
	if !veiled(ctx) {
		return nil
	}
	buckets := []int64{id.RowBucket()}
	for _, p := range profiles {
		buckets = append(buckets, p.Bucket())
	}
	slices.Sort(buckets)
	hidden := false
	for _, b := range slices.Compact(buckets) {
		sources, err := r.db.Read().SourcesOfConversation(ctx, sqlgen.SourcesOfConversationParams{Bucket: b, ConversationID: id})
		if err != nil {
			return err
		}
		for _, source := range sources {
			if access.CanSource(ctx, source) {
				return nil
			}
			hidden = true
		}
	}
	if hidden {
		return missing(sql.ErrNoRows, "conversation")
	}
	return nil
}

// canJourney refuses a journey that does not exist for the caller.
func (r *reader) canJourney(ctx context.Context, id crm.ID) error {
	if !veiled(ctx) || id.IsZero() {
		return nil
	}
	_, err := r.journey(ctx, id)
	return err
}

// visible leaves out contacts of sources that the caller may not see.
func visible(ctx context.Context, rows []sqlgen.TimelineRow) []sqlgen.TimelineRow {
	return slices.DeleteFunc(rows, func(row sqlgen.TimelineRow) bool { return !access.CanSource(ctx, row.Source) })
}

// veil leaves out journeys all of whose contacts are hidden from the caller, and
// takes what tells of hidden contacts out of the others.
func (r *reader) veil(ctx context.Context, list []Journey) ([]Journey, error) {
	if !veiled(ctx) || len(list) == 0 {
		return list, nil
	}
	keys := convert(list, func(j Journey) store.Key { return store.RowKey(j.ID) })
	rows, err := store.ByKeys(ctx, r.db.Read().ContactsOfJourneys, keys)
	if err != nil {
		return nil, err
	}
	hidden := map[crm.ID]map[crm.ID]bool{} // by journey
	first := map[crm.ID]sqlgen.ContactsOfJourneysRow{}
	for _, row := range rows {
		if !access.CanSource(ctx, row.Source) {
			if hidden[row.JourneyID] == nil {
				hidden[row.JourneyID] = map[crm.ID]bool{}
			}
			hidden[row.JourneyID][row.ID] = true
			continue
		}
		if old, ok := first[row.JourneyID]; !ok || row.ID.Compare(old.ID) < 0 {
			first[row.JourneyID] = row
		}
	}
	out := list[:0]
	for _, j := range list {
		secret := hidden[j.ID]
		begins, ok := first[j.ID]
		if len(secret) > 0 && !ok {
			continue
		}
		if len(secret) > 0 {
			j.Title = begins.Subject
			if j.Title == "" {
				j.Title = identify.Preview("", begins.Text)
			}
			j.Unanswered = slices.DeleteFunc(slices.Clone(j.Unanswered), func(q crm.Question) bool { return secret[q.InteractionID] })
			j.Links = slices.DeleteFunc(j.Links, func(l crm.Link) bool { return secret[l.InteractionID] })
		}
		out = append(out, j)
	}
	return out, nil
}

// veilCustomers replaces the newest contact of a row by the newest one that the
// caller may see. The place in the list stays.
func (r *reader) veilCustomers(ctx context.Context, rows []CustomerRow, members map[crm.ID][]crm.ID) error {
	if !veiled(ctx) {
		return nil
	}
	for i := range rows {
		c := &rows[i]
		var newest sqlgen.TimelineRow
		var top sqlgen.TimelineRow // visible or not
		for _, p := range members[c.ID] {
			found, err := r.timelineOf(ctx, p, "", lastID, veilDepth)
			if err != nil {
				return err
			}
			for _, row := range found {
				if row.ID.Compare(top.ID) > 0 {
					top = row
				}
				if access.CanSource(ctx, row.Source) && row.ID.Compare(newest.ID) > 0 {
					newest = row
				}
			}
		}
		if newest.ID == top.ID {
			continue
		}
		c.LastChannel, c.LastDirection, c.LastText = crm.Channel(newest.Channel), crm.Direction(newest.Direction), ""
		if !newest.ID.IsZero() {
			c.LastText = identify.Preview(newest.Subject, newest.Text)
		}
	}
	return nil
}

// veilDepth is how many of a profile's newest contacts are looked at for one
// that may be shown.
const veilDepth = 5

// lastID is above every id.
var lastID = newest(listTimeline).id

// facts reads what is known of a customer, without what was learned from
// contacts that the caller may not see.
func (r *reader) facts(ctx context.Context, kept *records.Service, customer crm.ID) (Page[Fact], error) {
	out := Page[Fact]{Items: []Fact{}}
	head, profiles, err := r.profilesOf(ctx, customer)
	if err != nil {
		return out, err
	}
	list, err := kept.Facts(ctx, profiles)
	if err != nil {
		return out, err
	}
	for _, f := range list {
		if access.CanSource(ctx, f.Source) {
			out.Items = append(out.Items, factOf(head, f))
		}
	}
	return out, nil
}

// changes reads what people changed about a customer, the newest first.
func (r *reader) changes(ctx context.Context, customer crm.ID, limit int, at string) (Page[CustomerChange], error) {
	out := Page[CustomerChange]{Items: []CustomerChange{}}
	from, err := after(at, newest(listChanges))
	if err != nil {
		return out, err
	}
	_, profiles, err := r.profilesOf(ctx, customer)
	if err != nil {
		return out, err
	}
	var rows []sqlgen.Change
	for _, p := range profiles {
		found, err := r.db.Read().ChangesOfProfile(ctx, sqlgen.ChangesOfProfileParams{Bucket: p.Bucket(), ProfileID: p, Before: from.id, MaxRows: int64(limit + 1)})
		if err != nil {
			return out, err
		}
		rows = append(rows, found...)
	}
	slices.SortFunc(rows, func(a, b sqlgen.Change) int { return b.ID.Compare(a.ID) })
	rows, out.Next = page(rows, limit, func(c sqlgen.Change) cursor { return cursor{list: listChanges, id: c.ID} })
	for _, c := range rows {
		if access.CanSource(ctx, c.Source) {
			out.Items = append(out.Items, CustomerChange{ID: c.ID, At: crm.FromMicros(c.At), Author: c.Author, Kind: c.Kind, Text: c.Text})
		}
	}
	return out, nil
}

// audit reads the trail of settings, people and secrets.
func (r *reader) audit(ctx context.Context, limit int, at string) (Page[AuditEntry], error) {
	out := Page[AuditEntry]{Items: []AuditEntry{}}
	from, err := after(at, newest(listAudit))
	if err != nil {
		return out, err
	}
	rows, err := r.db.Read().AuditTrail(ctx, sqlgen.AuditTrailParams{At: from.n, ID: from.id, MaxRows: int64(limit + 1)})
	if err != nil {
		return out, err
	}
	rows, out.Next = page(rows, limit, func(a sqlgen.Audit) cursor { return cursor{listAudit, a.At, a.ID} })
	for _, a := range rows {
		out.Items = append(out.Items, AuditEntry{ID: a.ID, At: crm.FromMicros(a.At), Author: a.Author, Verb: a.Verb, Object: a.Object, Details: details(a.Details)})
	}
	return out, nil
}
