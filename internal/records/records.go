package records

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The kinds of changes.
const (
	Merged       = "merge"        // two customers became one
	Unmerged     = "unmerge"      // a merge was taken back
	KeptApart    = "never_link"   // two customers never become one
	Corrected    = "intent"       // what a contact is about
	Moved        = "journey"      // a contact or a journey went elsewhere
	JourneyState = "state"        // whose turn it is in a journey
	Learned      = "fact"         // a fact was written down
	Forgot       = "fact_removed" // or removed
	CaseMerged   = "case_merge"   // two conversations became one
	CaseSplit    = "case_split"
)

// Change is something that a person changed about a customer.
type Change struct {
	ID      crm.ID
	Profile crm.ID // any profile of the customer
	At      time.Time
	Author  string
	Kind    string
	Text    string // a sentence for colleagues
	Source  string // of the contact that it tells something of, or ""
}

// maxChange bounds a change's sentence in bytes.
const maxChange = 500

// Note writes a change down, in the transaction of the change. At is the now of
// that transaction.
func Note(ctx context.Context, tx *store.Tx, c Change) error {
	if c.Profile.IsZero() {
		return nil
	}
	return tx.AddChange(ctx, sqlgen.AddChangeParams{Bucket: c.Profile.Bucket(), ProfileID: c.Profile, ID: crm.NewID(c.At),
		At: crm.Micros(c.At), Author: c.Author, Kind: c.Kind, Text: short(c.Text, maxChange), Source: c.Source})
}

// Entry is a line of the audit trail.
type Entry struct {
	ID      crm.ID
	At      time.Time
	Author  string
	Verb    string // what was done, in the past: "team changed"
	Object  string // to what: an id or a name
	Details string // JSON, without secrets
}

// Audit writes a line of the audit trail, in the transaction of the change.
func Audit(ctx context.Context, tx *store.Tx, now time.Time, author, verb, object, details string) error {
	return tx.AddAudit(ctx, sqlgen.AddAuditParams{ID: crm.NewID(now), At: crm.Micros(now), Author: author, Verb: verb, Object: object, Details: details})
}

// line makes text from outside fit for one line: no control characters, no
// space around it.
func line(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// short cuts a text at a rune.
func short(s string, n int) string {
	s = line(s)
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.TrimSpace(s[:n]) + "…"
}

func invalid(pointer, message string) error {
	return &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: message}
}
