package access

import (
	"context"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The verbs of Check, which are also the scopes of a key.
const (
	Read     = "read"     // see customers, contacts and journeys
	Write    = "write"    // send contacts in; merge, move, correct
	Verified = "verified" // assert that an identifier was verified
	Track    = "track"    // send web events; such a key is public, it stands in pages
	Admin    = "admin"    // keys, people, settings
)

// Scopes is the closed list, in display order.
var Scopes = []string{Read, Write, Verified, Track, Admin}

// The roles of people.
const (
	Owner = "owner" // everything that a person can do
	Agent = "agent" // answers customers
)

// Principal is who is calling: a person (UserID) or a program (KeyID).
type Principal struct {
	UserID crm.ID
	KeyID  crm.ID
	Name   string
	Email  string
	Role   string   // of a person
	Scopes []string // what Check allows
	Source string   // the source that a key writes as, when it is bound to one

	session []byte // hash of the session's token, for sign-out
	secret  []byte // hash of the key, to see that it was revoked
}

// Has reports whether the verb is allowed.
func (p *Principal) Has(verb string) bool {
	if p == nil {
		return false
	}
	// Whoever may write contacts may write events; the reverse would let a
	// public key write anything.
	return slices.Contains(p.Scopes, verb) || verb == Track && slices.Contains(p.Scopes, Write)
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

// roleScopes is what people may do. Verified is for programs only: what a
// person types is a claim, and their merges have a rule of their own.
func roleScopes(role string) []string {
	if role == Owner {
		return []string{Read, Write, Track, Admin}
	}
	return []string{Read, Write, Track}
}

type contextKey int

const (
	principalKey contextKey = iota
	ipKey
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

// Check refuses what the caller of ctx may not do.
func Check(ctx context.Context, verb string) error {
	p := From(ctx)
	if p == nil {
		return crm.Errorf(crm.Unauthorized, "Sign in, or send an API key as a bearer token.")
	}
	if !p.Has(verb) {
		if p.UserID.IsZero() {
			return crm.Errorf(crm.Forbidden, "This key has no %q scope.", verb)
		}
		return crm.Errorf(crm.Forbidden, "Your role may not do this.")
	}
	return nil
}

// Check is Check, as a method for those who hold a Service.
func (s *Service) Check(ctx context.Context, verb string) error { return Check(ctx, verb) }
