package identify

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// Write stores what Resolve decided. next gives the next feed number of a
// locked bucket. Rows go in primary-key order, so that two writers can't
// deadlock.
func (b *Batch) Write(ctx context.Context, tx *store.Tx, next func(bucket int64) int64) error {
	if err := b.writeKeys(ctx, tx); err != nil {
		return err
	}
	var profiles, members, evidence [][]any
	for _, p := range b.order {
		head := p.head.head
		if p.dirty {
			profiles = append(profiles, []any{p.Bucket, p.ID, head.Bucket, head.ID, crm.Micros(p.created), p.name})
		}
		if p.fresh || head.ID != p.asRead {
			members = append(members, []any{head.Bucket, head.ID, p.ID, p.Bucket})
		}
		if !p.fresh && head.ID != p.asRead {
			old := b.profiles[p.asRead]
			if err := tx.DeleteMember(ctx, memberParams(old.Profile, p.ID)); err != nil {
				return err
			}
		}
		for _, e := range p.keys {
			if e.dirty {
				evidence = append(evidence, []any{p.Bucket, p.ID, string(e.Kind), e.Value, e.Name, string(e.Status), e.Method, e.source,
					crm.Micros(e.first), crm.Micros(e.last)})
			}
		}
	}
	for _, w := range []struct {
		bulk *store.Bulk
		rows [][]any
	}{{&writeProfiles, profiles}, {&writeMembers, members}, {&writeProfileKeys, evidence}} {
		sortRows(w.rows, w.bulk.Key)
		if err := tx.Write(ctx, w.bulk, w.rows, nil); err != nil {
			return err
		}
	}
	if err := b.writeCustomers(ctx, tx, next); err != nil {
		return err
	}
	return b.writeLedger(ctx, tx)
}

// writeKeys inserts new keys; losing the race for one to another node runs the
// whole transaction again, which then finds the winner's profile.
func (b *Batch) writeKeys(ctx context.Context, tx *store.Tx) error {
	var fresh, shared, holders [][]any
	for k, row := range b.keys {
		if row.fresh {
			fresh = append(fresh, []any{k.bucket(), k.kind, k.value, row.profile.Bucket, row.profile.ID, row.shared})
		} else if row.marked {
			shared = append(shared, []any{k.bucket(), k.kind, k.value, row.profile.Bucket, row.profile.ID, true})
		}
		if row.marked {
			for _, h := range row.holders[1:] {
				holders = append(holders, []any{k.bucket(), k.kind, k.value, h.ID, h.Bucket})
			}
		}
	}
	sortRows(fresh, 3)
	won := 0
	err := tx.Write(ctx, &writeKeys, fresh, func(r store.Row) error {
		won++
		var kind, value string
		return r.Scan(&kind, &value)
	})
	if err != nil {
		return err
	}
	if won != len(fresh) {
		return store.ErrRetry
	}
	sortRows(shared, 3)
	if err := tx.Write(ctx, &shareKeys, shared, nil); err != nil {
		return err
	}
	sortRows(holders, 4)
	return tx.Write(ctx, &writeShared, holders, nil)
}

// writeCustomers counts the contacts in, and hides customers that were merged
// away after adding theirs to the one that remains.
func (b *Batch) writeCustomers(ctx context.Context, tx *store.Tx, next func(int64) int64) error {
	hidden := map[*customer]bool{}
	var gone []*customer
	for _, m := range b.merges {
		if !hidden[m.from] {
			hidden[m.from] = true
			gone = append(gone, m.from)
		}
	}
	if err := b.hide(ctx, tx, gone, next); err != nil {
		return err
	}
	var rows [][]any
	for _, c := range b.customers {
		if hidden[c] || c.delta.contacts == 0 {
			continue
		}
		name := ""
		if c.headings || c.fresh {
			name = c.name()
		}
		d := c.delta
		rows = append(rows, []any{c.head.Bucket, c.head.ID, next(c.head.Bucket), false, name, crm.Micros(d.first), crm.Micros(d.last),
			string(d.channel), string(d.direction), d.text, d.contacts})
	}
	sortRows(rows, 2)
	return tx.Write(ctx, &addToCustomers, rows, nil)
}

// hide marks customers as merged away and moves their counts to the customer
// that they are part of now.
func (b *Batch) hide(ctx context.Context, tx *store.Tx, gone []*customer, next func(int64) int64) error {
	rows := make([][]any, len(gone))
	for i, c := range gone {
		rows[i] = []any{c.head.Bucket, c.head.ID}
	}
	var out [][]any
	err := tx.Lookup(ctx, &lookupCustomers, rows, func(scan store.Found) error {
		var name, channel, direction, text string
		var first, last, contacts int64
		i, err := scan(&name, &first, &last, &channel, &direction, &text, &contacts)
		if err != nil {
			return err
		}
		c := gone[i]
		c.head.head.delta.merge(delta{contacts, crm.FromMicros(first), crm.FromMicros(last), crm.Channel(channel), crm.Direction(direction), text})
		out = append(out, []any{c.head.Bucket, c.head.ID, next(c.head.Bucket), true, name, first, last, channel, direction, text, contacts})
		return nil
	})
	if err != nil {
		return err
	}
	sortRows(out, 2)
	return tx.Write(ctx, &setCustomers, out, nil)
}

func (b *Batch) writeLedger(ctx context.Context, tx *store.Tx) error {
	now := crm.Micros(b.now)
	var merges, suggestions [][]any
	for _, m := range b.merges {
		merges = append(merges, mergeRow(m, "rapport", now))
	}
	seen := map[[2]crm.ID]bool{}
	for _, s := range b.suggest {
		if s.a.head == s.b.head || seen[[2]crm.ID{s.a.ID, s.b.ID}] {
			continue
		}
		seen[[2]crm.ID{s.a.ID, s.b.ID}], seen[[2]crm.ID{s.b.ID, s.a.ID}] = true, true
		for _, pair := range [][2]*profile{{s.a, s.b}, {s.b, s.a}} {
			id := crm.DerivedID(b.now, "suggestion", pair[0].ID.String(), pair[1].ID.String()).InBucket(pair[0].Bucket)
			suggestions = append(suggestions, []any{pair[0].Bucket, pair[0].ID, pair[1].ID, pair[1].Bucket, s.kind, s.value, id, s.reason, now, "open"})
		}
	}
	sortRows(merges, 2)
	if err := tx.Write(ctx, &writeMerges, merges, nil); err != nil {
		return err
	}
	sortRows(suggestions, 3)
	return tx.Write(ctx, &writeSuggestions, suggestions, nil)
}

func mergeRow(m mergeEntry, author string, now int64) []any {
	return []any{m.a.Bucket, m.id, m.a.ID, m.b.Bucket, m.b.ID, m.into.head.ID, m.from.head.ID, m.intoName, m.fromName,
		m.rule, m.reason, author, now, int64(0), ""}
}

// Indexed is a profile whose words for search changed.
type Indexed struct {
	Profile
	Name   string
	Values []string
}

// Indexed lists the profiles that search must index again.
func (b *Batch) Indexed() []Indexed {
	var out []Indexed
	for _, p := range b.order {
		if !p.renamed {
			continue
		}
		x := Indexed{Profile: p.Profile, Name: p.name}
		for _, e := range p.keys {
			if !strings.HasPrefix(string(e.Kind), "~") && e.Kind != Unknown && e.Kind != crm.AnonymousID {
				x.Values = append(x.Values, e.Value)
			}
		}
		slices.Sort(x.Values)
		out = append(out, x)
	}
	return out
}

// sortRows orders rows by their first n columns.
func sortRows(rows [][]any, n int) {
	sort.Slice(rows, func(i, j int) bool {
		for c := range n {
			switch a := rows[i][c].(type) {
			case int64:
				if b := rows[j][c].(int64); a != b {
					return a < b
				}
			case string:
				if b := rows[j][c].(string); a != b {
					return a < b
				}
			case crm.ID:
				if b := rows[j][c].(crm.ID); a != b {
					return a.Compare(b) < 0
				}
			}
		}
		return false
	})
}
