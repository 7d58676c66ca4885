package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The bounds of one search: words looked at, and rows read a word. A word that
// matches more than maxRows profiles is only a filter for the other words.
const (
	maxWords = 5
	maxRows  = 256
)

// Customer is a customer as a search finds it.
type Customer = sqlgen.CustomersByIDRow

// hits are the customers of one word: true where the word matched exactly.
type hits struct {
	word     string
	profiles map[crm.ID]bool
	heads    map[crm.ID]bool
	complete bool // no row was left out
}

// Find gives the customers that match every word of the query, as a whole word
// or as the beginning of one: exact matches first, then the newest contact
// first. At most limit; a query without words finds nobody.
func Find(ctx context.Context, db *store.DB, query string, limit int) ([]Customer, error) {
	words := queryWords(query)
	if len(words) == 0 {
		return nil, nil
	}
	sets := make([]*hits, 0, len(words)+1)
	for _, w := range words {
		h, err := probe(ctx, db.Read(), w)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		sets = append(sets, h)
	}
	var phrase *hits
	if len(words) > 1 {
		var err error
		if phrase, err = probe(ctx, db.Read(), strings.Join(words, " ")); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		sets = append(sets, phrase)
	}
	if err := resolve(ctx, db.Read(), sets); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	rank, err := match(ctx, db.Read(), sets[:len(words)], phrase)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	keys := make([]store.Key, 0, len(rank))
	for id := range rank {
		keys = append(keys, store.ProfileKey(id))
	}
	found, err := store.ByKeys(ctx, db.Read().CustomersByID, keys)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	found = slices.DeleteFunc(found, func(c Customer) bool { return c.Hidden })
	slices.SortFunc(found, func(a, b Customer) int {
		return cmp.Or(cmp.Compare(rank[b.CustomerID], rank[a.CustomerID]), cmp.Compare(b.LastAt, a.LastAt),
			slices.Compare(a.CustomerID[:], b.CustomerID[:]))
	})
	return found[:min(limit, len(found))], nil
}

// queryWords folds and splits what a person typed. A telephone number is one
// word however it is spaced.
func queryWords(query string) []string {
	if len(query) > 1000 {
		query = query[:1000]
	}
	folded := Fold(query)
	if d := phoneDigits(folded); d != "" {
		return []string{d}
	}
	words := split(folded)
	for i, w := range words {
		words[i] = clip(w)
	}
	return words[:min(maxWords, len(words))]
}

// probe reads the profiles that have the word: those that have exactly it, the
// newest ones first, and those that have a longer one.
func probe(ctx context.Context, q *sqlgen.Queries, word string) (*hits, error) {
	h := &hits{word: word, profiles: map[crm.ID]bool{}, complete: true}
	add := func(ids []crm.ID, exact bool) {
		for _, id := range ids {
			h.profiles[id] = h.profiles[id] || exact
		}
		h.complete = h.complete && len(ids) < maxRows
	}
	bucket := termBucket(word)
	exact, err := q.TermExact(ctx, sqlgen.TermExactParams{TermBucket: bucket, Term: word, MaxRows: maxRows})
	if err != nil {
		return nil, err
	}
	add(exact, true)
	if digits := phoneDigits(word); len(digits) > 9 {
		// A number typed with another prefix than it was stored with.
		tail := digits[len(digits)-9:]
		ids, err := q.TermExact(ctx, sqlgen.TermExactParams{TermBucket: termBucket(tail), Term: tail, MaxRows: maxRows})
		if err != nil {
			return nil, err
		}
		add(ids, false)
	}
	longer, err := q.TermPrefix(ctx, sqlgen.TermPrefixParams{TermBucket: bucket, Term: word, TermEnd: prefixEnd(word), MaxRows: maxRows})
	if err != nil {
		return nil, err
	}
	add(longer, false)
	return h, nil
}

// prefixEnd is beyond every term that begins with the word. Terms are compared
// by their UTF-8 bytes, and no term of ours holds a rune of the last plane.
func prefixEnd(word string) string { return word + "\U0010ffff" }

// resolve finds the customer that each profile belongs to now.
func resolve(ctx context.Context, q *sqlgen.Queries, sets []*hits) error {
	var keys []store.Key
	for _, h := range sets {
		for id := range h.profiles {
			keys = append(keys, store.ProfileKey(id))
		}
	}
	rows, err := store.ByKeys(ctx, q.ProfilesByID, keys)
	if err != nil {
		return err
	}
	head := make(map[crm.ID]crm.ID, len(rows))
	for _, r := range rows {
		head[r.ProfileID] = r.CustomerID
	}
	for _, h := range sets {
		h.heads = make(map[crm.ID]bool, len(h.profiles))
		for id, exact := range h.profiles {
			if customer, ok := head[id]; ok {
				h.heads[customer] = h.heads[customer] || exact
			}
		}
	}
	return nil
}

// match keeps the customers that have every word and ranks them. The rarest
// word drives; a word with more rows than were read is checked against what
// the customer is called.
func match(ctx context.Context, q *sqlgen.Queries, words []*hits, phrase *hits) (map[crm.ID]int, error) {
	driver := slices.MinFunc(words, func(a, b *hits) int {
		return cmp.Or(cmp.Compare(len(a.profiles), len(b.profiles)), cmp.Compare(len(b.word), len(a.word)))
	})
	rank := map[crm.ID]int{}
	var unsure []crm.ID
candidates:
	for id := range driver.heads {
		score, open := 0, false
		for _, h := range words {
			exact, ok := h.heads[id]
			switch {
			case exact:
				score++
			case !ok && h.complete:
				continue candidates
			case !ok:
				open = true
			}
		}
		rank[id] = score
		if open {
			unsure = append(unsure, id)
		}
	}
	if len(unsure) > 0 {
		if err := check(ctx, q, words, unsure, rank); err != nil {
			return nil, err
		}
	}
	if phrase != nil {
		for id, exact := range phrase.heads {
			rank[id] += len(words)
			if exact {
				rank[id] += len(words)
			}
		}
	}
	return rank, nil
}

// check drops from rank the customers that lack a word.
func check(ctx context.Context, q *sqlgen.Queries, words []*hits, ids []crm.ID, rank map[crm.ID]int) error {
	heads := make([]store.Key, len(ids))
	for i, id := range ids {
		heads[i] = store.ProfileKey(id)
	}
	members, err := store.ByKeys(ctx, q.ProfilesOfCustomers, heads)
	if err != nil {
		return err
	}
	profiles := make([]store.Key, len(members))
	head := make(map[crm.ID]crm.ID, len(members))
	for i, m := range members {
		profiles[i] = store.Key{Bucket: m.ProfileBucket, ID: m.ProfileID}
		head[m.ProfileID] = m.CustomerID
	}
	names, err := store.ByKeys(ctx, q.ProfilesByID, profiles)
	if err != nil {
		return err
	}
	values, err := store.ByKeys(ctx, q.KeysOfProfiles, profiles)
	if err != nil {
		return err
	}
	terms := map[crm.ID][]string{}
	for _, n := range names {
		terms[n.CustomerID] = append(terms[n.CustomerID], Terms(n.Name, nil)...)
	}
	for _, v := range values {
		id := head[v.ProfileID]
		terms[id] = append(terms[id], Terms(v.Name, []string{v.Value})...)
	}
	for _, id := range ids {
		for _, h := range words {
			if _, known := h.heads[id]; known {
				continue
			}
			if !slices.ContainsFunc(terms[id], func(t string) bool { return strings.HasPrefix(t, h.word) }) {
				delete(rank, id)
				break
			}
		}
	}
	return nil
}
