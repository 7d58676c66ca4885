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

// The bounds of one search: words looked at, and profiles read a word. Of a
// query whose every word has more bearers, some are found and not all: the
// person types on.
const (
	maxWords = 5
	maxRows  = 256
)

// Customer is a customer as a search finds it.
type Customer = sqlgen.CustomersByIDRow

// hits are the profiles that have a word: true where they have exactly it.
type hits struct {
	word     string
	profiles map[crm.ID]bool
}

// Find gives the customers that match every word of the query, as a whole word
// or as the beginning of one: exact matches first, then the newest contact
// first. At most limit; a query without words finds nobody.
func Find(ctx context.Context, db *store.DB, query string, limit int) ([]Customer, error) {
	words := queryWords(query)
	if len(words) == 0 {
		return nil, nil
	}
	f := finder{ctx: ctx, q: db.Read(), limit: limit}
	for _, w := range words {
		if err := f.probe(w, &f.words); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
	}
	if len(words) > 1 {
		if err := f.probe(strings.Join(words, " "), &f.phrase); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		// A name is kept as it is said; people also type the family name first.
		var turned []*hits
		if err := f.probe(strings.Join(append(words[1:len(words):len(words)], words[0]), " "), &turned); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		for id, exact := range turned[0].profiles {
			f.phrase[0].profiles[id] = f.phrase[0].profiles[id] || exact
		}
	}
	found, err := f.find()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return found, nil
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

// finder is one search.
type finder struct {
	ctx    context.Context
	q      *sqlgen.Queries
	limit  int
	words  []*hits
	phrase []*hits // of the whole query, when it has several words
}

// probe reads the profiles that have the word: those that have exactly it, the
// newest ones first, and those that have a longer one.
func (f *finder) probe(word string, to *[]*hits) error {
	h := &hits{word: word, profiles: map[crm.ID]bool{}}
	add := func(ids []crm.ID, exact bool) {
		for _, id := range ids {
			h.profiles[id] = h.profiles[id] || exact
		}
	}
	bucket := termBucket(word)
	exact, err := f.q.TermExact(f.ctx, sqlgen.TermExactParams{TermBucket: bucket, Term: word, MaxRows: maxRows})
	if err != nil {
		return err
	}
	add(exact, true)
	if digits := phoneDigits(word); len(digits) > 9 {
		// A number typed with another prefix than it was stored with.
		tail := digits[len(digits)-9:]
		ids, err := f.q.TermExact(f.ctx, sqlgen.TermExactParams{TermBucket: termBucket(tail), Term: tail, MaxRows: maxRows})
		if err != nil {
			return err
		}
		add(ids, false)
	}
	if room := maxRows - len(h.profiles); room > 0 {
		longer, err := f.q.TermPrefix(f.ctx, sqlgen.TermPrefixParams{TermBucket: bucket, Term: word, TermEnd: prefixEnd(word), MaxRows: int64(room)})
		if err != nil {
			return err
		}
		add(longer, false)
	}
	*to = append(*to, h)
	return nil
}

// prefixEnd is beyond every term that begins with the word. Terms are compared
// by their UTF-8 bytes, and no term of ours holds a rune of the last plane.
func prefixEnd(word string) string { return word + "\U0010ffff" }

// find takes the bearers of the rarest word and of the whole phrase, and keeps
// the customers that have the other words too.
func (f *finder) find() ([]Customer, error) {
	driver := slices.MinFunc(f.words, func(a, b *hits) int {
		return cmp.Or(cmp.Compare(len(a.profiles), len(b.profiles)), cmp.Compare(len(b.word), len(a.word)))
	})
	var keys []store.Key
	for _, h := range append([]*hits{driver}, f.phrase...) {
		for id := range h.profiles {
			keys = append(keys, store.ProfileKey(id))
		}
	}
	customers, head, err := f.customers(keys)
	if err != nil {
		return nil, err
	}
	// How well each customer has each word: 0 not as far as was read, 1 as the
	// beginning of one, 2 exactly.
	have := make(map[crm.ID][]int, len(customers))
	for id := range customers {
		have[id] = make([]int, len(f.words)+1)
	}
	for i, h := range append(slices.Clone(f.words), f.phrase...) {
		for id, exact := range h.profiles {
			if scores := have[head[id]]; scores != nil {
				scores[i] = max(scores[i], score(exact))
			}
		}
	}
	for id, c := range customers {
		f.match(have[id], Terms(c.Name, nil))
	}
	if err := f.check(customers, have); err != nil {
		return nil, err
	}
	found := make([]Customer, 0, len(customers))
	rank := map[crm.ID]int{}
	for id, c := range customers {
		if slices.Contains(have[id][:len(f.words)], 0) {
			continue
		}
		for _, n := range have[id] {
			rank[id] += n
		}
		rank[id] += have[id][len(f.words)] * len(f.words) // the phrase as it stands weighs more
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b Customer) int {
		return cmp.Or(cmp.Compare(rank[b.CustomerID], rank[a.CustomerID]), cmp.Compare(b.LastAt, a.LastAt),
			a.CustomerID.Compare(b.CustomerID))
	})
	return found[:min(f.limit, len(found))], nil
}

func score(exact bool) int {
	if exact {
		return 2
	}
	return 1
}

// match raises the scores of words that are among the terms.
func (f *finder) match(scores []int, terms []string) {
	for i, h := range f.words {
		for _, t := range terms {
			if strings.HasPrefix(t, h.word) {
				scores[i] = max(scores[i], score(t == h.word))
			}
		}
	}
}

// customers reads the customers that profiles belong to now. Most profiles are
// a customer of their own; only the others take a second look.
func (f *finder) customers(profiles []store.Key) (map[crm.ID]Customer, map[crm.ID]crm.ID, error) {
	rows, err := store.ByKeys(f.ctx, f.q.CustomersByID, profiles)
	if err != nil {
		return nil, nil, err
	}
	customers := make(map[crm.ID]Customer, len(rows))
	head := make(map[crm.ID]crm.ID, len(rows))
	for _, c := range rows {
		if !c.Hidden {
			customers[c.CustomerID], head[c.CustomerID] = c, c.CustomerID
		}
	}
	var joined []store.Key
	for _, k := range profiles {
		if _, ok := head[k.ID]; !ok {
			joined = append(joined, k)
		}
	}
	members, err := store.ByKeys(f.ctx, f.q.ProfilesByID, joined)
	if err != nil {
		return nil, nil, err
	}
	var more []store.Key
	for _, m := range members {
		if head[m.ProfileID] = m.CustomerID; customers[m.CustomerID].CustomerID.IsZero() {
			more = append(more, store.Key{Bucket: m.HeadBucket, ID: m.CustomerID})
		}
	}
	rows, err = store.ByKeys(f.ctx, f.q.CustomersByID, more)
	for _, c := range rows {
		if !c.Hidden {
			customers[c.CustomerID] = c
		}
	}
	return customers, head, err
}

// check looks for missing words among the identifiers and other names of the
// customers, unless enough of them match without that.
func (f *finder) check(customers map[crm.ID]Customer, have map[crm.ID][]int) error {
	var unsure []store.Key
	for id := range customers {
		if slices.Contains(have[id][:len(f.words)], 0) {
			unsure = append(unsure, store.ProfileKey(id))
		}
	}
	if len(customers)-len(unsure) >= f.limit {
		return nil
	}
	members, err := store.ByKeys(f.ctx, f.q.ProfilesOfCustomers, unsure)
	if err != nil {
		return err
	}
	profiles := make([]store.Key, len(members))
	head := make(map[crm.ID]crm.ID, len(members))
	for i, m := range members {
		profiles[i] = store.Key{Bucket: m.ProfileBucket, ID: m.ProfileID}
		head[m.ProfileID] = m.CustomerID
	}
	values, err := store.ByKeys(f.ctx, f.q.KeysOfProfiles, profiles)
	if err != nil {
		return err
	}
	for _, v := range values {
		f.match(have[head[v.ProfileID]], Terms(v.Name, []string{v.Value}))
	}
	return nil
}
