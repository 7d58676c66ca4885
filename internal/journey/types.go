package journey

import (
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Data is the part of a journey that its row keeps as JSON: what the linker and
// the measures need, and what a page shows.
type Data struct {
	Title      string           `json:"title"`
	Reason     string           `json:"reason"` // why the state is what it is
	Channels   []crm.Channel    `json:"channels"`
	Contacts   int64            `json:"contacts"`
	Count      int64            `json:"count"` // all interactions, both directions
	Switches   int64            `json:"switches"`
	Parts      []crm.EffortPart `json:"parts"`
	Unanswered []crm.Question   `json:"unanswered,omitempty"`
	Repeat     crm.Repeat       `json:"repeat"`

	FirstIn       time.Time   `json:"first_in,omitzero"`        // first contact of the customer
	FirstResponse int64       `json:"first_response,omitempty"` // seconds
	WaitingSince  time.Time   `json:"waiting_since,omitzero"`   // since when the customer waits for us
	LongestWait   int64       `json:"longest_wait,omitempty"`   // seconds, closed waits only
	LastIn        time.Time   `json:"last_in,omitzero"`
	LastOut       time.Time   `json:"last_out,omitzero"`      // by a person
	LastChannel   crm.Channel `json:"last_channel,omitempty"` // of the customer's last contact
	Statements    int64       `json:"statements,omitempty"`   // effort statements counted
	Manual        bool        `json:"manual,omitempty"`       // the state was set by a person

	Intents       map[string]float64 `json:"intents,omitempty"`  // weight of each intent so far
	Terms         []uint32           `json:"terms,omitempty"`    // content words, hashed
	Entities      []string           `json:"entities,omitempty"` // kind=value of orders, invoices, tickets …
	Conversations []crm.ID           `json:"conversations,omitempty"`
}
