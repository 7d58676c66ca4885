package journey

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// Options are what the linker learns from elsewhere.
type Options struct {
	// Adjacent reports whether two intents often follow each other or go
	// together. It must be pure. Default: nil, no two do.
	Adjacent func(a, b string) bool

	// Noted is told of what people change by hand, in the transaction of the
	// change. Default: nobody is told.
	Noted func(ctx context.Context, tx *store.Tx, now time.Time, customers []crm.ID, author, kind, text string) error
}

// Service links contacts and keeps journeys. Options are set before its first
// use and not changed afterwards.
type Service struct {
	Options
	db    *store.DB
	clock crm.Clock

	p       atomic.Pointer[Parameters] // nil: those that came with the program
	version atomic.Int64

	learnFrom []uint64 // seeds of the chains that Train learns from; nil: all

	mu      sync.Mutex
	lookups map[int64]*store.Lookup
}

// New makes the service on db.
func New(db *store.DB, clock crm.Clock) *Service {
	return &Service{db: db, clock: clock, lookups: map[int64]*store.Lookup{}}
}

func (s *Service) linker() linker { return linker{adjacent: s.Adjacent, p: s.p.Load()} }

func (s *Service) note(ctx context.Context, tx *store.Tx, now time.Time, customer crm.ID, author, kind, text string) error {
	if s.Noted == nil {
		return nil
	}
	return s.Noted(ctx, tx, now, []crm.ID{customer}, author, kind, text)
}

// maxDecoded bounds how many journeys of one customer compete for a contact:
// the latest ones, and any older one of the same conversation or number.
const maxDecoded = 24

// person is one customer of a batch.
type person struct {
	raw      []*rawRecord
	contacts []*Contact
	journeys []*record // from the oldest to the newest
}

// Link finds or opens the journey of each contact, in their order, and writes
// journeys and links in tx. Contacts are new: one that was linked before would
// be counted again. The caller holds the lock of every bucket of every member
// profile; next gives the next feed number of such a bucket.
func (s *Service) Link(ctx context.Context, tx *store.Tx, now time.Time, contacts []*Contact, next func(bucket int64) int64) error {
	if len(contacts) == 0 {
		return nil
	}
	people, order, err := s.load(ctx, tx, contacts)
	if err != nil {
		return err
	}
	l := s.linker()
	for _, id := range order {
		p := people[id]
		for _, c := range p.contacts {
			l.take(p, c, now)
		}
	}
	var late, changed []*record
	for _, id := range order {
		for _, r := range people[id].journeys {
			switch {
			case r.late:
				late = append(late, r)
				changed = append(changed, r)
			case r.changed:
				r.settle(now)
				changed = append(changed, r)
			}
		}
	}
	if err := s.remeasure(ctx, tx, now, late); err != nil {
		return err
	}
	for _, r := range changed {
		for _, c := range r.added {
			c.Intent, c.Effort = r.Intent, r.Effort
		}
	}
	if err := writeJourneys(ctx, tx, changed, next); err != nil {
		return err
	}
	return writeLinks(ctx, tx, contacts)
}

// take decides about one contact and adds it to its journey.
func (l linker) take(p *person, c *Contact, now time.Time) {
	d := l.decide(c, p.journeys)
	r := d.journey
	if d.opens {
		r = &record{Profile: c.Profile, ID: crm.DerivedID(c.At, "journey", c.ID.String()).InBucket(c.Profile.Bucket)}
		if d.repeatOf != nil {
			r.Data.Repeat = within(crm.Repeat{Of: d.repeatOf.ID}, d.repeatGap)
		}
		p.journeys = append(p.journeys, r)
	}
	if r == nil {
		return
	}
	r.apply(c)
	r.changed = true
	r.added = append(r.added, c)
	c.JourneyID = r.ID
	c.Link = crm.Link{InteractionID: c.ID, JourneyID: r.ID, Confidence: d.confidence, Reason: d.reason, By: Author, At: now}
}

// load groups the batch by customer and reads the journeys of all member
// profiles with one statement.
func (s *Service) load(ctx context.Context, tx *store.Tx, contacts []*Contact) (map[crm.ID]*person, []crm.ID, error) {
	people := make(map[crm.ID]*person, len(contacts))
	order := make([]crm.ID, 0, len(contacts))
	owner := make(map[Profile]*person, len(contacts))
	keys := make([][]any, 0, len(contacts))
	owners := make([]*person, 0, len(contacts))
	first := contacts[0].At
	for _, c := range contacts {
		if c.At.Before(first) {
			first = c.At
		}
		p := people[c.CustomerID]
		if p == nil {
			p = &person{}
			people[c.CustomerID] = p
			order = append(order, c.CustomerID)
		}
		p.contacts = append(p.contacts, c)
		if c.Fresh {
			continue
		}
		members := c.Members
		if len(members) == 0 {
			members = []Profile{c.Profile}
		}
		for _, m := range members {
			if owner[m] == nil {
				owner[m] = p
				keys = append(keys, []any{m.Bucket, m.ID})
				owners = append(owners, p)
			}
		}
	}
	err := tx.Lookup(ctx, s.ofProfiles(first), keys, func(found store.Found) error {
		raw := &rawRecord{}
		var key int
		if err := raw.scan(func(dest ...any) (err error) { key, err = found(dest...); return err }); err != nil {
			return err
		}
		owners[key].raw = append(owners[key].raw, raw)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for _, id := range order {
		if err := people[id].decode(); err != nil {
			return nil, nil, err
		}
	}
	return people, order, nil
}

// decode reads the data of the journeys that may take a contact of the batch.
func (p *person) decode() error {
	slices.SortFunc(p.raw, func(a, b *rawRecord) int {
		return cmp.Or(b.LastAt.Compare(a.LastAt), slices.Compare(a.ID[:], b.ID[:]))
	})
	for i, raw := range p.raw {
		if i >= maxDecoded && !p.named(raw.data) {
			continue
		}
		r, err := raw.decode()
		if err != nil {
			return err
		}
		p.journeys = append(p.journeys, r)
	}
	p.raw = nil
	slices.SortFunc(p.journeys, func(a, b *record) int {
		return cmp.Or(a.OpenedAt.Compare(b.OpenedAt), slices.Compare(a.ID[:], b.ID[:]))
	})
	return nil
}

// named reports whether a contact names the journey by its conversation or a
// number, looked for in the undecoded data.
func (p *person) named(data string) bool {
	for _, c := range p.contacts {
		if !c.ConversationID.IsZero() && strings.Contains(data, c.ConversationID.String()) {
			return true
		}
		f := c.read()
		for _, e := range f.entities[:f.strong] {
			if strings.Contains(data, e) {
				return true
			}
		}
	}
	return false
}

// writeJourneys writes the rows in the order (bucket, id), each with a new feed
// number.
func writeJourneys(ctx context.Context, tx *store.Tx, changed []*record, next func(int64) int64) error {
	slices.SortFunc(changed, func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.Profile.Bucket, b.Profile.Bucket), slices.Compare(a.ID[:], b.ID[:]))
	})
	rows := make([][]any, len(changed))
	for i, r := range changed {
		var err error
		if rows[i], err = r.row(next(r.Profile.Bucket)); err != nil {
			return err
		}
	}
	return tx.Write(ctx, &journeysWrite, rows, nil)
}

func writeLinks(ctx context.Context, tx *store.Tx, contacts []*Contact) error {
	linked := make([]*Contact, 0, len(contacts))
	for _, c := range contacts {
		if !c.JourneyID.IsZero() {
			linked = append(linked, c)
		}
	}
	slices.SortFunc(linked, func(a, b *Contact) int {
		return cmp.Or(cmp.Compare(a.Profile.Bucket, b.Profile.Bucket),
			slices.Compare(a.Profile.ID[:], b.Profile.ID[:]), slices.Compare(a.ID[:], b.ID[:]))
	})
	rows := make([][]any, len(linked))
	for i, c := range linked {
		rows[i] = linkRow(c.Profile, c.Link)
	}
	return tx.Write(ctx, &linksWrite, rows, nil)
}
