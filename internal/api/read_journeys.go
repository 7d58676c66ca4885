package api

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/journey"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// journeyQuery is what a journey list is asked for.
type journeyQuery struct {
	states     []crm.JourneyState
	sort       string // last, effort, waiting
	leaving    bool
	unanswered bool
	repeat     int64 // days; 0: any journey
	limit      int
	cursor     string
}

// allStates is every state, for a list without a filter.
var allStates = []crm.JourneyState{crm.JourneyOpen, crm.WaitingForUs, crm.WaitingForThem, crm.Resolved, crm.Abandoned}

// journeys reads a list of journeys: the newest first, the most effort first
// (active ones only), or those that wait for us, the longest wait first.
func (r *reader) journeys(ctx context.Context, q journeyQuery) (Page[Journey], error) {
	out := Page[Journey]{Items: []Journey{}}
	var rows []sqlgen.JourneysByStateRow
	var from cursor
	var err error
	place := func(row sqlgen.JourneysByStateRow) cursor { return cursor{listJourneys, row.SortAt, row.ID} }
	switch q.sort {
	case "effort":
		if from, err = after(q.cursor, newest(listEffort)); err == nil {
			rows, err = r.journeysByEffort(ctx, q, from)
		}
		place = func(row sqlgen.JourneysByStateRow) cursor { return cursor{listEffort, row.Effort, row.ID} }
	case "waiting":
		if from, err = after(q.cursor, cursor{list: listWaiting, n: math.MinInt64}); err == nil {
			rows, err = r.journeysWaiting(ctx, q, from)
		}
		place = func(row sqlgen.JourneysByStateRow) cursor { return cursor{listWaiting, row.SortAt, row.ID} }
	default:
		if from, err = after(q.cursor, newest(listJourneys)); err == nil {
			rows, err = r.journeysByState(ctx, q, from, q.limit+1)
		}
	}
	if err != nil {
		return out, err
	}
	rows, out.Next = page(rows, q.limit, place)
	out.Items, err = r.describeJourneys(ctx, rows, false)
	return out, err
}

// journeysByState merges the states' lists, each of which is one index range.
func (r *reader) journeysByState(ctx context.Context, q journeyQuery, from cursor, n int) ([]sqlgen.JourneysByStateRow, error) {
	var all []sqlgen.JourneysByStateRow
	for _, state := range q.states {
		rows, err := r.db.Read().JourneysByState(ctx, sqlgen.JourneysByStateParams{State: string(state), SortAt: from.n, ID: from.id,
			OnlyLeaving: q.leaving, OnlyUnanswered: q.unanswered, RepeatWithin: q.repeat, MaxRows: int64(n)})
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b sqlgen.JourneysByStateRow) int {
		return cmp.Or(cmp.Compare(b.SortAt, a.SortAt), slices.Compare(b.ID[:], a.ID[:]))
	})
	return all[:min(n, len(all))], nil
}

func (r *reader) journeysByEffort(ctx context.Context, q journeyQuery, from cursor) ([]sqlgen.JourneysByStateRow, error) {
	var all []sqlgen.JourneysByStateRow
	for scanned := 0; len(all) <= q.limit && scanned < scanBudget; {
		rows, err := r.db.Read().JourneysByEffort(ctx, sqlgen.JourneysByEffortParams{Effort: from.n, ID: from.id,
			OnlyLeaving: q.leaving, OnlyUnanswered: q.unanswered, RepeatWithin: q.repeat, MaxRows: int64(q.limit + 1)})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if slices.Contains(q.states, crm.JourneyState(row.State)) {
				all = append(all, sqlgen.JourneysByStateRow(row))
			}
		}
		if len(rows) <= q.limit {
			break
		}
		scanned += len(rows)
		last := rows[len(rows)-1]
		from = cursor{listEffort, last.Effort, last.ID}
	}
	return all, nil
}

func (r *reader) journeysWaiting(ctx context.Context, q journeyQuery, from cursor) ([]sqlgen.JourneysByStateRow, error) {
	if !slices.Contains(q.states, crm.WaitingForUs) {
		return nil, nil
	}
	rows, err := r.db.Read().JourneysByStateOldest(ctx, sqlgen.JourneysByStateOldestParams{State: string(crm.WaitingForUs),
		SortAt: from.n, ID: from.id, OnlyLeaving: q.leaving, OnlyUnanswered: q.unanswered, RepeatWithin: q.repeat, MaxRows: int64(q.limit + 1)})
	out := make([]sqlgen.JourneysByStateRow, len(rows))
	for i, row := range rows {
		out[i] = sqlgen.JourneysByStateRow(row)
	}
	return out, err
}

// journey reads one with its links.
func (r *reader) journey(ctx context.Context, id crm.ID) (Journey, error) {
	row, err := r.db.Read().JourneyByID(ctx, sqlgen.JourneyByIDParams{Bucket: id.RowBucket(), ID: id})
	if err != nil {
		return Journey{}, missing(err, "journey")
	}
	out, err := r.describeJourneys(ctx, []sqlgen.JourneysByStateRow{sqlgen.JourneysByStateRow(row)}, true)
	if err == nil && len(out) == 0 {
		err = missing(sql.ErrNoRows, "journey")
	}
	if err != nil {
		return Journey{}, err
	}
	return out[0], nil
}

// journeysOf reads a customer's journeys with their links, the newest first.
func (r *reader) journeysOf(ctx context.Context, customer crm.ID, limit int, at string) (Page[Journey], error) {
	out := Page[Journey]{Items: []Journey{}}
	from, err := after(at, newest(listOfCustomer))
	if err != nil {
		return out, err
	}
	_, profiles, err := r.profilesOf(ctx, customer)
	if err != nil {
		return out, err
	}
	var all []sqlgen.JourneysByStateRow
	for _, p := range profiles {
		rows, err := r.db.Read().JourneysOfProfile(ctx, sqlgen.JourneysOfProfileParams{Bucket: p.Bucket(), ProfileID: p,
			LastAt: from.n, ID: from.id, MaxRows: int64(limit + 1)})
		if err != nil {
			return out, err
		}
		for _, row := range rows {
			all = append(all, sqlgen.JourneysByStateRow(row))
		}
	}
	slices.SortFunc(all, func(a, b sqlgen.JourneysByStateRow) int {
		return cmp.Or(cmp.Compare(b.LastAt, a.LastAt), slices.Compare(b.ID[:], a.ID[:]))
	})
	all, out.Next = page(all, limit, func(row sqlgen.JourneysByStateRow) cursor { return cursor{listOfCustomer, row.LastAt, row.ID} })
	out.Items, err = r.describeJourneys(ctx, all, true)
	return out, err
}

// describeJourneys makes journeys of rows, in their order.
func (r *reader) describeJourneys(ctx context.Context, rows []sqlgen.JourneysByStateRow, withLinks bool) ([]Journey, error) {
	profiles := make([]crm.ID, len(rows))
	keys := make([]store.Key, len(rows))
	for i, row := range rows {
		profiles[i], keys[i] = row.ProfileID, store.RowKey(row.ID)
	}
	heads, err := r.heads(ctx, profiles)
	if err != nil {
		return nil, err
	}
	names, err := r.names(ctx, mapValues(heads))
	if err != nil {
		return nil, err
	}
	links := map[crm.ID][]crm.Link{}
	if withLinks {
		found, err := store.ByKeys(ctx, r.db.Read().LinksOfJourneys, keys)
		if err != nil {
			return nil, err
		}
		for _, l := range found {
			links[l.JourneyID] = append(links[l.JourneyID], linkOf(sqlgen.LinksOfInteractionsRow(l)))
		}
	}
	now := r.clock()
	out := make([]Journey, len(rows))
	for i, row := range rows {
		var d journey.Data
		if err := json.Unmarshal([]byte(row.Data), &d); err != nil {
			return nil, fmt.Errorf("journey %s: %w", row.ID, err)
		}
		j := Journey{
			ID: row.ID, CustomerID: heads[row.ProfileID], CustomerName: names[heads[row.ProfileID]],
			Intent: row.Intent, IntentLabel: r.taxonomy().Label(row.Intent), Title: d.Title, State: crm.JourneyState(row.State), StateReason: d.Reason,
			OpenedAt: crm.FromMicros(row.OpenedAt), LastAt: crm.FromMicros(row.LastAt), WaitingSince: d.WaitingSince,
			Channels: notNil(d.Channels), Contacts: d.Contacts, Interactions: d.Count, Switches: d.Switches,
			Effort: float64(row.Effort) / 1000, EffortParts: notNil(d.Parts), FirstResponse: float64(d.FirstResponse), LongestWait: float64(d.LongestWait),
			Unanswered: notNil(d.Unanswered), Leaving: row.Leaving, Repeat: d.Repeat, Links: links[row.ID],
		}
		// A wait that still runs grows while nobody writes, so it is measured now.
		if !d.WaitingSince.IsZero() {
			j.LongestWait = max(j.LongestWait, math.Floor(now.Sub(d.WaitingSince).Seconds()))
		}
		slices.SortFunc(j.Links, func(a, b crm.Link) int { return slices.Compare(a.InteractionID[:], b.InteractionID[:]) })
		out[i] = j
	}
	return r.veil(ctx, out)
}

func linkOf(l sqlgen.LinksOfInteractionsRow) crm.Link {
	return crm.Link{InteractionID: l.InteractionID, JourneyID: l.JourneyID, Confidence: float64(l.Confidence) / 1000,
		Reason: l.Reason, By: l.Author, At: crm.FromMicros(l.At)}
}

// notNil makes an empty list [] in JSON, never null.
func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
