package flow

import (
	"github.com/rapport-crm/rapport/internal/crm"
)

// Status is what became of an item.
type Status string

// The statuses.
const (
	StatusNew         Status = "new"
	StatusRepeated    Status = "repeated"    // seen before; the rest of the result is the first one's
	StatusRefused     Status = "refused"     // breaks the contract; nothing was kept
	StatusQuarantined Status = "quarantined" // kept, but could not be taken up; a person can look and retry
)

// Result is the answer to one item.
type Result struct {
	ID             crm.ID
	Status         Status
	ProfileID      crm.ID
	CustomerID     crm.ID
	ConversationID crm.ID
	JourneyID      crm.ID
	Reading        *crm.Reading
	Problem        *crm.Error // for refused and quarantined items
}
