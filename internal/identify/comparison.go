package identify

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify/match"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// comparison is a batch of customers that is compared with all others. It is
// read from one state of the database, and written later.
type comparison struct {
	s     *Service
	now   time.Time
	model *match.PersonModel

	seen    int64   // how far all buckets were followed when it was read
	cursors [][]any // where their feeds go on afterwards
	looked  int     // customers of the feed
	heads   []Profile

	read    map[Profile]*known       // customers, and those that they are compared with
	holders map[BlockingKey]*holders // of the keys of the batch
	keys    [][]any                  // to be written
	stamps  [][]any
	pairs   []likely
	work    Work
}

// holders are the customers with a blocking key: at most one more than
// largestShare of those that were there, and those of the batch itself.
type holders struct {
	list  []Profile
	many  bool // more were there than the list holds
	added int  // by the batch
	there int  // of a name that many bear, once it was counted
}

// bearers is how many have the name so far; those that were there are missing
// while many do.
func (h *holders) bearers() int {
	switch {
	case h == nil:
		return 0
	case h.many:
		return h.added
	}
	return len(h.list)
}

// likely are two customers who may be one person.
type likely struct {
	a, b  Profile
	steps []match.Step
}

// readComparison reads and compares the customers that choose names.
func (s *Service) readComparison(ctx context.Context, choose func(*comparison, *store.Tx) ([]Profile, error)) (*comparison, error) {
	c := &comparison{s: s, now: s.clock(), read: map[Profile]*known{}, holders: map[BlockingKey]*holders{}}
	err := s.db.View(ctx, func(tx *store.Tx) (err error) {
		if c.model, err = s.persons(ctx, tx); err != nil {
			return err
		}
		if c.seen, err = tx.MatchSeen(ctx); err != nil {
			return err
		}
		if c.heads, err = choose(c, tx); err != nil {
			return err
		}
		return c.compare(ctx, tx)
	})
	return c, err
}

// next takes the customers from the feed that changed, at most n of them.
func (c *comparison) next(ctx context.Context, tx *store.Tx, n int) (heads []Profile, err error) {
	behind, err := tx.MatchBehind(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range behind {
		room := n - c.looked
		if room == 0 {
			break
		}
		rows, err := tx.MatchChanged(ctx, sqlgen.MatchChangedParams{Bucket: b.Bucket, Seq: b.Seq, Seq_2: b.NextSeq, N: int64(room)})
		if err != nil {
			return nil, err
		}
		last := b.NextSeq
		if len(rows) == room {
			last = rows[room-1].Seq
		}
		c.looked += len(rows)
		c.cursors = append(c.cursors, []any{b.Bucket, last})
		for _, r := range rows {
			if !r.Hidden {
				heads = append(heads, Profile{b.Bucket, r.CustomerID})
			}
		}
	}
	return heads, nil
}

// compare finds the keys of the customers that changed, and whom each may be as
// well. However many customers there are, it reads a bounded number of rows: a
// key that many share is left after largestShare of them, and of those found
// only mostCompared are compared.
func (c *comparison) compare(ctx context.Context, tx *store.Tx) error {
	if err := readPeople(ctx, tx, c.heads, false, c.read); err != nil {
		return err
	}
	before := make([]string, len(c.heads))
	rows := make([][]any, len(c.heads))
	for i, h := range c.heads {
		rows[i] = h.row()
	}
	err := tx.Lookup(ctx, &lookupStamps, rows, func(scan store.Found) error {
		var stamp string
		i, err := scan(&stamp)
		before[i] = stamp
		return err
	})
	if err != nil {
		return err
	}
	changed := c.heads[:0]
	var keys [][]BlockingKey
	for i, h := range c.heads {
		list, stamp := BlockingKeys(c.read[h].person)
		if stamp == before[i] {
			continue
		}
		changed, keys = append(changed, h), append(keys, list)
		c.stamps = append(c.stamps, []any{h.Bucket, h.ID, stamp})
	}
	c.heads = changed
	if err := c.readHolders(ctx, tx, keys); err != nil {
		return err
	}
	candidates := make([][]Profile, len(changed))
	bearers := make([]int, len(changed))
	var all []Profile
	for i, h := range changed {
		var name *holders
		candidates[i], name = c.join(h, keys[i])
		bearers[i] = name.bearers()
		all = append(all, candidates[i]...)
		if name == nil || !name.many || len(candidates[i]) == 0 {
			continue
		}
		if name.there == 0 {
			if name.there, err = sameName(ctx, tx, c.read[h].person); err != nil {
				return err
			}
			c.work.Rows += name.there
		}
		bearers[i] += name.there
	}
	if err := readPeople(ctx, tx, all, false, c.read); err != nil {
		return err
	}
	for i, h := range changed {
		c.compareWith(h, candidates[i], bearers[i])
	}
	return nil
}

// readHolders reads who has the keys that make people worth comparing.
func (c *comparison) readHolders(ctx context.Context, tx *store.Tx, lists [][]BlockingKey) error {
	var rows [][]any
	var found []*holders
	for _, list := range lists {
		for _, k := range list {
			if match.Compared(k.Key) && c.holders[k] == nil {
				h := &holders{}
				c.holders[k] = h
				rows, found = append(rows, []any{k.Bucket, k.Key}), append(found, h)
			}
		}
	}
	err := tx.Lookup(ctx, &lookupHolders, rows, func(scan store.Found) error {
		var p Profile
		i, err := scan(&p.Bucket, &p.ID)
		found[i].list = append(found[i].list, p)
		c.work.Rows++
		return err
	})
	for _, h := range found {
		h.many = len(h.list) > largestShare
	}
	return err
}

// join gives the customer its keys, as those who come after it in the batch see
// them, and tells whom it must be compared with and who has its name.
func (c *comparison) join(head Profile, keys []BlockingKey) (candidates []Profile, name *holders) {
	shared := map[Profile]int{} // how many keys
	for _, k := range keys {
		c.keys = append(c.keys, []any{k.Bucket, k.Key, head.ID, head.Bucket})
		h := c.holders[k]
		if h == nil {
			continue
		}
		if len(h.list) <= largestShare {
			for _, p := range h.list {
				shared[p]++
			}
		}
		if !slices.Contains(h.list, head) {
			h.list = append(h.list, head)
			h.added++
		}
		if strings.HasPrefix(k.Key, match.NameKey) {
			name = h
		}
	}
	delete(shared, head)
	return mostShared(shared), name
}

// compareWith finds the likely doubles of a customer among others.
func (c *comparison) compareWith(head Profile, others []Profile, bearers int) {
	person := c.read[head].person
	for _, o := range others {
		other := c.read[o].person
		c.work.Rows += 2 + len(other.Mails) + len(other.Phones)
		if other.Name == "" && len(other.Mails)+len(other.Phones) == 0 || differentPeople(person.Name, other.Name) {
			continue // merged away, or names that can't be one person
		}
		c.work.People++
		if bits, steps := c.model.Compare(person, other, bearers); match.Probability(bits) >= worthAsking {
			c.pairs = append(c.pairs, likely{head, o, steps})
		}
	}
}

// comparing is a row of match_cursors that no bucket has: who writes what was
// compared holds it, so that two servers do so one after the other.
const comparing = -1

// write keeps what was compared. It reports false, and writes nothing, when
// another server wrote since the batch was read: the two don't know of each
// other's customers, so the batch must be read again.
func (c *comparison) write(ctx context.Context) (written bool, err error) {
	err = c.s.db.InTx(ctx, func(tx *store.Tx) error {
		written = false
		if err := tx.SetMatchCursor(ctx, sqlgen.SetMatchCursorParams{Bucket: comparing}); err != nil {
			return err
		}
		if seen, err := tx.MatchSeen(ctx); err != nil || seen != c.seen {
			return err
		}
		there, err := c.lock(ctx, tx)
		if err != nil {
			return err
		}
		pairs, err := c.standing(ctx, tx, there)
		if err != nil {
			return err
		}
		gone := func(row []any, id int) bool { return !there[row[id].(crm.ID)] }
		keys := slices.DeleteFunc(slices.Clone(c.keys), func(r []any) bool { return gone(r, 2) })
		stamps := slices.DeleteFunc(slices.Clone(c.stamps), func(r []any) bool { return gone(r, 1) })
		for _, w := range []struct {
			bulk *store.Bulk
			rows [][]any
		}{{&writeMatchKeys, keys}, {&writeStamps, stamps}, {&writeSuggestions, c.suggestions(pairs)}, {&writeCursors, c.cursors}} {
			sortRows(w.rows, w.bulk.Key)
			if err := tx.Write(ctx, w.bulk, w.rows, nil); err != nil {
				return err
			}
		}
		c.work.Suggested = len(pairs)
		written = true
		return nil
	})
	return written && err == nil, err
}

// lock keeps everybody whom the batch writes about as they are to the end of the
// transaction, and tells who is there still: not erased since, not merged away.
func (c *comparison) lock(ctx context.Context, tx *store.Tx) (there map[crm.ID]bool, err error) {
	about := map[Profile]bool{}
	for _, h := range c.heads {
		about[h] = true
	}
	for _, p := range c.pairs {
		about[p.b] = true
	}
	if !tx.Exclusive() {
		var buckets []int64
		for p := range about {
			buckets = append(buckets, p.Bucket)
		}
		slices.Sort(buckets)
		buckets = slices.Compact(buckets)
		if _, err := tx.LockBuckets(ctx, buckets, make([]int64, len(buckets))); err != nil {
			return nil, err
		}
	}
	list := slices.Collect(maps.Keys(about))
	ids := make([]crm.ID, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	heads, err := Heads(ctx, tx, ids)
	there = make(map[crm.ID]bool, len(ids))
	for id, head := range heads {
		there[id] = id == head
	}
	return there, err
}

// standing are the pairs that may still be asked about: both are there, and
// nobody decided that they stay apart, or any of their profiles.
func (c *comparison) standing(ctx context.Context, tx *store.Tx, there map[crm.ID]bool) ([]likely, error) {
	var keys [][]any
	var of []int // the pair of each key
	for i, p := range c.pairs {
		for _, m := range c.read[p.a].members {
			keys, of = append(keys, m.row()), append(of, i)
		}
	}
	apart := map[int]bool{}
	err := tx.Lookup(ctx, &lookupNever, keys, func(scan store.Found) error {
		var other crm.ID
		i, err := scan(&other)
		if slices.ContainsFunc(c.read[c.pairs[of[i]].b].members, func(m Profile) bool { return m.ID == other }) {
			apart[of[i]] = true
		}
		return err
	})
	var out []likely
	for i, p := range c.pairs {
		if !apart[i] && there[p.a.ID] && there[p.b.ID] {
			out = append(out, p)
		}
	}
	return out, err
}

// suggestions are the rows of pairs, one from either side. Two customers of one
// batch may be found from both: the first has the say.
func (c *comparison) suggestions(pairs []likely) (rows [][]any) {
	written := map[[2]crm.ID]bool{}
	for _, l := range pairs {
		if written[[2]crm.ID{l.b.ID, l.a.ID}] {
			continue
		}
		written[[2]crm.ID{l.a.ID, l.b.ID}] = true
		kind, value, reason := sentence(l.steps)
		for _, p := range [][2]Profile{{l.a, l.b}, {l.b, l.a}} {
			id := crm.DerivedID(c.now, "suggestion", p[0].ID.String(), p[1].ID.String()).InBucket(p[0].Bucket)
			rows = append(rows, []any{p[0].Bucket, p[0].ID, p[1].ID, p[1].Bucket, kind, value, id, reason, crm.Micros(c.now), "open"})
		}
	}
	return rows
}
