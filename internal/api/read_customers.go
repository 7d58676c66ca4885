package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/search"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// scanBudget bounds how many rows one page of a filtered list looks at. A page
// that found fewer customers within it is short and has a cursor to go on.
const scanBudget = 4000

// customerQuery is what a customer list is asked for.
type customerQuery struct {
	q       string
	filter  string
	channel crm.Channel
	limit   int
	cursor  string
}

// customers reads a list of customers, the newest contact first, or the best
// match first when words are searched for.
func (r *reader) customers(ctx context.Context, q customerQuery, read marks) (Page[CustomerRow], error) {
	switch {
	case q.q != "":
		return r.searchCustomers(ctx, q, read)
	case q.filter == "waiting" || q.filter == "open" || q.filter == "leaving":
		return r.customersByJourney(ctx, q, read)
	}
	from, err := after(q.cursor, newest(listCustomers))
	if err != nil {
		return Page[CustomerRow]{}, err
	}
	out := Page[CustomerRow]{Items: []CustomerRow{}}
	filtered := q.filter == "unread" || q.channel != ""
	for scanned := 0; ; {
		n := q.limit + 1 - len(out.Items)
		if filtered {
			n = 200
		}
		rows, err := r.db.Read().CustomersByLast(ctx, sqlgen.CustomersByLastParams{LastAt: from.n, CustomerID: from.id, MaxRows: int64(n)})
		if err != nil {
			return out, err
		}
		kept := make([]sqlgen.CustomersByIDRow, 0, len(rows))
		for _, row := range rows {
			if q.channel == "" || row.LastChannel == string(q.channel) {
				kept = append(kept, sqlgen.CustomersByIDRow(row))
			}
		}
		if q.filter == "unread" {
			seen, err := read.of(ctx, customerIDs(kept))
			if err != nil {
				return out, err
			}
			kept = slices.DeleteFunc(kept, func(c sqlgen.CustomersByIDRow) bool { return !read.unread(c.LastAt, seen[c.CustomerID]) })
		}
		kept = kept[:min(len(kept), q.limit+1-len(out.Items))]
		described, err := r.describe(ctx, kept, read)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, described...)
		if len(out.Items) > q.limit {
			out.Items, out.Next = page(out.Items, q.limit, customerCursor)
			return out, nil
		}
		if len(rows) < n {
			return out, nil
		}
		last := rows[len(rows)-1]
		from = cursor{list: listCustomers, n: last.LastAt, id: last.CustomerID}
		if scanned += len(rows); scanned >= scanBudget {
			out.Next = from.String()
			return out, nil
		}
	}
}

func customerCursor(c CustomerRow) cursor {
	return cursor{list: listCustomers, n: crm.Micros(c.LastAt), id: c.ID}
}

func customerIDs(rows []sqlgen.CustomersByIDRow) []crm.ID {
	ids := make([]crm.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.CustomerID
	}
	return ids
}

// searchCustomers finds by words; it is one page, because a person refines a
// search and does not leaf through it.
func (r *reader) searchCustomers(ctx context.Context, q customerQuery, read marks) (Page[CustomerRow], error) {
	found, err := search.Find(ctx, r.db, q.q, q.limit)
	if err != nil {
		return Page[CustomerRow]{}, err
	}
	if q.channel != "" {
		found = slices.DeleteFunc(found, func(c search.Customer) bool { return c.LastChannel != string(q.channel) })
	}
	items, err := r.describe(ctx, found, read)
	if err != nil {
		return Page[CustomerRow]{}, err
	}
	items = slices.DeleteFunc(items, func(c CustomerRow) bool {
		switch q.filter {
		case "waiting":
			return c.Waiting == 0
		case "open":
			return c.OpenJourneys == 0
		case "leaving":
			return !c.Leaving
		case "unread":
			return !c.Unread
		}
		return false
	})
	return Page[CustomerRow]{Items: items}, nil
}

// wanted are the journey states of a filter.
func wanted(filter string) []crm.JourneyState {
	if filter == "waiting" {
		return []crm.JourneyState{crm.WaitingForUs}
	}
	return []crm.JourneyState{crm.WaitingForUs, crm.WaitingForThem, crm.JourneyOpen}
}

// customersByJourney lists the customers who have a journey of the filter, by
// the newest such journey. A customer stands where that one stands and nowhere
// else, so pages repeat nobody.
func (r *reader) customersByJourney(ctx context.Context, q customerQuery, read marks) (Page[CustomerRow], error) {
	out := Page[CustomerRow]{Items: []CustomerRow{}}
	from, err := after(q.cursor, newest(listFiltered))
	if err != nil {
		return out, err
	}
	jq := journeyQuery{states: wanted(q.filter), leaving: q.filter == "leaving"}
	for scanned := 0; ; {
		batch := max(q.limit+1, 100)
		rows, err := r.journeysByState(ctx, jq, from, batch)
		if err != nil {
			return out, err
		}
		tops, err := r.tops(ctx, rows, jq)
		if err != nil {
			return out, err
		}
		found, err := store.ByKeys(ctx, r.db.Read().CustomersByID, profileKeys(mapValues(tops)))
		if err != nil {
			return out, err
		}
		rowsByID := map[crm.ID]sqlgen.CustomersByIDRow{}
		for _, c := range found {
			rowsByID[c.CustomerID] = c
		}
		var kept []sqlgen.CustomersByIDRow
		var places []cursor
		for _, row := range rows {
			c, ok := rowsByID[tops[row.ID]]
			if ok && !c.Hidden && (q.channel == "" || c.LastChannel == string(q.channel)) && len(out.Items)+len(kept) <= q.limit {
				kept = append(kept, c)
				places = append(places, cursor{listFiltered, row.SortAt, row.ID})
			}
		}
		described, err := r.describe(ctx, kept, read)
		if err != nil {
			return out, err
		}
		have := len(out.Items)
		out.Items = append(out.Items, described...)
		if len(out.Items) > q.limit {
			out.Items = out.Items[:q.limit]
			out.Next = from.String()
			if i := q.limit - 1 - have; i >= 0 {
				out.Next = places[i].String()
			}
			return out, nil
		}
		if len(rows) < batch {
			return out, nil
		}
		last := rows[len(rows)-1]
		from = cursor{listFiltered, last.SortAt, last.ID}
		if scanned += len(rows); scanned >= scanBudget {
			out.Next = from.String()
			return out, nil
		}
	}
}

// tops keeps, of journeys, those that are their customer's newest of the query,
// and gives the customer of each.
func (r *reader) tops(ctx context.Context, rows []sqlgen.JourneysByStateRow, q journeyQuery) (map[crm.ID]crm.ID, error) {
	profiles := make([]crm.ID, len(rows))
	for i, row := range rows {
		profiles[i] = row.ProfileID
	}
	heads, err := r.heads(ctx, profiles)
	if err != nil {
		return nil, err
	}
	members, err := r.members(ctx, mapValues(heads))
	if err != nil {
		return nil, err
	}
	var all []crm.ID
	owner := map[crm.ID]crm.ID{}
	for customer, list := range members {
		all = append(all, list...)
		for _, p := range list {
			owner[p] = customer
		}
	}
	active, err := store.ByKeys(ctx, r.db.Read().ActiveJourneysOfProfiles, profileKeys(all))
	if err != nil {
		return nil, err
	}
	type place struct {
		at int64
		id crm.ID
	}
	top := map[crm.ID]place{}
	for _, j := range active {
		customer := owner[j.ProfileID]
		old, ok := top[customer]
		if q.leaving && !j.Leaving || !slices.Contains(q.states, crm.JourneyState(j.State)) || ok && !less(old.at, old.id, j.SortAt, j.ID) {
			continue
		}
		top[customer] = place{j.SortAt, j.ID}
	}
	out := make(map[crm.ID]crm.ID, len(top))
	for customer, p := range top {
		out[p.id] = customer
	}
	return out, nil
}

func mapValues[K comparable, V cmp.Ordered | crm.ID](m map[K]V) []V {
	out := make([]V, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
