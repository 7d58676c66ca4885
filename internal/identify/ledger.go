package identify

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// undoMark precedes the author of a never-link that an undo made: it keeps the
// rules from joining the two again, but a person may.
const undoMark = "undo:"

// Separated is called inside the transaction of an undo, with the two sides, so
// that what was computed over both can be parted again.
type Separated func(ctx context.Context, tx *store.Tx, now time.Time, left, right []Profile, next func(int64) int64, author string) error

// Merge joins two customers because a person says so. It returns the ledger
// entry, by which it can be undone. Errors: NotFound; Conflict when they are one
// customer already or a colleague decided that they never are.
func (s *Service) Merge(ctx context.Context, into, from crm.ID, author, reason string) (crm.ID, error) {
	now := s.clock()
	var id crm.ID
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		b := s.NewBatch(now, nil)
		p, err := b.open(ctx, tx, into)
		if err != nil {
			return err
		}
		q, err := b.open(ctx, tx, from)
		if err != nil {
			return err
		}
		if p.head == q.head {
			return crm.Errorf(crm.Conflict, "These are one customer already.")
		}
		next, err := b.lock(ctx, tx)
		if err != nil {
			return err
		}
		if err := allowed(ctx, tx, p.head, q.head); err != nil {
			return err
		}
		if reason == "" {
			reason = "Decided by " + author + "."
		}
		sub := &Subject{At: now, Source: "person", ExternalID: crm.NewID(now).String()}
		b.merge(sub, p, q, "person", reason)
		id = b.merges[0].id
		if err := b.Write(ctx, tx, next); err != nil {
			return err
		}
		if err := tx.SetMergeAuthor(ctx, sqlgen.SetMergeAuthorParams{Bucket: id.RowBucket(), ID: id, Author: author}); err != nil {
			return err
		}
		return s.note(ctx, tx, now, author, "merge", "Joined two customers. "+reason, p.head.head.ID)
	})
	if err != nil {
		return crm.ID{}, err
	}
	s.db.Ring(ctx)
	return id, nil
}

// allowed checks the never-links between two customers. Those that an undo made
// give way to a person's decision.
func allowed(ctx context.Context, tx *store.Tx, a, c *customer) error {
	for _, p := range a.members {
		links, err := tx.NeverLinksOf(ctx, sqlgen.NeverLinksOfParams{Bucket: p.Bucket, ProfileID: p.ID})
		if err != nil {
			return err
		}
		for _, l := range links {
			i := slices.IndexFunc(c.members, func(q *profile) bool { return q.ID == l.OtherID })
			if i < 0 {
				continue
			}
			if !strings.HasPrefix(l.Author, undoMark) {
				return crm.Errorf(crm.Conflict, "%s decided that these two must never be linked.", l.Author)
			}
			q := c.members[i]
			for _, d := range []sqlgen.DeleteNeverLinkParams{{Bucket: p.Bucket, ProfileID: p.ID, OtherID: q.ID},
				{Bucket: q.Bucket, ProfileID: q.ID, OtherID: p.ID}} {
				if err := tx.DeleteNeverLink(ctx, d); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Undo takes a ledger entry back. The customers are computed again from the
// entries that remain, so the outcome is exact whatever was merged since. What
// was undone is not joined again by rule.
func (s *Service) Undo(ctx context.Context, merge crm.ID, author string) error {
	now := s.clock()
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		m, err := tx.MergeByID(ctx, sqlgen.MergeByIDParams{Bucket: merge.RowBucket(), ID: merge})
		if errors.Is(err, sql.ErrNoRows) {
			return crm.Errorf(crm.NotFound, "There is no such merge.")
		}
		if err != nil {
			return err
		}
		if m.UndoneAt != 0 {
			return crm.Errorf(crm.Conflict, "%s undid this merge already.", m.UndoneBy)
		}
		b := s.NewBatch(now, nil)
		p, err := b.open(ctx, tx, m.ProfileID)
		if err != nil {
			return err
		}
		next, err := b.lock(ctx, tx)
		if err != nil {
			return err
		}
		n, err := tx.UndoMerge(ctx, sqlgen.UndoMergeParams{Bucket: m.Bucket, ID: m.ID, UndoneAt: crm.Micros(now), UndoneBy: author})
		if err != nil {
			return err
		}
		if n == 0 {
			return store.ErrRetry
		}
		for _, l := range []sqlgen.AddNeverLinkParams{
			{Bucket: m.Bucket, ProfileID: m.ProfileID, OtherBucket: m.OtherBucket, OtherID: m.OtherID},
			{Bucket: m.OtherBucket, ProfileID: m.OtherID, OtherBucket: m.Bucket, OtherID: m.ProfileID}} {
			l.Author, l.At = undoMark+author, crm.Micros(now)
			if err := tx.AddNeverLink(ctx, l); err != nil {
				return err
			}
		}
		if err := b.part(ctx, tx, p.head, m.OtherID, next, author); err != nil {
			return err
		}
		return s.note(ctx, tx, now, author, "unmerge", "Took a merge back.", m.ProfileID, m.OtherID)
	})
	if err != nil {
		return err
	}
	s.db.Ring(ctx)
	return nil
}

// part computes the components of a customer again and writes those that
// changed.
func (b *Batch) part(ctx context.Context, tx *store.Tx, old *customer, other crm.ID, next func(int64) int64, author string) error {
	var edges [][2]crm.ID
	for _, p := range old.members {
		rows, err := tx.MergesOf(ctx, sqlgen.MergesOfParams{Bucket: p.Bucket, ProfileID: p.ID})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.UndoneAt == 0 {
				edges = append(edges, [2]crm.ID{r.ProfileID, r.OtherID})
			}
		}
	}
	parts := components(old.members, edges)
	if len(parts) < 2 {
		return nil // another entry still joins them
	}
	var rows [][]any
	for _, members := range parts {
		head := members[0]
		for _, p := range members {
			if older(p, head) {
				head = p
			}
		}
		c := &customer{head: head, members: members}
		b.customers[head.ID] = c
		for _, p := range members {
			if p.head.head.ID != head.ID {
				p.dirty = true
			}
			p.head = c
		}
		if err := c.count(ctx, tx); err != nil {
			return err
		}
		d := c.delta
		rows = append(rows, []any{head.Bucket, head.ID, next(head.Bucket), false, c.name(), crm.Micros(d.first), crm.Micros(d.last),
			string(d.channel), string(d.direction), d.text, d.contacts})
		c.delta = delta{} // written below, not to be added once more
	}
	if err := b.Write(ctx, tx, next); err != nil {
		return err
	}
	sortRows(rows, 2)
	if err := tx.Write(ctx, &setCustomers, rows, nil); err != nil {
		return err
	}
	if b.s.Separated == nil {
		return nil
	}
	var left, right []Profile
	for _, members := range parts {
		for _, p := range members {
			if p.head == b.profiles[other].head {
				right = append(right, p.Profile)
			} else {
				left = append(left, p.Profile)
			}
		}
	}
	return b.s.Separated(ctx, tx, b.now, left, right, next, author)
}

// components groups profiles that edges connect, each in id order.
func components(members []*profile, edges [][2]crm.ID) [][]*profile {
	root := map[crm.ID]crm.ID{}
	var find func(crm.ID) crm.ID
	find = func(id crm.ID) crm.ID {
		if r, ok := root[id]; ok && r != id {
			root[id] = find(r)
			return root[id]
		}
		return id
	}
	for _, e := range edges {
		if a, c := find(e[0]), find(e[1]); a != c {
			root[a] = c
		}
	}
	groups := map[crm.ID][]*profile{}
	for _, p := range members {
		r := find(p.ID)
		groups[r] = append(groups[r], p)
	}
	out := make([][]*profile, 0, len(groups))
	for _, g := range groups {
		sort.Slice(g, func(i, j int) bool { return g[i].ID.Compare(g[j].ID) < 0 })
		out = append(out, g)
	}
	sort.Slice(out, func(i, j int) bool { return out[i][0].ID.Compare(out[j][0].ID) < 0 })
	return out
}

// count reads a customer's contacts from its profiles: after an un-merge the
// sums are taken anew.
func (c *customer) count(ctx context.Context, tx *store.Tx) error {
	c.delta = delta{}
	for _, p := range c.members {
		n, err := tx.ProfileContacts(ctx, sqlgen.ProfileContactsParams{Bucket: p.Bucket, ProfileID: p.ID})
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		first, err := tx.ProfileFirst(ctx, sqlgen.ProfileFirstParams{Bucket: p.Bucket, ProfileID: p.ID})
		if err != nil {
			return err
		}
		last, err := tx.ProfileLast(ctx, sqlgen.ProfileLastParams{Bucket: p.Bucket, ProfileID: p.ID})
		if err != nil {
			return err
		}
		c.delta.merge(delta{n, crm.FromMicros(first), crm.FromMicros(last.OccurredAt), crm.Channel(last.Channel),
			crm.Direction(last.Direction), Preview(last.Subject, last.Text)})
	}
	return nil
}

// NeverLink keeps two customers apart for ever. Errors: NotFound; Conflict when
// they are one customer now.
func (s *Service) NeverLink(ctx context.Context, a, c crm.ID, author string) error {
	now := crm.Micros(s.clock())
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		b := s.NewBatch(crm.FromMicros(now), nil)
		p, err := b.open(ctx, tx, a)
		if err != nil {
			return err
		}
		q, err := b.open(ctx, tx, c)
		if err != nil {
			return err
		}
		if p.head == q.head {
			return crm.Errorf(crm.Conflict, "These are one customer now. Undo the merge first.")
		}
		if _, err := b.lock(ctx, tx); err != nil { // against a merge on another node
			return err
		}
		for _, pair := range [][2]*profile{{p.head.head, q.head.head}, {q.head.head, p.head.head}} {
			if err := tx.DeleteNeverLink(ctx, sqlgen.DeleteNeverLinkParams{Bucket: pair[0].Bucket, ProfileID: pair[0].ID, OtherID: pair[1].ID}); err != nil {
				return err
			}
			l := sqlgen.AddNeverLinkParams{Bucket: pair[0].Bucket, ProfileID: pair[0].ID, OtherBucket: pair[1].Bucket, OtherID: pair[1].ID, Author: author, At: now}
			if err := tx.AddNeverLink(ctx, l); err != nil {
				return err
			}
		}
		for _, x := range p.head.members {
			for _, y := range q.head.members {
				if err := setSuggestion(ctx, tx, x.Profile, y.Profile, "dismissed"); err != nil {
					return err
				}
			}
		}
		return s.note(ctx, tx, crm.FromMicros(now), author, "never_link", "Keeps two customers apart.", p.head.head.ID, q.head.head.ID)
	})
}

// Dismiss takes a suggestion off both customers' pages.
func (s *Service) Dismiss(ctx context.Context, suggestion crm.ID) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.SuggestionByID(ctx, sqlgen.SuggestionByIDParams{Bucket: suggestion.RowBucket(), ID: suggestion})
		if errors.Is(err, sql.ErrNoRows) {
			return crm.Errorf(crm.NotFound, "There is no such suggestion.")
		}
		if err != nil {
			return err
		}
		return setSuggestion(ctx, tx, Profile{row.Bucket, row.ProfileID}, Profile{row.OtherBucket, row.OtherID}, "dismissed")
	})
}

func setSuggestion(ctx context.Context, tx *store.Tx, a, c Profile, state string) error {
	for _, p := range []sqlgen.SetSuggestionParams{{Bucket: a.Bucket, ProfileID: a.ID, OtherID: c.ID, State: state},
		{Bucket: c.Bucket, ProfileID: c.ID, OtherID: a.ID, State: state}} {
		if err := tx.SetSuggestion(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// open loads the customer that a profile, or a customer merged away, belongs to
// now.
func (b *Batch) open(ctx context.Context, tx *store.Tx, id crm.ID) (*profile, error) {
	if p := b.profiles[id]; p != nil {
		return p, nil
	}
	p := b.load(profileOf(id))
	if err := b.loadCustomers(ctx, tx, []*profile{p}); err != nil {
		return nil, err
	}
	if p.head == nil {
		return nil, crm.Errorf(crm.NotFound, "There is no such customer.")
	}
	return p, nil
}

// lock locks the buckets of all loaded profiles and gives their feed numbers.
func (b *Batch) lock(ctx context.Context, tx *store.Tx) (func(int64) int64, error) {
	want := map[int64]int64{}
	for _, p := range b.order {
		want[p.Bucket] += 4
	}
	next, err := tx.Lock(ctx, want)
	if err != nil {
		return nil, err
	}
	return next, b.Verify(ctx, tx)
}

// Preview is the first words of a contact, for lists.
func Preview(subject, text string) string {
	s := text
	if strings.TrimSpace(s) == "" {
		s = subject
	}
	s = strings.Join(strings.Fields(s[:min(len(s), 600)]), " ")
	if r := []rune(s); len(r) > 160 {
		s = strings.TrimSpace(string(r[:159])) + "…"
	}
	return strings.ToValidUTF8(s, "")
}

// Heads finds the customers that profiles belong to now.
func Heads(ctx context.Context, tx *store.Tx, profiles []crm.ID) (map[crm.ID]crm.ID, error) {
	keys := make([][]any, len(profiles))
	for i, id := range profiles {
		keys[i] = []any{id.Bucket(), id}
	}
	out := make(map[crm.ID]crm.ID, len(profiles))
	err := tx.Lookup(ctx, &lookupProfiles, keys, func(scan store.Found) error {
		var bucket, created int64
		var head crm.ID
		var name string
		i, err := scan(&bucket, &head, &created, &name)
		out[profiles[i]] = head
		return err
	})
	return out, err
}
