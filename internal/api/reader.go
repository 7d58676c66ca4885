package api

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// reader puts rows together into what a page shows, with a fixed number of
// statements a page: never one a row.
type reader struct {
	db       *store.DB
	clock    crm.Clock
	taxonomy func() *understand.FirmTaxonomy // of the firm, as it is now
}

// head finds the customer that an id belongs to now: the id of any of its
// profiles, so also of a customer that was merged into it.
func (r *reader) head(ctx context.Context, id crm.ID) (crm.ID, error) {
	heads, err := r.heads(ctx, []crm.ID{id})
	if err != nil {
		return crm.ID{}, err
	}
	if h, ok := heads[id]; ok {
		return h, nil
	}
	return crm.ID{}, crm.Errorf(crm.NotFound, "There is no such customer.")
}

// heads finds the customers of profiles.
func (r *reader) heads(ctx context.Context, profiles []crm.ID) (map[crm.ID]crm.ID, error) {
	rows, err := store.ByKeys(ctx, r.db.Read().ProfilesByID, profileKeys(profiles))
	if err != nil {
		return nil, err
	}
	out := make(map[crm.ID]crm.ID, len(rows))
	for _, row := range rows {
		out[row.ProfileID] = row.CustomerID
	}
	return out, nil
}

// members are the profiles of customers.
func (r *reader) members(ctx context.Context, customers []crm.ID) (map[crm.ID][]crm.ID, error) {
	rows, err := store.ByKeys(ctx, r.db.Read().ProfilesOfCustomers, profileKeys(customers))
	if err != nil {
		return nil, err
	}
	out := make(map[crm.ID][]crm.ID, len(customers))
	for _, row := range rows {
		out[row.CustomerID] = append(out[row.CustomerID], row.ProfileID)
	}
	return out, nil
}

// profilesOf are the profiles of one customer, given by any of their ids.
func (r *reader) profilesOf(ctx context.Context, id crm.ID) (customer crm.ID, profiles []crm.ID, err error) {
	if customer, err = r.head(ctx, id); err != nil {
		return customer, nil, err
	}
	members, err := r.members(ctx, []crm.ID{customer})
	if err != nil {
		return customer, nil, err
	}
	profiles = members[customer]
	slices.SortFunc(profiles, func(a, b crm.ID) int { return slices.Compare(a[:], b[:]) })
	return customer, profiles, nil
}

func profileKeys(ids []crm.ID) []store.Key {
	keys := make([]store.Key, 0, len(ids))
	for _, id := range ids {
		if !id.IsZero() {
			keys = append(keys, store.ProfileKey(id))
		}
	}
	return keys
}

// names of customers, for references.
func (r *reader) names(ctx context.Context, customers []crm.ID) (map[crm.ID]string, error) {
	rows, err := store.ByKeys(ctx, r.db.Read().CustomersByID, profileKeys(customers))
	if err != nil {
		return nil, err
	}
	out := make(map[crm.ID]string, len(rows))
	var nameless []sqlgen.CustomersByIDRow
	for _, row := range rows {
		if out[row.CustomerID] = row.Name; row.Name == "" {
			nameless = append(nameless, row)
		}
	}
	if len(nameless) > 0 {
		described, err := r.describe(ctx, nameless, nil)
		if err != nil {
			return nil, err
		}
		for _, c := range described {
			out[c.ID] = c.Name
		}
	}
	return out, nil
}

// describe makes the rows of a list, in the order given. read tells until when
// the caller has read each customer; nil: the caller is no person.
func (r *reader) describe(ctx context.Context, rows []sqlgen.CustomersByIDRow, read marks) ([]CustomerRow, error) {
	ids := make([]crm.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.CustomerID
	}
	members, err := r.members(ctx, ids)
	if err != nil {
		return nil, err
	}
	var profiles []crm.ID
	owner := map[crm.ID]crm.ID{}
	for customer, list := range members {
		profiles = append(profiles, list...)
		for _, p := range list {
			owner[p] = customer
		}
	}
	values, err := store.ByKeys(ctx, r.db.Read().KeysOfProfiles, profileKeys(profiles))
	if err != nil {
		return nil, err
	}
	active, err := store.ByKeys(ctx, r.db.Read().ActiveJourneysOfProfiles, profileKeys(profiles))
	if err != nil {
		return nil, err
	}
	seen, err := read.of(ctx, ids)
	if err != nil {
		return nil, err
	}
	identifiers := map[crm.ID][]sqlgen.ProfileKey{}
	for _, v := range values {
		identifiers[owner[v.ProfileID]] = append(identifiers[owner[v.ProfileID]], v)
	}
	out := make([]CustomerRow, len(rows))
	at := map[crm.ID]int{}
	for i, row := range rows {
		at[row.CustomerID] = i
		out[i] = CustomerRow{
			ID: row.CustomerID, Name: row.Name, Identifiers: best(identifiers[row.CustomerID], 3),
			FirstAt: crm.FromMicros(row.FirstAt), LastAt: crm.FromMicros(row.LastAt),
			LastChannel: crm.Channel(row.LastChannel), LastDirection: crm.Direction(row.LastDirection), LastText: row.LastText,
			Contacts: row.Contacts, Unread: read.unread(row.LastAt, seen[row.CustomerID]),
		}
		if out[i].Name == "" && len(out[i].Identifiers) > 0 {
			out[i].Name = out[i].Identifiers[0]
		}
	}
	for _, j := range active {
		i, ok := at[owner[j.ProfileID]]
		if !ok {
			continue
		}
		out[i].OpenJourneys++
		if crm.JourneyState(j.State) == crm.WaitingForUs {
			out[i].Waiting++
		}
		out[i].Leaving = out[i].Leaving || j.Leaving
	}
	return out, r.veilCustomers(ctx, out, members)
}

// best gives the values that people know a customer by: verified ones first,
// then by kind. What a browser calls itself is shown only for lack of others.
func best(keys []sqlgen.ProfileKey, n int) []string {
	slices.SortStableFunc(keys, func(a, b sqlgen.ProfileKey) int {
		return cmp.Or(cmp.Compare(statusOrder(a.Status), statusOrder(b.Status)), cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)),
			cmp.Compare(b.LastSeen, a.LastSeen), cmp.Compare(a.Value, b.Value))
	})
	out := []string{}
	for _, device := range []bool{false, true} {
		for _, k := range keys {
			if len(out) < n && device == (crm.IdentifierKind(k.Kind) == crm.AnonymousID) && !slices.Contains(out, k.Value) && (!device || len(out) == 0) {
				out = append(out, k.Value)
			}
		}
	}
	return out
}

func statusOrder(status string) int {
	return max(0, slices.Index([]string{"verified", "seen", "claimed"}, status))
}

func kindOrder(kind string) int {
	if i := slices.Index([]crm.IdentifierKind{crm.Email, crm.PhoneNumber, crm.UserID}, crm.IdentifierKind(kind)); i >= 0 {
		return i
	}
	return 3
}

// marks tells until when the caller has read customers; nil: no person asks.
type marks func(ctx context.Context, customers []crm.ID) (map[crm.ID]time.Time, error)

func (m marks) of(ctx context.Context, customers []crm.ID) (map[crm.ID]time.Time, error) {
	if m == nil {
		return nil, nil
	}
	return m(ctx, customers)
}

// unread reports whether a customer has a contact newer than the mark.
func (m marks) unread(lastAt int64, mark time.Time) bool {
	return m != nil && lastAt > crm.Micros(mark)
}

// missing turns "no rows" into not_found.
func missing(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return crm.Errorf(crm.NotFound, "There is no such %s.", what)
	}
	return err
}
