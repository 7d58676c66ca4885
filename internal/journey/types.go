package journey

import (
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Data is the part of a journey that its row keeps as JSON: what the linker and
// the measures need, and what a page shows. It is a function of the contacts of
// the journey, in their order, and of what a person set by hand.
type Data struct {
	Title      string           `json:"title"`
	Reason     string           `json:"reason"` // why the state is what it is
	Channels   []crm.Channel    `json:"channels"`
	Path       []crm.Channel    `json:"path,omitempty"` // channel of each contact, the first ones of a long journey
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
	Waited        int64       `json:"waited,omitempty"`         // seconds, sum of the closed waits
	LastIn        time.Time   `json:"last_in,omitzero"`
	LastOut       time.Time   `json:"last_out,omitzero"`      // by a person
	Spoken        time.Time   `json:"spoken,omitzero"`        // last call or visit in which one of ours took part
	LastChannel   crm.Channel `json:"last_channel,omitempty"` // of the customer's last contact
	LastIssue     time.Time   `json:"last_issue,omitzero"`    // last contact with an issue: no order, no bare thanks
	Statements    int64       `json:"statements,omitempty"`   // effort statements counted
	SameAsk       int64       `json:"same_ask,omitempty"`     // how often they asked again what was still unanswered
	Expects       bool        `json:"expects,omitempty"`      // their last word expects an answer
	AskedThem     bool        `json:"asked_them,omitempty"`   // our last word asks them something
	Thanked       bool        `json:"thanked,omitempty"`      // their last word is thanks for our answer
	Ordered       bool        `json:"ordered,omitempty"`
	Confirmed     bool        `json:"confirmed,omitempty"` // an automatic message followed the order
	Manual        bool        `json:"manual,omitempty"`    // the state was set by a person
	SetAt         time.Time   `json:"set_at,omitzero"`
	SetBy         string      `json:"set_by,omitempty"`

	Intents       map[string]float64 `json:"intents,omitempty"`  // weight of each intent so far
	Guesses       map[string]float64 `json:"guesses,omitempty"`  // the same of a model that abstained
	Terms         []uint32           `json:"terms,omitempty"`    // content words, hashed
	Entities      []string           `json:"entities,omitempty"` // kind=value of orders, invoices, tickets, products …
	Conversations []crm.ID           `json:"conversations,omitempty"`
	Pending       []pending          `json:"pending,omitempty"` // what answers Unanswered[i]
	Parted        []crm.ID           `json:"parted,omitempty"`  // conversations that a person took out of the journey
}

// pending is what decides whether a later contact answers a question.
type pending struct {
	Channel      crm.Channel `json:"channel"`
	Conversation crm.ID      `json:"conversation,omitzero"`
	Words        []uint32    `json:"words"`
}

// record is a journey in memory: its row with the decoded Data.
type record struct {
	ID       crm.ID
	Profile  Profile // whose contact opened it
	State    crm.JourneyState
	Intent   string
	OpenedAt time.Time
	LastAt   time.Time
	DueAt    time.Time // when time alone changes the state; zero: never
	Effort   float64
	Leaving  bool
	Data     Data

	changed bool
	late    bool       // a contact came out of order: measure again from the rows
	added   []*Contact // contacts of this batch
}

// Author names the linker and its version in the links that it makes.
const Author = "linker:2"

const day = 24 * time.Hour

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// parted reports whether a person took the contact's conversation out of the
// journey, and nothing of it is left there.
func (d *Data) parted(c *Contact) bool {
	return !c.ConversationID.IsZero() && slices.Contains(d.Parted, c.ConversationID) && !slices.Contains(d.Conversations, c.ConversationID)
}
