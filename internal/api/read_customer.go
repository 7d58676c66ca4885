package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// maxIdentifiers bounds the identifiers of a page; a customer with more is a
// shared mailbox, and a person can't read them all either.
const maxIdentifiers = 200

// customer reads one by any of its ids, with everything that identifies it.
func (r *reader) customer(ctx context.Context, id crm.ID, read marks) (Customer, error) {
	head, profiles, err := r.profilesOf(ctx, id)
	if err != nil {
		return Customer{}, err
	}
	row, err := r.customerRow(ctx, head, read)
	if err != nil {
		return Customer{}, err
	}
	c := Customer{CustomerRow: row, Profiles: len(profiles)}
	if c.IdentifierList, err = r.identifiers(ctx, profiles); err != nil {
		return c, err
	}
	if c.Merges, err = r.merges(ctx, profiles); err != nil {
		return c, err
	}
	if c.Suggestions, err = r.suggestions(ctx, head, profiles); err != nil {
		return c, err
	}
	c.NeverLink, err = r.neverLinks(ctx, head, profiles)
	return c, err
}

func (r *reader) customerRow(ctx context.Context, head crm.ID, read marks) (CustomerRow, error) {
	rows, err := store.ByKeys(ctx, r.db.Read().CustomersByID, profileKeys([]crm.ID{head}))
	if err != nil {
		return CustomerRow{}, err
	}
	if len(rows) == 0 {
		return CustomerRow{}, crm.Errorf(crm.NotFound, "There is no such customer.")
	}
	described, err := r.describe(ctx, rows, read)
	if err != nil {
		return CustomerRow{}, err
	}
	return described[0], nil
}

func (r *reader) identifiers(ctx context.Context, profiles []crm.ID) ([]Identifier, error) {
	rows, err := store.ByKeys(ctx, r.db.Read().KeysOfProfiles, profileKeys(profiles))
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(k sqlgen.ProfileKey) bool { return crm.IdentifierKind(k.Kind) == identify.Unknown })
	slices.SortFunc(rows, func(a, b sqlgen.ProfileKey) int {
		return cmp.Or(cmp.Compare(statusOrder(a.Status), statusOrder(b.Status)), cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)),
			cmp.Compare(b.LastSeen, a.LastSeen), cmp.Compare(a.Value, b.Value), a.ProfileID.Compare(b.ProfileID))
	})
	rows = rows[:min(len(rows), maxIdentifiers)]
	out := make([]Identifier, len(rows))
	for i, k := range rows {
		shared, err := r.db.Read().SharedKey(ctx, sqlgen.SharedKeyParams{KeyBucket: crm.KeyBucket(k.Kind, k.Value), Kind: k.Kind, Value: k.Value})
		if err != nil {
			return nil, err
		}
		if !access.CanSource(ctx, k.Source) {
			// Where it came from is the business of those who work there.
			k.Source, k.Method = "", unnamed(ctx, k.Method)
		}
		out[i] = Identifier{Kind: crm.IdentifierKind(k.Kind), Value: k.Value, Name: k.Name, ProfileID: k.ProfileID, Status: k.Status,
			Method: k.Method, Source: k.Source, Shared: slices.Contains(shared, true), FirstSeen: crm.FromMicros(k.FirstSeen), LastSeen: crm.FromMicros(k.LastSeen)}
	}
	return out, nil
}

func (r *reader) merges(ctx context.Context, profiles []crm.ID) ([]Merge, error) {
	rows, err := store.ByKeys(ctx, r.db.Read().MergesOfProfiles, profileKeys(profiles))
	if err != nil {
		return nil, err
	}
	out := convert(rows, mergeOf)
	for i := range out {
		out[i].Reason = unnamed(ctx, out[i].Reason)
	}
	slices.SortFunc(out, func(a, b Merge) int { return cmp.Or(b.At.Compare(a.At), a.ID.Compare(b.ID)) })
	return out, nil
}

// merge reads one entry of the ledger.
func (r *reader) merge(ctx context.Context, id crm.ID) (Merge, error) {
	row, err := r.db.Read().MergeEntry(ctx, sqlgen.MergeEntryParams{Bucket: id.RowBucket(), ID: id})
	return mergeOf(sqlgen.MergesOfProfilesRow(row)), missing(err, "merge")
}

func mergeOf(m sqlgen.MergesOfProfilesRow) Merge {
	return Merge{ID: m.ID, Into: m.IntoCustomer, From: m.FromCustomer, IntoName: m.IntoName, FromName: m.FromName, Rule: m.Rule,
		Reason: m.Reason, By: m.Author, At: crm.FromMicros(m.At), UndoneAt: crm.FromMicros(m.UndoneAt), UndoneBy: m.UndoneBy}
}

// suggestions gives each other customer once, though several of their profiles
// may resemble each other.
func (r *reader) suggestions(ctx context.Context, head crm.ID, profiles []crm.ID) ([]Suggestion, error) {
	rows, err := store.ByKeys(ctx, r.db.Read().SuggestionsOfProfiles, profileKeys(profiles))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b sqlgen.SuggestionsOfProfilesRow) int {
		return cmp.Or(cmp.Compare(b.At, a.At), a.ID.Compare(b.ID))
	})
	others := convert(rows, func(s sqlgen.SuggestionsOfProfilesRow) crm.ID { return s.OtherID })
	refs, err := r.refs(ctx, others)
	if err != nil {
		return nil, err
	}
	out := []Suggestion{}
	seen := map[crm.ID]bool{head: true}
	for _, s := range rows {
		ref, ok := refs[s.OtherID]
		if !ok || seen[ref.ID] {
			continue
		}
		seen[ref.ID] = true
		out = append(out, Suggestion{ID: s.ID, CustomerID: ref.ID, CustomerName: ref.Name, Kind: crm.IdentifierKind(s.Kind),
			Value: s.Value, Reason: s.Reason, At: crm.FromMicros(s.At)})
	}
	return out, nil
}

func (r *reader) neverLinks(ctx context.Context, head crm.ID, profiles []crm.ID) ([]CustomerRef, error) {
	rows, err := store.ByKeys(ctx, r.db.Read().NeverLinksOfProfiles, profileKeys(profiles))
	if err != nil {
		return nil, err
	}
	refs, err := r.refs(ctx, convert(rows, func(n sqlgen.NeverLinksOfProfilesRow) crm.ID { return n.OtherID }))
	if err != nil {
		return nil, err
	}
	out := []CustomerRef{}
	seen := map[crm.ID]bool{head: true}
	for _, ref := range refs {
		if !seen[ref.ID] {
			seen[ref.ID] = true
			out = append(out, ref)
		}
	}
	slices.SortFunc(out, func(a, b CustomerRef) int { return cmp.Or(cmp.Compare(a.Name, b.Name), a.ID.Compare(b.ID)) })
	return out, nil
}

// refs names the customers that profiles belong to, by profile.
func (r *reader) refs(ctx context.Context, profiles []crm.ID) (map[crm.ID]CustomerRef, error) {
	heads, err := r.heads(ctx, profiles)
	if err != nil {
		return nil, err
	}
	names, err := r.names(ctx, mapValues(heads))
	if err != nil {
		return nil, err
	}
	out := make(map[crm.ID]CustomerRef, len(heads))
	for p, h := range heads {
		out[p] = CustomerRef{ID: h, Name: names[h]}
	}
	return out, nil
}

// mergePreview shows what a merge would join, and what speaks against it.
func (r *reader) mergePreview(ctx context.Context, into, from crm.ID, read marks) (MergePreview, error) {
	a, err := r.customer(ctx, into, read)
	if err != nil {
		return MergePreview{}, err
	}
	b, err := r.customer(ctx, from, read)
	if err != nil {
		return MergePreview{}, err
	}
	p := MergePreview{Into: a.CustomerRow, From: b.CustomerRow, Identifiers: append(a.IdentifierList, b.IdentifierList...), Warnings: []string{}}
	if a.ID == b.ID {
		p.Identifiers = a.IdentifierList
		p.Warnings = append(p.Warnings, "These are one customer already.")
		return p, nil
	}
	if slices.ContainsFunc(a.NeverLink, func(c CustomerRef) bool { return c.ID == b.ID }) {
		p.Warnings = append(p.Warnings, "A colleague decided that these are two customers. Merging sets that aside.")
	}
	for _, kind := range []crm.IdentifierKind{crm.UserID, crm.Email, crm.PhoneNumber} {
		mine, theirs := verified(a, kind), verified(b, kind)
		if mine != "" && theirs != "" && mine != theirs {
			p.Warnings = append(p.Warnings, "Each has a verified "+kindLabel[kind]+" of its own: "+mine+" and "+theirs+".")
		}
	}
	return p, nil
}

var kindLabel = map[crm.IdentifierKind]string{crm.UserID: "account", crm.Email: "mail address", crm.PhoneNumber: "phone number"}

func verified(c Customer, kind crm.IdentifierKind) string {
	for _, id := range c.IdentifierList {
		if id.Kind == kind && id.Status == "verified" {
			return id.Value
		}
	}
	return ""
}
