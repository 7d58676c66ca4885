package identify

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify/match"
)

// standIns are the keys under which a person is kept who speaks over a line
// that belongs to somebody else: the number together with the name, and the
// line itself when no name was given.
func standIns(anchor Ident) []key {
	if anchor.Kind != crm.PhoneNumber && anchor.Kind != crm.Email {
		return nil
	}
	if anchor.Kind == crm.Email && anchor.Name == "" {
		return nil
	}
	out := []key{{"shared_" + string(anchor.Kind), anchor.Value}}
	if n := fold(anchor.Name); n != "" {
		out = append(out, key{string(anchor.Kind) + "_name", capped(anchor.Value + "|" + n)})
	}
	return out
}

// capped keeps a key inside what an index row can hold, and whole runes: half of
// one is no text to PostgreSQL.
func capped(v string) string {
	if len(v) > maxValue {
		return strings.ToValidUTF8(v[:maxValue], "")
	}
	return v
}

// blockingKey finds people of one name whose mail addresses look alike: name
// and the first letters of the local part.
func blockingKey(sub *Subject) (key, bool) {
	for _, id := range sub.Idents {
		if id.Kind != crm.Email || id.Name == "" || weak(id.Kind, id.Value) {
			continue
		}
		name := fold(id.Name)
		if !strings.Contains(name, " ") { // one word is too common to compare by
			return key{}, false
		}
		_, first := utf8.DecodeRuneInString(id.Value)
		return key{"~name_mail", capped(name + "|" + id.Value[:first])}, true
	}
	return key{}, false
}

// Resolve decides for every subject, in order. Subjects of one batch see each
// other.
func (b *Batch) Resolve() {
	for _, sub := range b.subjects {
		b.resolve(sub)
	}
	// Merges inside the batch may have changed heads, so members come last.
	for _, sub := range b.subjects {
		p := b.profiles[sub.Profile.ID]
		sub.CustomerID = p.head.head.ID
		sub.Members, sub.Fresh = make([]Profile, len(p.head.members)), true
		for i, m := range p.head.members {
			sub.Members[i] = m.Profile
			sub.Fresh = sub.Fresh && m.fresh
		}
	}
}

func (b *Batch) resolve(sub *Subject) {
	p := b.profiles[sub.Known]
	if p == nil {
		p = b.anchorProfile(sub)
	}
	sub.Profile, sub.Anchor = p.Profile, "profile="+p.ID.String()
	if len(sub.Idents) > 0 {
		sub.Verified = sub.Idents[0].Status == Verified
		sub.Anchor = string(sub.Idents[0].Kind) + "=" + sub.Idents[0].Value
	}
	for i, id := range sub.Idents {
		if i > 0 || !sub.Known.IsZero() {
			b.attach(sub, p, id)
		}
		b.witness(sub, p, id)
		if p.name == "" && id.Name != "" {
			p.name, p.dirty, p.renamed = id.Name, true, true
			p.head.headings = true
		}
	}
	b.compareNames(sub, p)
	p.head.delta.add(sub)
}

// anchorProfile is the profile that the contact's first identifier stands for.
func (b *Batch) anchorProfile(sub *Subject) *profile {
	id := sub.Idents[0]
	k := id.key()
	row := b.keys[k]
	if row == nil {
		return b.newProfile(sub, k, false)
	}
	if row.shared {
		for _, h := range row.holders {
			if id.Name != "" && h.name != "" && !differentPeople(id.Name, h.name) {
				return h
			}
		}
		return b.standIn(sub, id, row.profile, "Several customers use "+id.Value+".")
	}
	// A number says whose line it is, not who speaks: a caller who gives
	// another person's name is not the line's owner.
	if id.Status != Verified && id.Name != "" && differentPeople(id.Name, row.profile.name) && (id.Kind == crm.PhoneNumber || weak(id.Kind, id.Value)) {
		return b.standIn(sub, id, row.profile, fmt.Sprintf("%s spoke over a line of %s.", id.Name, row.profile.name))
	}
	return row.profile
}

// standIn is the profile of somebody who speaks over another one's line.
func (b *Batch) standIn(sub *Subject, id Ident, owner *profile, reason string) *profile {
	ks := standIns(id)
	if len(ks) == 0 {
		return owner
	}
	k := ks[len(ks)-1] // with the name when there is one
	p := (*profile)(nil)
	if row := b.keys[k]; row != nil {
		p = row.profile
	} else {
		p = b.newProfile(sub, k, false)
	}
	if p.head != owner.head {
		b.suggest = append(b.suggest, suggestion{p, owner, string(id.Kind), id.Value, reason})
	}
	return p
}

// newProfile makes the profile of a key that nobody has shown before.
func (b *Batch) newProfile(sub *Subject, k key, shared bool) *profile {
	p := &profile{Profile: profileOf(crm.DerivedID(sub.At, "profile", k.kind, k.value)), created: sub.At,
		keys: map[key]*evidence{}, fresh: true, dirty: true, renamed: true}
	if old := b.profiles[p.ID]; old != nil {
		p = old
	} else {
		p.head = &customer{head: p, members: []*profile{p}, fresh: true, headings: true}
		b.profiles[p.ID], b.customers[p.ID] = p, p.head
		b.order = append(b.order, p)
	}
	b.keys[k] = &keyRow{profile: p, shared: shared, fresh: true}
	return p
}

// attach takes a further identifier of the contact: it joins people when it is
// verified and no guard objects, and makes a suggestion otherwise.
func (b *Batch) attach(sub *Subject, p *profile, id Ident) {
	k := id.key()
	row := b.keys[k]
	device := id.Kind == crm.AnonymousID
	switch {
	case weak(id.Kind, id.Value):
		// The mail address of a post belongs to whoever holds the post.
	case row == nil:
		if (id.Status == Verified || device && id.Status == Seen) && b.room(p.head, id) {
			b.keys[k] = &keyRow{profile: p, fresh: true}
		}
	case row.profile.head == p.head:
	case row.shared:
		if id.Status == Verified {
			b.hold(row, p)
		}
	case id.Status == Verified:
		b.join(sub, p, row, id)
	case device && id.Status == Seen && (onlyDevices(row.profile.head) || onlyDevices(p.head)):
		b.merge(sub, p, row.profile, "device", fmt.Sprintf("The visitor of device %s signed in.", short(id.Value)))
	default:
		b.suggest = append(b.suggest, suggestion{p, row.profile, k.kind, k.value,
			fmt.Sprintf("%s was given as %s in a contact by %s, but not verified.", id.Value, words(id.Kind), sub.Channel)})
	}
}

// join merges two customers that one contact proved to be the same, unless that
// would give one of them a second account or too many values of a kind; then
// the identifier is shared by both.
func (b *Batch) join(sub *Subject, p *profile, row *keyRow, id Ident) {
	q := row.profile
	why := ""
	switch {
	case b.neverLinked(p.head, q.head):
		why = "A colleague decided that these two are different people."
	case exceeds(p.head, q.head):
		b.hold(row, p)
		if differentPeople(p.name, q.name) {
			return // a family phone: the identifier is marked as shared, and there is nothing to decide
		}
		why = fmt.Sprintf("Both verified %s, but they have different accounts.", id.Value)
	case id.Name != "" && differentPeople(p.name, q.name) && id.Kind == crm.PhoneNumber:
		why = fmt.Sprintf("Both use %s, but under different names.", id.Value)
		b.hold(row, p)
	}
	if why != "" {
		b.suggest = append(b.suggest, suggestion{p, q, string(id.Kind), id.Value, why})
		return
	}
	first := sub.Idents[0].Value
	if !sub.Known.IsZero() {
		first = "a known customer"
	}
	b.merge(sub, p, q, "verified", fmt.Sprintf("One contact by %s proved %s and %s (%s).", sub.Channel, first, id.Value, id.Method))
}

// hold notes that a further person uses an identifier.
func (b *Batch) hold(row *keyRow, p *profile) {
	if !row.shared {
		row.shared, row.marked = true, true
		row.holders = append(row.holders, row.profile)
	}
	for _, h := range row.holders {
		if h == p {
			return
		}
	}
	row.holders = append(row.holders, p)
	row.marked = true
}

// merge joins the customers of two profiles. The customer of the oldest profile
// remains, so the outcome doesn't depend on the order of contacts.
func (b *Batch) merge(sub *Subject, p, q *profile, rule, reason string) {
	into, from := p.head, q.head
	if older(from.head, into.head) {
		into, from = from, into
	}
	id := crm.DerivedID(sub.At, "merge", sub.Source, sub.ExternalID, p.ID.String(), q.ID.String()).InBucket(p.Bucket)
	b.merges = append(b.merges, mergeEntry{id, p, q, into, from, into.name(), from.name(), rule, reason})
	for _, m := range from.members {
		m.head, m.dirty = into, true
	}
	into.members = append(into.members, from.members...)
	into.joined = append(into.joined, from)
	into.delta.merge(from.delta)
	into.headings = true
}

// older orders profiles: the older one heads a customer.
func older(a, b *profile) bool {
	if !a.created.Equal(b.created) {
		return a.created.Before(b.created)
	}
	return a.ID.Compare(b.ID) < 0
}

// witness records an identifier on the profile that the contact belongs to. A
// row that says nothing new is written at most once an hour.
func (b *Batch) witness(sub *Subject, p *profile, id Ident) {
	k := id.key()
	e := p.keys[k]
	if e == nil {
		p.keys[k] = &evidence{Ident: id, source: sub.Source, first: sub.At, last: sub.At, dirty: true}
		p.renamed = true
		return
	}
	if id.Status.rank() > e.Status.rank() {
		e.Status, e.Method, e.source, e.dirty = id.Status, id.Method, sub.Source, true
	}
	if e.Name == "" && id.Name != "" {
		e.Name, e.dirty = id.Name, true
	}
	if sub.At.Sub(e.last) > time.Hour {
		e.last, e.dirty = sub.At, true
	}
}

// compareNames suggests people of the same name whose mail addresses differ by
// a slip of the finger.
func (b *Batch) compareNames(sub *Subject, p *profile) {
	k, ok := blockingKey(sub)
	if !ok {
		return
	}
	row := b.keys[k]
	if row == nil {
		b.keys[k] = &keyRow{profile: p, fresh: true}
		return
	}
	if row.profile.head == p.head {
		return
	}
	mine, theirs := mailOf(p), mailOf(row.profile)
	// Other digits are another person of that name (anna.71@, anna.84@), not a slip.
	if mine != "" && theirs != "" && mine != theirs && digits(mine) == digits(theirs) && match.JaroWinkler(mine, theirs) >= .92 {
		b.suggest = append(b.suggest, suggestion{p, row.profile, string(crm.Email), mine,
			fmt.Sprintf("Same name, and %s looks like %s.", mine, theirs)})
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func mailOf(p *profile) string {
	best := ""
	for k := range p.keys {
		if k.kind == string(crm.Email) && (best == "" || k.value < best) {
			best = k.value
		}
	}
	return best
}

// room reports whether the customer may have one more value of the kind.
func (b *Batch) room(c *customer, id Ident) bool {
	n := 0
	for v := range valuesOf(c, id.Kind) {
		if v != id.Value {
			n++
		}
	}
	return n < limit(id.Kind)
}

// exceeds reports whether two customers together would break a limit.
func exceeds(a, c *customer) bool {
	for _, kind := range []crm.IdentifierKind{crm.UserID, crm.Email, crm.PhoneNumber, crm.AnonymousID} {
		all := valuesOf(a, kind)
		for v := range valuesOf(c, kind) {
			all[v] = true
		}
		if len(all) > limit(kind) {
			return true
		}
	}
	return false
}

// valuesOf are the values of a kind that a customer was seen with; claims don't
// count.
func valuesOf(c *customer, kind crm.IdentifierKind) map[string]bool {
	out := map[string]bool{}
	for _, p := range c.members {
		for k, e := range p.keys {
			if e.Kind == kind && e.Status != Claimed {
				out[k.value] = true
			}
		}
	}
	return out
}

// onlyDevices reports whether nothing but devices is known of a customer.
func onlyDevices(c *customer) bool {
	for _, p := range c.members {
		for _, e := range p.keys {
			if e.Kind != crm.AnonymousID && e.Status != Claimed {
				return false
			}
		}
	}
	return true
}

func (b *Batch) neverLinked(a, c *customer) bool {
	for _, p := range a.members {
		for _, q := range c.members {
			if b.never[[2]crm.ID{p.ID, q.ID}] {
				return true
			}
		}
	}
	return false
}

// name is what a customer is called: the name of its head, else of the oldest
// member that has one, else its best identifier.
func (c *customer) name() string {
	if c.head.name != "" {
		return c.head.name
	}
	var named *profile
	for _, p := range c.members {
		if p.name != "" && (named == nil || older(p, named)) {
			named = p
		}
	}
	if named != nil {
		return named.name
	}
	return c.bestValue()
}

func (c *customer) bestValue() string {
	best, rank, device := "", 100, false
	for _, p := range c.members {
		for k, e := range p.keys {
			r := priority(e.Kind)*2 - e.Status.rank()
			if e.Kind == crm.UserID { // an account number tells people least
				r = 9
			}
			if r < rank || r == rank && k.value < best {
				best, rank, device = k.value, r, e.Kind == crm.AnonymousID
			}
		}
	}
	switch {
	case strings.IndexByte(best, '\x1f') >= 0:
		return "Unknown sender"
	case device:
		return "Visitor " + short(best)
	}
	return best
}

func (d *delta) add(sub *Subject) {
	d.merge(delta{1, sub.At, sub.At, sub.Channel, sub.Direction, sub.Preview})
}

func (d *delta) merge(o delta) {
	if o.contacts == 0 {
		return
	}
	if d.contacts == 0 || o.first.Before(d.first) {
		d.first = o.first
	}
	if d.contacts == 0 || !o.last.Before(d.last) {
		d.last, d.channel, d.direction, d.text = o.last, o.channel, o.direction, o.text
	}
	d.contacts += o.contacts
}

func words(kind crm.IdentifierKind) string {
	switch kind {
	case crm.Email:
		return "mail address"
	case crm.PhoneNumber:
		return "phone number"
	case crm.UserID:
		return "account"
	case crm.AnonymousID:
		return "device"
	}
	return strings.ReplaceAll(string(kind), "_", " ")
}

func short(v string) string {
	if r := []rune(v); len(r) > 12 {
		return string(r[:6]) + "…" + string(r[len(r)-4:])
	}
	return v
}
