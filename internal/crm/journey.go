package crm

import "time"

// JourneyState says whose turn it is in a journey, as the customer would see it.
type JourneyState string

// The states. A closed conversation is not a solved problem: Resolved means
// that the customer got an answer and did not come back about it, or said that
// it is solved.
const (
	JourneyOpen    JourneyState = "open"             // nobody has to answer anything now
	WaitingForUs   JourneyState = "waiting_for_us"   // the customer spoke last, or a question is unanswered
	WaitingForThem JourneyState = "waiting_for_them" // we spoke last
	Resolved       JourneyState = "resolved"
	Abandoned      JourneyState = "abandoned" // the customer gave up, or the trail went cold while they waited
)

// Closed reports whether no further contact is expected.
func (s JourneyState) Closed() bool { return s == Resolved || s == Abandoned }

// Question is something the customer asked, and when.
type Question struct {
	Text          string    `json:"text"`
	InteractionID ID        `json:"interaction_id"`
	AskedAt       time.Time `json:"asked_at"`
}

// EffortPart is one term of the effort score: how often it was counted and the
// points that it adds.
type EffortPart struct {
	Name   string  `json:"name"` // contacts, switches, statements, unanswered, waiting
	Label  string  `json:"label"`
	Count  float64 `json:"count"`
	Points float64 `json:"points"`
}

// Repeat says whether a journey began as a repeat contact: the same customer
// came back about the same issue within 7, 14 or 30 days.
type Repeat struct {
	Within7  bool `json:"within_7"`
	Within14 bool `json:"within_14"`
	Within30 bool `json:"within_30"`
	Of       ID   `json:"of,omitzero"` // the earlier journey, when it is another one
}

// Link says that a contact belongs to a journey, and why.
type Link struct {
	InteractionID ID        `json:"interaction_id"`
	JourneyID     ID        `json:"journey_id"`
	Confidence    float64   `json:"confidence"` // 0…1
	Reason        string    `json:"reason"`     // a sentence for people
	By            string    `json:"by"`         // "rule:1" for the linker's version, or a person's name
	At            time.Time `json:"at"`
}
