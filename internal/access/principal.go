package access

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The verbs of Check. All but Self, Shared and Members are scopes of a key as well; a key
// that sends mail to customers needs Reply said by name, since those that were
// made to take contacts in must not learn to send.
const (
	Self     = "self"     // what is the person's own: settings, password, sign-ins; every person may, no key
	Read     = "read"     // see customers, contacts, conversations and journeys
	Write    = "write"    // send contacts in; merge, move, correct; note, tag, snooze, claim, learn facts
	Reply    = "reply"    // send to customers
	Assign   = "assign"   // give a colleague's case to somebody else
	Shared   = "shared"   // macros, views and tags that everybody uses
	Members  = "members"  // the members of a team that one leads
	Verified = "verified" // assert that an identifier was verified
	Track    = "track"    // send web events; such a key is public, it stands in pages
	Settings = "settings" // inboxes, hours, service levels, satisfaction
	People   = "people"   // people, teams, invitations
	Admin    = "admin"    // keys, the audit trail; of a key: settings and people too
)

// Scopes is the closed list of what a key may do, in display order.
var Scopes = []string{Read, Write, Reply, Assign, Verified, Track, Settings, People, Admin}

// The roles of people. What each may do:
//
//	           read  write  reply  assign  shared  members  settings  people  admin
//	owner       x      x      x      x       x         x         x        x       x
//	admin       x      x      x      x       x         x         x        x       x
//	lead        x      x      x      x       x         x
//	agent       x      x      x
//	viewer      x
//
// Beyond the table: only an owner makes, changes or disables an owner, and the
// last one stays. An owner sees every inbox; everybody else sees a restricted
// one only when a team of theirs works in it. Whoever leads or answers but has
// only the functions operations and marketing does not write to customers.
// Nobody asserts that an identifier was verified: what a person types is a
// claim, and their merges have a rule of their own.
const (
	Owner         = "owner"
	Administrator = "admin"
	Lead          = "lead"
	Agent         = "agent"
	Viewer        = "viewer"
)

// Roles is the closed list, the most powerful first.
var Roles = []string{Owner, Administrator, Lead, Agent, Viewer}

// The functions that people work in. Care and sales answer customers;
// operations and marketing read, note, tag and correct. None: any work.
const (
	Care       = "care"
	Sales      = "sales"
	Operations = "operations"
	Marketing  = "marketing"
)

// Functions is the closed list.
var Functions = []string{Care, Sales, Operations, Marketing}

var roleVerbs = map[string][]string{
	Owner:         {Read, Write, Reply, Assign, Shared, Members, Track, Settings, People, Admin},
	Administrator: {Read, Write, Reply, Assign, Shared, Members, Track, Settings, People, Admin},
	Lead:          {Read, Write, Reply, Assign, Shared, Members, Track},
	Agent:         {Read, Write, Reply, Track},
	Viewer:        {Read},
}

// verbsOf is what a person may do.
func verbsOf(role string, functions []string) []string {
	verbs := slices.Clone(roleVerbs[role])
	answers := len(functions) == 0 || slices.Contains(functions, Care) || slices.Contains(functions, Sales)
	if (role == Lead || role == Agent) && !answers {
		verbs = slices.DeleteFunc(verbs, func(v string) bool { return v == Reply })
	}
	return verbs
}

// Principal is who is calling: a person (UserID) or a program (KeyID).
type Principal struct {
	UserID    crm.ID
	KeyID     crm.ID
	Name      string
	Email     string
	Role      string   // of a person
	Functions []string // of a person
	Scopes    []string // what Check allows
	Source    string   // the source that a key writes as, when it is bound to one
	Teams     []crm.ID // that the person works in
	Leads     []crm.ID // that the person leads; each is one of Teams

	// Hidden are the sources of restricted inboxes that are none of the
	// caller's business, and HiddenInboxes the inboxes themselves. They are
	// shared between callers: never change one.
	Hidden        map[string]bool
	HiddenInboxes map[crm.ID]bool

	// MustEnrol: the role needs a second factor and the person has none, so that
	// they may do nothing but set one up.
	MustEnrol bool

	fresh   time.Time // when the person proved last who they are
	factor  bool      // a second factor is on
	session []byte    // hash of the session's token, for sign-out
	secret  []byte    // hash of the key, to see that it was revoked
}

// Has reports whether the verb is allowed.
func (p *Principal) Has(verb string) bool {
	if p == nil {
		return false
	}
	if slices.Contains(p.Scopes, verb) {
		return true
	}
	switch verb {
	case Self:
		return !p.UserID.IsZero()
	case Track:
		// Whoever may write contacts may write events; the reverse would let a
		// public key write anything.
		return slices.Contains(p.Scopes, Write)
	case Settings, People:
		return slices.Contains(p.Scopes, Admin) // of keys; a role lists them
	case Shared:
		return p.UserID.IsZero() && p.Has(Settings)
	case Members:
		return p.UserID.IsZero() && p.Has(People)
	}
	return false
}

// Author is how ledgers name the caller.
func (p *Principal) Author() string {
	switch {
	case p == nil:
		return ""
	case p.UserID.IsZero():
		return "key " + p.Name
	case p.Name != "":
		return p.Name
	}
	return p.Email
}

type contextKey int

const (
	principalKey contextKey = iota
	ipKey
	agentKey
)

// With puts the caller into the context.
func With(ctx context.Context, p *Principal) context.Context {
	return context.WithValue(ctx, principalKey, p)
}

// From is the caller of the context, or nil when nobody signed in.
func From(ctx context.Context) *Principal {
	p, _ := ctx.Value(principalKey).(*Principal)
	return p
}

// IP is the address of the peer that Middleware found, or "".
func IP(ctx context.Context) string {
	ip, _ := ctx.Value(ipKey).(string)
	return ip
}

// CanSource reports whether the caller of ctx may see what came in from or went
// out through a source. To somebody who may not, it does not exist: answer
// not_found, never forbidden. Without a caller it is false.
func CanSource(ctx context.Context, source string) bool {
	p := From(ctx)
	return p != nil && !p.Hidden[source]
}

// CanInbox is CanSource by the inbox's id. The zero id, of what came through no
// inbox, is everybody's.
func CanInbox(ctx context.Context, inbox crm.ID) bool {
	p := From(ctx)
	return p != nil && !p.HiddenInboxes[inbox]
}

// CanTeam refuses who may not change the members of a team: those who manage
// people, and its leads.
func CanTeam(ctx context.Context, team crm.ID) error {
	p := From(ctx)
	if err := Check(ctx, Members); err != nil {
		return err
	}
	if !p.Has(People) && !slices.Contains(p.Leads, team) {
		return crm.Errorf(crm.Forbidden, "Only those who lead this team may change who is in it.")
	}
	return nil
}

// Check refuses what the caller of ctx may not do.
func Check(ctx context.Context, verb string) error {
	p := From(ctx)
	if p == nil {
		return crm.Errorf(crm.Unauthorized, "Sign in, or send an API key as a bearer token.")
	}
	if !p.Has(verb) {
		if p.MustEnrol {
			return crm.Errorf(crm.Forbidden, "Your role needs two-step sign-in. Set it up first.")
		}
		if p.UserID.IsZero() {
			return crm.Errorf(crm.Forbidden, "This key has no %q scope.", verb)
		}
		return crm.Errorf(crm.Forbidden, "Your role may not do this.")
	}
	return nil
}

// Check is Check, as a method for those who hold a Service.
func (s *Service) Check(ctx context.Context, verb string) error { return Check(ctx, verb) }
