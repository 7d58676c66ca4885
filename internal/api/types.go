package api

import (
	"encoding/json"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/second"
)

// Page is the form of every list: the items and the cursor of the next page,
// empty on the last one.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"Pass it as ?cursor= to read on; empty on the last page"`
}

// CustomerRow is a customer in a list.
type CustomerRow struct {
	ID            crm.ID        `json:"id"`
	Name          string        `json:"name" doc:"Best known name, else the best identifier"`
	Identifiers   []string      `json:"identifiers" doc:"Up to three values, verified ones first"`
	FirstAt       time.Time     `json:"first_at"`
	LastAt        time.Time     `json:"last_at"`
	LastChannel   crm.Channel   `json:"last_channel"`
	LastDirection crm.Direction `json:"last_direction"`
	LastText      string        `json:"last_text" doc:"First words of the newest contact"`
	Contacts      int64         `json:"contacts"`
	OpenJourneys  int64         `json:"open_journeys"`
	Waiting       int64         `json:"waiting" doc:"Journeys that wait for us"`
	Leaving       bool          `json:"leaving" doc:"Threatened to leave in an open journey"`
	Unread        bool          `json:"unread" doc:"Has contacts that the signed-in person has not seen"`
}

// Identifier is one identifier of a customer and how it was verified.
type Identifier struct {
	Kind      crm.IdentifierKind `json:"kind"`
	Value     string             `json:"value"`
	Name      string             `json:"name,omitempty" doc:"Name that came with it"`
	ProfileID crm.ID             `json:"profile_id"`
	Status    string             `json:"status" enum:"verified,seen,claimed" doc:"verified: proven; seen: the channel delivered it; claimed: somebody said so, nothing merges on it"`
	Method    string             `json:"method,omitempty"`
	Source    string             `json:"source"`
	Shared    bool               `json:"shared" doc:"Used by several customers, so it identifies nobody alone"`
	FirstSeen time.Time          `json:"first_seen"`
	LastSeen  time.Time          `json:"last_seen"`
}

// Merge is an entry of the identity ledger.
type Merge struct {
	ID       crm.ID    `json:"id"`
	Into     crm.ID    `json:"into" doc:"The customer that remained"`
	From     crm.ID    `json:"from" doc:"The customer that joined it"`
	FromName string    `json:"from_name"`
	IntoName string    `json:"into_name"`
	Rule     string    `json:"rule" enum:"verified,device,person" doc:"verified: two verified identifiers in one contact; device: an anonymous visitor signed in; person: a colleague decided"`
	Reason   string    `json:"reason" doc:"A sentence for people"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	UndoneAt time.Time `json:"undone_at,omitzero"`
	UndoneBy string    `json:"undone_by,omitempty"`
}

// Suggestion is a possible merge that needs a person.
type Suggestion struct {
	ID           crm.ID             `json:"id"`
	CustomerID   crm.ID             `json:"customer_id" doc:"The other customer"`
	CustomerName string             `json:"customer_name"`
	Kind         crm.IdentifierKind `json:"kind"`
	Value        string             `json:"value"`
	Reason       string             `json:"reason"`
	At           time.Time          `json:"at"`
}

// Customer is one person or account with everything that identifies it.
type Customer struct {
	CustomerRow
	Profiles       int           `json:"profiles" doc:"How many profiles are joined in it"`
	IdentifierList []Identifier  `json:"identifier_list"`
	Merges         []Merge       `json:"merges"`
	Suggestions    []Suggestion  `json:"suggestions"`
	NeverLink      []CustomerRef `json:"never_link"`
}

// MergePreview shows what a merge would join, and what speaks against it.
type MergePreview struct {
	Into        CustomerRow  `json:"into"`
	From        CustomerRow  `json:"from"`
	Identifiers []Identifier `json:"identifiers" doc:"Of both"`
	Warnings    []string     `json:"warnings" doc:"Sentences for people; none forbids the merge"`
}

// CustomerRef names a customer.
type CustomerRef struct {
	ID   crm.ID `json:"id"`
	Name string `json:"name"`
}

// Interaction is one contact on the timeline.
type Interaction struct {
	ID             crm.ID                     `json:"id"`
	CustomerID     crm.ID                     `json:"customer_id"`
	ProfileID      crm.ID                     `json:"profile_id"`
	ConversationID crm.ID                     `json:"conversation_id"`
	JourneyID      crm.ID                     `json:"journey_id"`
	Source         string                     `json:"source"`
	ExternalID     string                     `json:"external_id"`
	Channel        crm.Channel                `json:"channel"`
	Kind           crm.Kind                   `json:"kind"`
	Direction      crm.Direction              `json:"direction"`
	OccurredAt     time.Time                  `json:"occurred_at"`
	ReceivedAt     time.Time                  `json:"received_at"`
	Participants   []crm.Participant          `json:"participants"`
	Subject        string                     `json:"subject,omitempty"`
	Text           string                     `json:"text"`
	Quoted         string                     `json:"quoted,omitempty" doc:"The part that repeats earlier messages"`
	HasHTML        bool                       `json:"has_html" doc:"GET …/html shows it, isolated"`
	Automatic      bool                       `json:"automatic"`
	Verified       bool                       `json:"verified" doc:"The sender's identity was verified"`
	Truncated      string                     `json:"truncated,omitempty"`
	Attachments    []crm.Attachment           `json:"attachments,omitempty"`
	Turns          []crm.Turn                 `json:"turns,omitempty" doc:"Of a talk with a transcript: who says what, in order; the spans are of the text that a reading is made from"`
	Traits         map[string]json.RawMessage `json:"traits,omitempty"`
	Reading        *crm.Reading               `json:"reading,omitempty"`
	Correction     *Correction                `json:"correction,omitempty" doc:"Who said what it is about; DELETE …/intent takes it back"`
	Link           *crm.Link                  `json:"link,omitempty" doc:"Why it belongs to its journey"`
	Transcription  *Transcription             `json:"transcription,omitempty" doc:"Of a talk whose recording is, or was, written down here"`
	Continues      crm.ID                     `json:"continues,omitzero" doc:"A conversation that this one claims to continue; the sender is not part of it"`
}

// Transcription is how far the words of a recording are written down.
type Transcription struct {
	State  string         `json:"state" enum:"waiting,done,failed"`
	Error  second.Trouble `json:"error" enum:",off,spent,refused,unreachable,timeout,key,missing,limited,busy,rejected,unusable" doc:"What keeps it waiting, or why it failed"`
	Detail string         `json:"detail"`
	At     time.Time      `json:"at" doc:"Of the last change"`
}

// Correction is what a person said that a contact is about.
type Correction struct {
	Intent string    `json:"intent" doc:"none: no intent fits"`
	ReadAs string    `json:"read_as" doc:"What the program had read; empty: it was not sure"`
	Author string    `json:"author"`
	At     time.Time `json:"at"`
}

// Journey is a chain of contacts toward one intent.
type Journey struct {
	ID            crm.ID           `json:"id"`
	CustomerID    crm.ID           `json:"customer_id"`
	CustomerName  string           `json:"customer_name"`
	Intent        string           `json:"intent" doc:"Name of the intent; empty when unknown"`
	IntentLabel   string           `json:"intent_label" doc:"The intent as people say it"`
	Title         string           `json:"title" doc:"First subject or words"`
	State         crm.JourneyState `json:"state" enum:"open,waiting_for_us,waiting_for_them,resolved,abandoned"`
	StateReason   string           `json:"state_reason" doc:"Why it is in this state, as a sentence"`
	OpenedAt      time.Time        `json:"opened_at"`
	LastAt        time.Time        `json:"last_at"`
	WaitingSince  time.Time        `json:"waiting_since,omitzero" doc:"Since when the customer waits for us"`
	Channels      []crm.Channel    `json:"channels" doc:"In order of first use"`
	Contacts      int64            `json:"contacts" doc:"Contacts that the customer made"`
	Interactions  int64            `json:"interactions" doc:"Everything in it, both directions"`
	Switches      int64            `json:"switches" doc:"Times the customer changed the channel"`
	Effort        float64          `json:"effort" doc:"Effort score, 0 to 100; see docs/effort.md"`
	EffortParts   []crm.EffortPart `json:"effort_parts"`
	FirstResponse float64          `json:"first_response_s" doc:"Seconds from the first contact to our first answer by a person; 0: none yet"`
	LongestWait   float64          `json:"longest_wait_s" doc:"Longest wait of the customer for us, in seconds, until now when still waiting"`
	Unanswered    []crm.Question   `json:"unanswered"`
	Leaving       bool             `json:"leaving"`
	Repeat        crm.Repeat       `json:"repeat"`
	Links         []crm.Link       `json:"links,omitempty" doc:"Present when one customer's journeys or one journey is read"`
}

// Conversation is a set of messages that answer each other on one channel.
type Conversation struct {
	ID         crm.ID      `json:"id"`
	CustomerID crm.ID      `json:"customer_id"`
	Channel    crm.Channel `json:"channel"`
	Subject    string      `json:"subject"`
	OpenedAt   time.Time   `json:"opened_at"`
	LastAt     time.Time   `json:"last_at"`
	Messages   int64       `json:"messages"`
	Continues  crm.ID      `json:"continues,omitzero"`
}

// QuarantineItem is something that came in but could not be taken up.
type QuarantineItem struct {
	ID         crm.ID    `json:"id"`
	Source     string    `json:"source"`
	ExternalID string    `json:"external_id"`
	ReceivedAt time.Time `json:"received_at"`
	Reason     string    `json:"reason"`
	RawType    string    `json:"raw_type"`
	Size       int64     `json:"size"`
	Attempts   int64     `json:"attempts"`
	Preview    string    `json:"preview" doc:"First printable characters of the raw bytes"`
}

// Session is who is signed in, and what the sign-in page needs to know.
type Session struct {
	SignedIn   bool     `json:"signed_in"`
	NeedsSetup bool     `json:"needs_setup" doc:"No owner exists yet; the setup link makes one"`
	Demo       bool     `json:"demo"`
	Firm       string   `json:"firm"`
	Mails      bool     `json:"mails" doc:"An inbox can mail a link to a new password"`
	MustEnrol  bool     `json:"must_enrol,omitempty" doc:"The role needs a second factor: nothing else can be done before it is set up"`
	UserID     crm.ID   `json:"user_id,omitzero"`
	Name       string   `json:"name,omitempty"`
	Email      string   `json:"email,omitempty"`
	Role       string   `json:"role,omitempty" enum:"owner,admin,lead,agent,viewer,"`
	Functions  []string `json:"functions,omitempty"`
	Verbs      []string `json:"verbs,omitempty" doc:"What the person may do: read, write, reply, assign, shared, members, settings, people, admin; see docs/people.md"`
	Teams      []crm.ID `json:"teams,omitempty" doc:"That the person works in"`
	Leads      []crm.ID `json:"leads,omitempty" doc:"That the person leads"`
	Place      string   `json:"place,omitempty" doc:"Of now in the stream: what is read from here on, and the stream after it, are without a gap"`
}

// Key is an API key without its secret.
type Key struct {
	ID        crm.ID    `json:"id"`
	Name      string    `json:"name"`
	Prefix    string    `json:"prefix" doc:"First characters, to recognise it"`
	Scopes    []string  `json:"scopes"`
	CreatedAt time.Time `json:"created_at"`
	LastUsed  time.Time `json:"last_used,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// Intent is an entry of the taxonomy.
type Intent struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Group       string `json:"group"`
	Description string `json:"description"`
}

// Change is an event of GET /v1/stream: something that a console shows changed.
type Change struct {
	Type       string    `json:"type" enum:"interaction,journey,customer,quarantine,case,outbox"`
	ID         crm.ID    `json:"id"`
	CustomerID crm.ID    `json:"customer_id,omitzero"`
	JourneyID  crm.ID    `json:"journey_id,omitzero"`
	CaseID     crm.ID    `json:"case_id,omitzero" doc:"Of outbox: its conversation"`
	At         time.Time `json:"at"`
}
