package identify

import (
	"context"
	"slices"
	"sort"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// key is a normalised identifier.
type key struct{ kind, value string }

func (k key) bucket() int64 { return crm.KeyBucket(k.kind, k.value) }

// keyRow is what an identifier first resolved to.
type keyRow struct {
	profile *profile
	shared  bool
	fresh   bool // made in this batch
	marked  bool // became shared in this batch
	holders []*profile
}

// profile is the working copy of a profile.
type profile struct {
	Profile
	head    *customer
	created time.Time
	name    string
	keys    map[key]*evidence
	fresh   bool
	dirty   bool // head or name changed
	renamed bool // search terms changed
	asRead  crm.ID
}

// evidence is a row of profile_keys.
type evidence struct {
	Ident
	source      string
	first, last time.Time
	dirty       bool
}

// customer is the working copy of a set of profiles.
type customer struct {
	head     *profile
	members  []*profile
	joined   []*customer // merged into this one in the batch
	delta    delta
	fresh    bool
	headings bool // the name must be written
}

// delta is what a batch adds to a customer's row.
type delta struct {
	contacts    int64
	first, last time.Time
	channel     crm.Channel
	direction   crm.Direction
	text        string
}

// Batch resolves the subjects of one transaction. Load reads, Resolve decides
// in memory, Buckets tells what to lock, Verify checks that what was read still
// holds, Write stores. It is used once, by one goroutine.
type Batch struct {
	s         *Service
	now       time.Time
	subjects  []*Subject
	keys      map[key]*keyRow
	asked     map[key]bool // keys that were looked up
	carried   map[key]int  // how many subjects carry each key
	profiles  map[crm.ID]*profile
	order     []*profile // profiles in order of first use, for deterministic writes
	customers map[crm.ID]*customer
	never     map[[2]crm.ID]bool
	merges    []mergeEntry
	suggest   []suggestion
}

type mergeEntry struct {
	id                 crm.ID
	a, b               *profile
	into, from         *customer
	intoName, fromName string
	rule, reason       string
}

type suggestion struct {
	a, b        *profile
	kind, value string
	reason      string
}

// NewBatch starts a batch with its one fixed now.
func (s *Service) NewBatch(now time.Time, subjects []*Subject) *Batch {
	return &Batch{s: s, now: now, subjects: subjects, keys: map[key]*keyRow{}, asked: map[key]bool{}, profiles: map[crm.ID]*profile{},
		customers: map[crm.ID]*customer{}, never: map[[2]crm.ID]bool{}}
}

// Load reads everything about the subjects' identifiers in a few statements,
// whatever their number.
func (b *Batch) Load(ctx context.Context, tx *store.Tx) error {
	var wanted []key
	for _, sub := range b.subjects {
		for _, id := range sub.Idents {
			wanted = append(wanted, id.key())
		}
		if !sub.Known.IsZero() {
			b.load(profileOf(sub.Known))
		}
		if k, ok := blockingKey(sub); ok {
			wanted = append(wanted, k)
		}
	}
	if err := b.loadKeys(ctx, tx, wanted); err != nil {
		return err
	}
	wanted = wanted[:0]
	for _, sub := range b.subjects {
		if !sub.Known.IsZero() {
			continue
		}
		if anchor := sub.Idents[0]; b.mayStandIn(anchor) {
			wanted = append(wanted, standIns(anchor)...)
		}
	}
	if err := b.loadKeys(ctx, tx, wanted); err != nil {
		return err
	}
	if err := b.loadCustomers(ctx, tx, slices.Clone(b.order)); err != nil {
		return err
	}
	for _, sub := range b.subjects {
		if p := b.profiles[sub.Known]; p != nil && p.head == nil {
			return crm.Errorf(crm.Invalid, "The customer that it belongs to does not exist.")
		}
	}
	return nil
}

// load gives the working copy of a profile.
func (b *Batch) load(p Profile) *profile {
	if got := b.profiles[p.ID]; got != nil {
		return got
	}
	got := &profile{Profile: p, keys: map[key]*evidence{}}
	b.profiles[p.ID] = got
	b.order = append(b.order, got)
	return got
}

// loadKeys reads the keys that were not read yet, and the further holders of
// shared ones.
func (b *Batch) loadKeys(ctx context.Context, tx *store.Tx, keys []key) error {
	wanted := make([]key, 0, len(keys))
	rows := make([][]any, 0, len(keys))
	for _, k := range keys {
		if !b.asked[k] {
			b.asked[k] = true
			wanted, rows = append(wanted, k), append(rows, []any{k.bucket(), k.kind, k.value})
		}
	}
	err := tx.Lookup(ctx, &lookupKeys, rows, func(scan store.Found) error {
		var p Profile
		var shared bool
		i, err := scan(&p.Bucket, &p.ID, &shared)
		if err == nil {
			b.keys[wanted[i]] = &keyRow{profile: b.load(p), shared: shared}
		}
		return err
	})
	if err != nil {
		return err
	}
	return b.loadHolders(ctx, tx, wanted)
}

// mayStandIn reports whether a contact's anchor may turn out to be another
// one's line. Within a batch a key can also become shared, so a key that is
// new here and appears with several people is asked for as well.
func (b *Batch) mayStandIn(anchor Ident) bool {
	row := b.keys[anchor.key()]
	return row != nil && row.shared || anchor.Kind == crm.PhoneNumber || weak(anchor.Kind, anchor.Value) || b.repeated(anchor.key())
}

// repeated reports whether several subjects of the batch carry the key.
func (b *Batch) repeated(k key) bool {
	if b.carried == nil {
		b.carried = map[key]int{}
		for _, sub := range b.subjects {
			for _, id := range sub.Idents {
				b.carried[id.key()]++
			}
		}
	}
	return b.carried[k] > 1
}

// loadHolders reads the further profiles of shared keys.
func (b *Batch) loadHolders(ctx context.Context, tx *store.Tx, wanted []key) error {
	var shared []key
	var rows [][]any
	for _, k := range wanted {
		if row := b.keys[k]; row != nil && row.shared {
			row.holders = append(row.holders, row.profile)
			shared = append(shared, k)
			rows = append(rows, []any{k.bucket(), k.kind, k.value})
		}
	}
	return tx.Lookup(ctx, &lookupShared, rows, func(scan store.Found) error {
		var p Profile
		i, err := scan(&p.Bucket, &p.ID)
		if err == nil {
			row := b.keys[shared[i]]
			row.holders = append(row.holders, b.load(p))
		}
		return err
	})
}

// loadCustomers reads the heads of the profiles, the other members of each
// customer, and the evidence of all of them.
func (b *Batch) loadCustomers(ctx context.Context, tx *store.Tx, profiles []*profile) error {
	heads := map[crm.ID]Profile{}
	if err := b.readProfiles(ctx, tx, profiles, heads); err != nil {
		return err
	}
	var order []crm.ID
	for id := range heads {
		order = append(order, id)
	}
	sort.Slice(order, func(i, j int) bool { return order[i].Compare(order[j]) < 0 })
	rows := make([][]any, len(order))
	for i, id := range order {
		rows[i] = []any{heads[id].Bucket, id}
	}
	first := len(b.order)
	members := map[crm.ID][]*profile{}
	err := tx.Lookup(ctx, &lookupMembers, rows, func(scan store.Found) error {
		var p Profile
		i, err := scan(&p.Bucket, &p.ID)
		if err == nil {
			members[order[i]] = append(members[order[i]], b.load(p))
		}
		return err
	})
	if err != nil {
		return err
	}
	if more := b.order[first:]; len(more) > 0 {
		if err := b.readProfiles(ctx, tx, more, heads); err != nil {
			return err
		}
	}
	for _, id := range order {
		c := &customer{members: members[id], head: b.profiles[id]}
		if c.head == nil || len(c.members) == 0 {
			return store.ErrRetry // a merge moved it between two reads
		}
		sort.Slice(c.members, func(i, j int) bool { return c.members[i].ID.Compare(c.members[j].ID) < 0 })
		b.customers[id] = c
		for _, p := range c.members {
			p.head = c
		}
	}
	for _, p := range b.order {
		// A merge between two reads shows as a profile that is not with its head.
		if !p.asRead.IsZero() && (p.head == nil || p.head.head.ID != p.asRead) {
			return store.ErrRetry
		}
	}
	if err := b.readEvidence(ctx, tx); err != nil {
		return err
	}
	return b.readNever(ctx, tx)
}

// readNever reads the pairs that must never be linked, for the subjects with
// more than one identifier: only those may join customers, also through an
// identifier that another subject of the batch is the first to show.
func (b *Batch) readNever(ctx context.Context, tx *store.Tx) error {
	var rows [][]any
	var asked []crm.ID
	seen := map[*customer]bool{}
	for _, sub := range b.subjects {
		if len(sub.Idents) < 2 && sub.Known.IsZero() {
			continue
		}
		var heads []*customer
		if p := b.profiles[sub.Known]; p != nil {
			heads = append(heads, p.head)
		}
		for _, id := range sub.Idents {
			if row := b.keys[id.key()]; row != nil && !slices.Contains(heads, row.profile.head) {
				heads = append(heads, row.profile.head)
			}
		}
		for _, c := range heads {
			if seen[c] {
				continue
			}
			seen[c] = true
			for _, p := range c.members {
				rows, asked = append(rows, []any{p.Bucket, p.ID}), append(asked, p.ID)
			}
		}
	}
	return tx.Lookup(ctx, &lookupNever, rows, func(scan store.Found) error {
		var other crm.ID
		i, err := scan(&other)
		if err == nil {
			b.never[[2]crm.ID{asked[i], other}], b.never[[2]crm.ID{other, asked[i]}] = true, true
		}
		return err
	})
}

// readProfiles reads head, time and name of each profile and collects the heads.
func (b *Batch) readProfiles(ctx context.Context, tx *store.Tx, profiles []*profile, heads map[crm.ID]Profile) error {
	rows := make([][]any, len(profiles))
	for i, p := range profiles {
		rows[i] = []any{p.Bucket, p.ID}
	}
	return tx.Lookup(ctx, &lookupProfiles, rows, func(scan store.Found) error {
		var head Profile
		var created int64
		var name string
		i, err := scan(&head.Bucket, &head.ID, &created, &name)
		if err == nil {
			p := profiles[i]
			p.created, p.name, p.asRead = crm.FromMicros(created), name, head.ID
			heads[head.ID] = head
		}
		return err
	})
}

func (b *Batch) readEvidence(ctx context.Context, tx *store.Tx) error {
	rows := make([][]any, len(b.order))
	for i, p := range b.order {
		rows[i] = []any{p.Bucket, p.ID}
	}
	return tx.Lookup(ctx, &lookupProfileKeys, rows, func(scan store.Found) error {
		var e evidence
		var k key
		var status string
		var first, last int64
		i, err := scan(&k.kind, &k.value, &e.Name, &status, &e.Method, &e.source, &first, &last)
		if err == nil {
			e.Kind, e.Value, e.Status = crm.IdentifierKind(k.kind), k.value, Status(status)
			e.first, e.last = crm.FromMicros(first), crm.FromMicros(last)
			b.order[i].keys[k] = &e
		}
		return err
	})
}

// Buckets are all buckets that the batch's customers hang on, ascending, with
// how many contacts each takes part in.
func (b *Batch) Buckets() map[int64]int64 {
	out := map[int64]int64{}
	for _, p := range b.order {
		out[p.Bucket] += 0
	}
	for _, sub := range b.subjects {
		out[sub.Profile.Bucket]++
		for _, m := range sub.Members {
			out[m.Bucket]++
		}
	}
	for _, c := range b.customers {
		out[c.head.Bucket]++
	}
	return out
}

// Verify reads the heads again once the buckets are locked: another node may
// have merged a customer in between, and then the transaction runs again.
func (b *Batch) Verify(ctx context.Context, tx *store.Tx) error {
	if tx.Exclusive() {
		return nil
	}
	var known []*profile
	var rows, heads [][]any
	seen := map[crm.ID]bool{}
	for _, p := range b.order {
		if p.fresh {
			continue
		}
		known, rows = append(known, p), append(rows, []any{p.Bucket, p.ID})
		if !seen[p.asRead] {
			seen[p.asRead] = true
			heads = append(heads, []any{p.asRead.Bucket(), p.asRead})
		}
	}
	err := tx.Lookup(ctx, &lookupProfiles, rows, func(scan store.Found) error {
		var head Profile
		var created int64
		var name string
		i, err := scan(&head.Bucket, &head.ID, &created, &name)
		if err == nil && head.ID != known[i].asRead {
			return store.ErrRetry
		}
		return err
	})
	if err != nil || len(b.merges) == 0 && len(b.subjects) > 0 {
		return err
	}
	// A change of who belongs together must move every member. One that joined
	// meanwhile has changed none of the heads above.
	err = tx.Lookup(ctx, &lookupMembers, heads, func(scan store.Found) error {
		var m Profile
		i, err := scan(&m.Bucket, &m.ID)
		if p := b.profiles[m.ID]; err == nil && (p == nil || p.asRead != heads[i][1]) {
			return store.ErrRetry
		}
		return err
	})
	if err != nil || len(b.merges) == 0 {
		return err
	}
	// Nor may a join by rule pass over what a colleague decided meanwhile.
	return tx.Lookup(ctx, &lookupNever, rows, func(scan store.Found) error {
		var other crm.ID
		i, err := scan(&other)
		p, q := known[i], b.profiles[other]
		if err == nil && q != nil && p.head == q.head && p.asRead != q.asRead && !b.never[[2]crm.ID{p.ID, other}] {
			return store.ErrRetry
		}
		return err
	})
}
