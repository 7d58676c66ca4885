package identify

import (
	"sort"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Status says how much an identifier proves.
type Status string

// The statuses, from strongest to weakest.
const (
	Verified Status = "verified" // proven: a signed token, an account, a confirmed code, a colleague
	Seen     Status = "seen"     // the channel itself delivered it
	Claimed  Status = "claimed"  // somebody said so; nothing joins on it
)

func (s Status) rank() int {
	switch s {
	case Verified:
		return 2
	case Seen:
		return 1
	}
	return 0
}

// Ident is one normalised identifier of a contact with its evidence.
type Ident struct {
	Kind   crm.IdentifierKind
	Value  string
	Name   string
	Status Status
	Method string
}

func (i Ident) key() key { return key{string(i.Kind), i.Value} }

// Profile names a profile and its bucket.
type Profile struct {
	Bucket int64
	ID     crm.ID
}

// row is the profile as the key of a look-up.
func (p Profile) row() []any { return []any{p.Bucket, p.ID} }

func profileOf(id crm.ID) Profile { return Profile{id.Bucket(), id} }

// Subject is one contact to be resolved. Batch fills the fields below the line.
type Subject struct {
	At         time.Time
	Source     string
	ExternalID string
	Channel    crm.Channel
	Direction  crm.Direction
	Preview    string  // first words, for the customer list
	Idents     []Ident // the anchor first; empty only with Known
	Known      crm.ID  // the profile that it belongs to, whatever the identifiers say; none: they decide

	Profile    Profile
	CustomerID crm.ID
	Members    []Profile // all profiles of the customer
	Fresh      bool      // all of them were made in this batch
	Verified   bool      // the anchor was verified
	Anchor     string    // kind=value that it was resolved by
}

// Unknown is the kind under which a contact without any usable identifier is kept.
// It says where the contact came from, not who it is of.
const Unknown crm.IdentifierKind = "unknown"

// Prepare reads the identifiers of the customer out of an envelope: the senders
// on the way in, the recipients on the way out. The anchor stands first. It
// never returns an empty list: a contact without any usable identifier is kept
// under an identity of its own.
func (s *Service) Prepare(e *crm.Envelope, mayVerify bool) []Ident {
	var out []Ident
	for _, roles := range rolesOf(e.Direction) {
		if out = s.pick(e, roles, mayVerify); len(out) > 0 {
			break
		}
	}
	if len(out) == 0 {
		return []Ident{{Kind: Unknown, Value: e.Source + "\x1f" + e.ExternalID, Status: Seen}}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := rankAnchor(e.Channel, out[i]), rankAnchor(e.Channel, out[j])
		if a != b {
			return a < b
		}
		return priority(out[i].Kind) < priority(out[j].Kind)
	})
	// A contact needs somebody to hang on: the best identifier is at least seen.
	if out[0].Status == Claimed {
		out[0].Status = Seen
	}
	return out
}

// rolesOf tells which participants are the customer, in order of preference.
func rolesOf(d crm.Direction) []crm.Role {
	switch d {
	case crm.Out:
		return []crm.Role{crm.To, crm.Cc}
	case crm.In:
		return []crm.Role{crm.From}
	}
	return []crm.Role{crm.From, crm.To}
}

// rankAnchor puts verified identifiers before those that the channel delivers,
// and both before what somebody typed.
func rankAnchor(channel crm.Channel, i Ident) int {
	switch {
	case i.Status == Verified:
		return 0
	case native(channel, i.Kind):
		return 1
	}
	return 2
}

// pick normalises the identifiers of a role. Of several values of one kind the
// first is the person's; the others are other people on the same contact.
func (s *Service) pick(e *crm.Envelope, role crm.Role, mayVerify bool) []Ident {
	var out []Ident
	seen := map[crm.IdentifierKind]bool{}
	for _, p := range e.Participants {
		if p.Role != role {
			continue
		}
		kind := crm.IdentifierKind(strings.ToLower(strings.TrimSpace(string(p.Kind))))
		value, ok := Normalise(kind, p.Value, s.region)
		if !ok || seen[kind] || blocked(kind, value, s.blockedValues()) || s.own(kind, value) {
			continue
		}
		seen[kind] = true
		id := Ident{Kind: kind, Value: value, Name: cleanName(p.Name), Status: Claimed}
		switch {
		case p.Verified && mayVerify:
			id.Status, id.Method = Verified, p.Method
			if id.Method == "" {
				id.Method = "asserted by " + e.Source
			}
		case native(e.Channel, kind):
			id.Status = Seen
		}
		out = append(out, id)
	}
	return out
}

// cleanName drops names that are an address in disguise.
func cleanName(n string) string {
	n = strings.Join(strings.Fields(n), " ")
	if strings.ContainsAny(n, "@<>") || len(n) > 200 {
		return ""
	}
	return strings.Trim(n, `"' `)
}
