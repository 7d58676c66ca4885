package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/second"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// timeline reads a customer's contacts on all channels, the newest first: one
// query a profile and a merge here, because one query over all of them would
// sort every contact that they ever had.
func (r *reader) timeline(ctx context.Context, customer crm.ID, channel crm.Channel, limit int, at string) (Page[Interaction], error) {
	out := Page[Interaction]{Items: []Interaction{}}
	from, err := after(at, newest(listTimeline))
	if err != nil {
		return out, err
	}
	head, profiles, err := r.profilesOf(ctx, customer)
	if err != nil {
		return out, err
	}
	var rows []sqlgen.TimelineRow
	for _, p := range profiles {
		found, err := r.timelineOf(ctx, p, channel, from.id, limit+1)
		if err != nil {
			return out, err
		}
		rows = append(rows, found...)
	}
	rows, out.Next = newestFirst(rows, limit, listTimeline)
	out.Items, err = r.describeInteractions(ctx, visible(ctx, rows), func(crm.ID) crm.ID { return head })
	return out, err
}

func (r *reader) timelineOf(ctx context.Context, p crm.ID, channel crm.Channel, before crm.ID, n int) ([]sqlgen.TimelineRow, error) {
	if channel == "" {
		return r.db.Read().Timeline(ctx, sqlgen.TimelineParams{Bucket: p.Bucket(), ProfileID: p, Before: before, MaxRows: int64(n)})
	}
	rows, err := r.db.Read().TimelineOfChannel(ctx, sqlgen.TimelineOfChannelParams{Bucket: p.Bucket(), ProfileID: p, Before: before,
		Channel: string(channel), MaxRows: int64(n)})
	return convert(rows, func(row sqlgen.TimelineOfChannelRow) sqlgen.TimelineRow { return sqlgen.TimelineRow(row) }), err
}

func newestFirst(rows []sqlgen.TimelineRow, limit int, list byte) ([]sqlgen.TimelineRow, string) {
	slices.SortFunc(rows, func(a, b sqlgen.TimelineRow) int { return slices.Compare(b.ID[:], a.ID[:]) })
	return page(rows, limit, func(row sqlgen.TimelineRow) cursor { return cursor{list: list, id: row.ID} })
}

// conversation reads one.
func (r *reader) conversation(ctx context.Context, id crm.ID) (Conversation, error) {
	row, err := r.db.Read().Conversation(ctx, sqlgen.ConversationParams{Bucket: id.RowBucket(), ID: id})
	if err != nil {
		return Conversation{}, missing(err, "conversation")
	}
	head, profiles, err := r.profilesOf(ctx, row.ProfileID)
	if err != nil {
		return Conversation{}, err
	}
	if err := r.canConversation(ctx, id, profiles); err != nil {
		return Conversation{}, err
	}
	return Conversation{ID: row.ID, CustomerID: head, Channel: crm.Channel(row.Channel), Subject: row.Subject,
		OpenedAt: crm.FromMicros(row.OpenedAt), LastAt: crm.FromMicros(row.LastAt), Messages: row.Messages, Continues: row.Continues}, nil
}

// conversationInteractions reads the messages of a conversation, the newest
// first. They lie in the buckets of the customer's profiles.
func (r *reader) conversationInteractions(ctx context.Context, id crm.ID, limit int, at string) (Page[Interaction], error) {
	out := Page[Interaction]{Items: []Interaction{}}
	from, err := after(at, newest(listConversation))
	if err != nil {
		return out, err
	}
	c, err := r.conversation(ctx, id)
	if err != nil {
		return out, err
	}
	_, profiles, err := r.profilesOf(ctx, c.CustomerID)
	if err != nil {
		return out, err
	}
	buckets := []int64{id.RowBucket()}
	for _, p := range profiles {
		buckets = append(buckets, p.Bucket())
	}
	slices.Sort(buckets)
	var rows []sqlgen.TimelineRow
	for _, b := range slices.Compact(buckets) {
		found, err := r.db.Read().ConversationInteractions(ctx, sqlgen.ConversationInteractionsParams{Bucket: b, ConversationID: id,
			Before: from.id, MaxRows: int64(limit + 1)})
		if err != nil {
			return out, err
		}
		rows = append(rows, convert(found, func(row sqlgen.ConversationInteractionsRow) sqlgen.TimelineRow { return sqlgen.TimelineRow(row) })...)
	}
	rows, out.Next = newestFirst(rows, limit, listConversation)
	out.Items, err = r.describeInteractions(ctx, visible(ctx, rows), func(crm.ID) crm.ID { return c.CustomerID })
	return out, err
}

// interaction reads one.
func (r *reader) interaction(ctx context.Context, id crm.ID) (Interaction, error) {
	row, err := r.db.Read().Interaction(ctx, sqlgen.InteractionParams{Bucket: id.RowBucket(), ID: id})
	if err == nil && !access.CanSource(ctx, row.Source) {
		err = sql.ErrNoRows
	}
	if err != nil {
		return Interaction{}, missing(err, "interaction")
	}
	head, err := r.head(ctx, row.ProfileID)
	if err != nil {
		return Interaction{}, err
	}
	out, err := r.describeInteractions(ctx, []sqlgen.TimelineRow{sqlgen.TimelineRow(row)}, func(crm.ID) crm.ID { return head })
	if err != nil {
		return Interaction{}, err
	}
	return out[0], nil
}

// describeInteractions makes contacts of rows, in their order, with the newest
// reading and the link of each.
func (r *reader) describeInteractions(ctx context.Context, rows []sqlgen.TimelineRow, customer func(profile crm.ID) crm.ID) ([]Interaction, error) {
	ids := map[crm.ID][]crm.ID{} // by profile
	for _, row := range rows {
		ids[row.ProfileID] = append(ids[row.ProfileID], row.ID)
	}
	links := map[crm.ID]*crm.Link{}
	readings := map[crm.ID]*crm.Reading{}
	corrections := map[crm.ID]*Correction{}
	for profile, list := range ids {
		found, err := store.ByIDs(ctx, r.db.Read().LinksOfInteractions, profile, list)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			link := linkOf(l)
			links[l.InteractionID] = &link
		}
		texts, err := store.ByIDs(ctx, r.db.Read().ReadingsOfInteractions, profile, list)
		if err != nil {
			return nil, err
		}
		for _, t := range texts { // ascending by version: the newest one stays
			reading := new(crm.Reading)
			if err := json.Unmarshal([]byte(t.Data), reading); err != nil {
				return nil, fmt.Errorf("reading of %s: %w", t.InteractionID, err)
			}
			readings[t.InteractionID] = reading
		}
		var corrected []crm.ID
		for _, id := range list {
			if r := readings[id]; r != nil && strings.HasPrefix(r.Model, "person:") {
				corrected = append(corrected, id)
			}
		}
		labels, err := store.ByIDs(ctx, r.db.Read().LabelsOfInteractions, profile, corrected)
		if err != nil {
			return nil, err
		}
		for _, l := range labels { // ascending by time: the newest one stays
			corrections[l.InteractionID] = &Correction{Intent: l.Intent, ReadAs: l.ReadAs, Author: l.Author, At: crm.FromMicros(l.At)}
		}
	}
	transcriptions, err := r.transcriptions(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Interaction, len(rows))
	for i, row := range rows {
		var a capture.Attrs
		if row.Attrs != "" {
			if err := json.Unmarshal([]byte(row.Attrs), &a); err != nil {
				return nil, fmt.Errorf("interaction %s: %w", row.ID, err)
			}
		}
		for k := range a.Attachments {
			a.Attachments[k].Data = nil
		}
		out[i] = Interaction{
			ID: row.ID, CustomerID: customer(row.ProfileID), ProfileID: row.ProfileID, ConversationID: row.ConversationID,
			Source: row.Source, ExternalID: row.ExternalID, Channel: crm.Channel(row.Channel), Kind: crm.Kind(row.Kind),
			Direction: crm.Direction(row.Direction), OccurredAt: crm.FromMicros(row.OccurredAt), ReceivedAt: crm.FromMicros(row.ReceivedAt),
			Participants: notNil(a.Participants), Subject: row.Subject, Text: row.Text, Quoted: row.Quoted, HasHTML: row.HtmlSize > 0,
			Automatic: row.Automatic, Verified: row.Verified, Truncated: a.Truncated, Attachments: a.Attachments, Turns: a.Turns, Traits: a.Traits,
			Reading: readings[row.ID], Correction: corrections[row.ID], Link: links[row.ID], Continues: row.Continues, Transcription: transcriptions[row.ID],
		}
		if out[i].Link != nil {
			out[i].JourneyID = out[i].Link.JourneyID
		}
	}
	return out, nil
}

// transcriptions are those of talks.
func (r *reader) transcriptions(ctx context.Context, rows []sqlgen.TimelineRow) (map[crm.ID]*Transcription, error) {
	var keys []store.Key
	for _, row := range rows {
		if k := crm.Kind(row.Kind); k == crm.KindCall || k == crm.KindVisit || k == crm.KindMeeting {
			keys = append(keys, store.RowKey(row.ID))
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	found, err := store.ByKeys(ctx, r.db.Read().TranscriptsOfInteractions, keys)
	out := map[crm.ID]*Transcription{}
	for _, t := range found {
		out[t.InteractionID] = &Transcription{State: t.State, Error: second.Trouble(t.Error), Detail: t.Detail, At: crm.FromMicros(t.At)}
	}
	return out, err
}

// quarantine lists what could not be taken up, the newest first.
func (r *reader) quarantine(ctx context.Context, limit int, at string) (Page[QuarantineItem], error) {
	out := Page[QuarantineItem]{Items: []QuarantineItem{}}
	from, err := after(at, newest(listQuarantine))
	if err != nil {
		return out, err
	}
	rows, err := r.db.Read().Quarantine(ctx, sqlgen.QuarantineParams{ReceivedAt: from.n, ID: from.id, MaxRows: int64(limit + 1)})
	if err != nil {
		return out, err
	}
	rows, out.Next = page(rows, limit, func(row sqlgen.QuarantineRow) cursor { return cursor{listQuarantine, row.ReceivedAt, row.ID} })
	for _, row := range rows {
		if !access.CanSource(ctx, row.Source) {
			continue
		}
		out.Items = append(out.Items, QuarantineItem{ID: row.ID, Source: row.Source, ExternalID: row.ExternalID,
			ReceivedAt: crm.FromMicros(row.ReceivedAt), Reason: row.Reason, RawType: row.RawType, Size: row.Size, Attempts: row.Attempts,
			Preview: printable(row.Head)})
	}
	return out, nil
}

func convert[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
