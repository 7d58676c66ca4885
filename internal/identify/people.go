package identify

import (
	"cmp"
	"context"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify/match"
	"github.com/rapport-crm/rapport/internal/store"
)

// known is what was read of a customer, or of chosen profiles.
type known struct {
	head    crm.ID    // has the say about the name
	members []Profile // none: merged away
	person  match.Person
}

// readPeople adds customers to those that were read: three look-ups, however
// many there are. Claims count when asked for: a person who decides may weigh
// them, a program may not.
func readPeople(ctx context.Context, tx *store.Tx, heads []Profile, claims bool, read map[Profile]*known) error {
	var keys [][]any
	var fresh []*known
	for _, h := range heads {
		if read[h] == nil {
			k := &known{head: h.ID}
			read[h] = k
			fresh, keys = append(fresh, k), append(keys, h.row())
		}
	}
	err := tx.Lookup(ctx, &lookupMembers, keys, func(scan store.Found) error {
		var p Profile
		i, err := scan(&p.Bucket, &p.ID)
		fresh[i].members = append(fresh[i].members, p)
		return err
	})
	if err != nil {
		return err
	}
	return readProfiles(ctx, tx, fresh, claims)
}

// readProfiles fills in the people of members that are known.
func readProfiles(ctx context.Context, tx *store.Tx, people []*known, claims bool) error {
	var keys [][]any
	var of []*known
	for _, k := range people {
		slices.SortFunc(k.members, func(a, b Profile) int { return a.ID.Compare(b.ID) })
		for _, m := range k.members {
			keys, of = append(keys, m.row()), append(of, k)
		}
	}
	names := make([]string, len(keys))
	err := tx.Lookup(ctx, &lookupProfiles, keys, func(scan store.Found) error {
		var bucket, created int64
		var customer crm.ID
		var name string
		i, err := scan(&bucket, &customer, &created, &name)
		names[i] = name
		return err
	})
	if err != nil {
		return err
	}
	for i, k := range of {
		if keys[i][1].(crm.ID) == k.head {
			k.person.Name = names[i]
		}
	}
	for i, k := range of {
		k.person.Name = cmp.Or(k.person.Name, names[i])
	}
	err = tx.Lookup(ctx, &lookupProfileKeys, keys, func(scan store.Found) error {
		var kind, value, name, status, method, source string
		var first, last int64
		i, err := scan(&kind, &value, &name, &status, &method, &source, &first, &last)
		switch p := &of[i].person; {
		case err != nil || Status(status) == Claimed && !claims || weak(crm.IdentifierKind(kind), value):
		case kind == string(crm.Email):
			p.Mails = append(p.Mails, value)
		case kind == string(crm.PhoneNumber):
			p.Phones = append(p.Phones, value)
		}
		return err
	})
	const most = 10 // who has more is a shared mailbox
	for _, k := range people {
		p := &k.person
		slices.Sort(p.Mails)
		slices.Sort(p.Phones)
		p.Mails, p.Phones = p.Mails[:min(len(p.Mails), most)], p.Phones[:min(len(p.Phones), most)]
	}
	return err
}

// personOf reads what is known of a customer.
func personOf(ctx context.Context, tx *store.Tx, head Profile, claims bool) (match.Person, error) {
	read := map[Profile]*known{}
	err := readPeople(ctx, tx, []Profile{head}, claims, read)
	return read[head].person, err
}

// personAlone is the person of one profile, whatever customer it belongs to.
func personAlone(ctx context.Context, tx *store.Tx, p Profile) (match.Person, error) {
	k := known{head: p.ID, members: []Profile{p}}
	err := readProfiles(ctx, tx, []*known{&k}, false)
	return k.person, err
}
