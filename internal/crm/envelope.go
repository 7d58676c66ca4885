package crm

import (
	"encoding/json"
	"time"
)

// Channel is the medium of a contact.
type Channel string

// The channels.
const (
	Mail      Channel = "mail"
	Chat      Channel = "chat"
	Phone     Channel = "phone"
	Text      Channel = "text" // SMS
	Messenger Channel = "messenger"
	Social    Channel = "social"
	Community Channel = "community"
	InPerson  Channel = "in_person"
	Web       Channel = "web" // web site and product events, orders
	Review    Channel = "review"
	API       Channel = "api" // another system, when no medium fits
)

// Channels is the closed list, in display order.
var Channels = []Channel{Mail, Chat, Phone, Text, Messenger, Social, Community, InPerson, Web, Review, API}

// Kind is what sort of contact it was.
type Kind string

// The kinds.
const (
	KindMessage Kind = "message"
	KindCall    Kind = "call"
	KindVisit   Kind = "visit"
	KindEvent   Kind = "event" // something the customer did in a product or on a page
	KindOrder   Kind = "order"
	KindMeeting Kind = "meeting"
	KindReview  Kind = "review"
	KindPost    Kind = "post"
	KindNote    Kind = "note" // written by a colleague, never seen by the customer
	KindForm    Kind = "form"
)

// Kinds is the closed list.
var Kinds = []Kind{KindMessage, KindCall, KindVisit, KindEvent, KindOrder, KindMeeting, KindReview, KindPost, KindNote, KindForm}

// Direction says who spoke: in is the customer, out is the firm, internal is a
// colleague to colleagues.
type Direction string

// The directions.
const (
	In     Direction = "in"
	Out    Direction = "out"
	Inside Direction = "internal"
)

// Role is a participant's part in a contact.
type Role string

// The roles. Agent is a person of the firm; a customer is from on the way in
// and to on the way out.
const (
	From  Role = "from"
	To    Role = "to"
	Cc    Role = "cc"
	Agent Role = "agent"
)

// IdentifierKind is the kind of an identifier: email, phone, user_id,
// anonymous_id, or any other lower-case word such as telegram or account.
type IdentifierKind string

// The identifier kinds that have rules of their own; every other kind is a
// handle: trimmed, compared as it is.
const (
	Email       IdentifierKind = "email"
	PhoneNumber IdentifierKind = "phone"
	UserID      IdentifierKind = "user_id"
	AnonymousID IdentifierKind = "anonymous_id"
)

// Participant is one party of a contact as the channel named it.
type Participant struct {
	Role     Role           `json:"role"`
	Kind     IdentifierKind `json:"kind"`
	Value    string         `json:"value"`
	Name     string         `json:"name,omitempty"`
	Verified bool           `json:"verified,omitempty"` // counts only from a source that may verify
	Method   string         `json:"method,omitempty"`   // how it was verified: dmarc, signed_jwt, code, account, agent …
}

// Thread holds what a channel says about the place of a message among others.
type Thread struct {
	MessageID  string   `json:"message_id,omitempty"`
	InReplyTo  string   `json:"in_reply_to,omitempty"`
	References []string `json:"references,omitempty"`
	Key        string   `json:"key,omitempty"` // the source's own conversation id
}

// Attachment describes a file that came with a contact. Content is kept inside
// the raw bytes; Data is only set on the way in.
type Attachment struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type,omitempty"`
	ContentID   string `json:"content_id,omitempty"`
	Size        int64  `json:"size,omitempty"` // bytes
	Data        []byte `json:"data,omitempty"` // base64 in JSON
}

// Envelope is one contact on one channel as its source delivered it. The JSON
// form is the public contract of POST /v1/interactions.
type Envelope struct {
	Source       string                     `json:"source"`
	ExternalID   string                     `json:"external_id"`
	Channel      Channel                    `json:"channel"`
	Kind         Kind                       `json:"kind"`
	Direction    Direction                  `json:"direction"`
	OccurredAt   time.Time                  `json:"occurred_at"`
	Participants []Participant              `json:"participants"`
	Subject      string                     `json:"subject,omitempty"`
	Text         string                     `json:"text,omitempty"`
	HTML         string                     `json:"html,omitempty"`
	Thread       Thread                     `json:"thread"`
	Traits       map[string]json.RawMessage `json:"traits,omitempty"`
	Attachments  []Attachment               `json:"attachments,omitempty"`
	Transcript   *Transcript                `json:"transcript,omitempty"` // of a call, a visit or a meeting

	// Quoted is the part of Text that repeats earlier messages, cut off for
	// reading by the mail parser and kept beside it.
	Quoted string `json:"quoted,omitempty"`
	// Turns are what the transcript says, in its order; Text holds their words.
	Turns []Turn `json:"-"`
	// Automatic marks contacts that no person wrote: confirmations,
	// out-of-office answers, bounces, list mail. They are kept, but answer no
	// question and reopen nothing.
	Automatic bool `json:"automatic,omitempty"`
	// Locale is the language that the channel declares, such as "nl-NL".
	Locale string `json:"locale,omitempty"`
	// Truncated says that a limit of the parser cut something off; the raw
	// bytes are whole.
	Truncated string `json:"truncated,omitempty"`
}

// Item is what a channel hands to the flow: an envelope with the bytes it was
// made from. When the bytes could not be parsed, Problem says why, Envelope
// holds at least Source and ExternalID, and the item goes to quarantine.
type Item struct {
	Envelope  Envelope
	Raw       []byte
	RawType   string // media type of Raw: message/rfc822, application/json, text/csv
	MayVerify bool   // the source may assert verified identifiers
	Problem   string

	// Place is set by the program itself, never by what came in: the item belongs
	// to this customer's profile and conversation, whatever its identifiers say.
	Place *Place

	// Silent contacts come from an archive: they keep their history, but nobody
	// is told, no target runs and no automatic answer goes out.
	Silent bool

	// Keep quarantines what breaks the contract instead of refusing it: for
	// sources where nobody waits for an answer, such as a file.
	Keep bool
}

// Place is where the program knows that an item belongs: an answer of a
// colleague, a note, a reply whose signed address names its conversation.
type Place struct {
	Profile      ID // required
	Conversation ID // none: as threading finds it
}
