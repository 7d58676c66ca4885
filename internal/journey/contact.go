package journey

import (
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Profile names a profile and its bucket.
type Profile struct {
	Bucket int64
	ID     crm.ID
}

// Contact is one new interaction as the linker sees it. Link fills JourneyID
// and Link.
type Contact struct {
	ID             crm.ID
	Profile        Profile
	CustomerID     crm.ID
	Members        []Profile // all profiles of the customer, this one included
	ConversationID crm.ID
	Continued      bool // the conversation existed before this contact
	Channel        crm.Channel
	Kind           crm.Kind
	Direction      crm.Direction
	At             time.Time
	Automatic      bool
	Subject        string
	Text           string
	Reading        *crm.Reading
	Terms          []uint32 // sorted hashes of content words

	JourneyID crm.ID   // out; zero: belongs to no journey (a passing web event)
	Link      crm.Link // out
}
