package api

import (
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
)

// Case is the work on one conversation, as a row of a queue.
type Case struct {
	ID            crm.ID        `json:"id" doc:"Of its conversation"`
	CustomerID    crm.ID        `json:"customer_id"`
	CustomerName  string        `json:"customer_name"`
	InboxID       crm.ID        `json:"inbox_id"`
	InboxName     string        `json:"inbox_name"`
	Channel       crm.Channel   `json:"channel"`
	Subject       string        `json:"subject"`
	Preview       string        `json:"preview"`
	LastDirection crm.Direction `json:"last_direction"`
	Status        string        `json:"status" enum:"todo,waiting,snoozed,done,ignored" doc:"Whose turn it is: todo is ours, waiting the customer's"`
	Reason        string        `json:"reason" doc:"Of todo: first, next, investigating, loop"`
	AssigneeID    crm.ID        `json:"assignee_id"`
	AssigneeName  string        `json:"assignee_name"`
	TeamID        crm.ID        `json:"team_id"`
	TeamName      string        `json:"team_name"`
	Priority      int64         `json:"priority" minimum:"0" maximum:"3" doc:"0 low, 1 normal, 2 high, 3 urgent"`
	Tags          []TagRef      `json:"tags"`
	SnoozedUntil  time.Time     `json:"snoozed_until,omitzero"`
	OpenedAt      time.Time     `json:"opened_at"`
	LastAt        time.Time     `json:"last_at"`
	WaitingSince  time.Time     `json:"waiting_since,omitzero" doc:"Since when the customer waits for an answer"`
	FirstAnswerAt time.Time     `json:"first_answer_at,omitzero"`
	DoneAt        time.Time     `json:"done_at,omitzero"`
	Messages      int64         `json:"messages"`
	Seq           int64         `json:"seq" doc:"Of the newest message: send it as if_seq"`
	Version       int64         `json:"version"`
	Unread        bool          `json:"unread"`
	Mentioned     bool          `json:"mentioned"`
	DueAt         time.Time     `json:"due_at,omitzero"`
	DueKind       string        `json:"due_kind" doc:"first, next, resolve; empty: nothing is due"`
	Breached      bool          `json:"breached" doc:"A target was missed"`
	Effort        int64         `json:"effort" doc:"Of its journey, 0 to 100"`
	Value         int64         `json:"value"`
	Intent        string        `json:"intent"`
	IntentLabel   string        `json:"intent_label"`
	Language      string        `json:"language"`
	JourneyID     crm.ID        `json:"journey_id"`
	Unverified    bool          `json:"unverified" doc:"A sender failed authentication"`
	Automatic     bool          `json:"automatic"`
	MergedInto    crm.ID        `json:"merged_into,omitzero"`
	Draft         bool          `json:"draft" doc:"Somebody began an answer"`
}

// TagRef is a tag on a case.
type TagRef struct {
	ID     crm.ID `json:"id"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
}

// CaseDetail is a case with what its page needs beside its messages.
type CaseDetail struct {
	Case
	ReadSeq       int64       `json:"read_seq" doc:"Until which message the caller has read it"`
	SLA           SLA         `json:"sla"`
	Viewers       []desk.Sign `json:"viewers"`
	Inbox         *InboxRef   `json:"inbox,omitempty"`
	Channels      []Way       `json:"channels" doc:"How the customer can be answered"`
	Conversations []crm.ID    `json:"conversations" doc:"What it reads: more than one after a merge"`
	Survey        *SurveyView `json:"survey,omitempty" doc:"The newest question that the customer was asked about it"`
}

// SLA are the targets of a case.
type SLA struct {
	Policy     string    `json:"policy"`
	FirstDue   time.Time `json:"first_due,omitzero"`
	NextDue    time.Time `json:"next_due,omitzero"`
	ResolveDue time.Time `json:"resolve_due,omitzero"`
	Paused     bool      `json:"paused" doc:"The time to resolve it rests while we wait for the customer"`
}

// InboxRef names an inbox.
type InboxRef struct {
	ID      crm.ID `json:"id"`
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Address string `json:"address"`
}

// Way is how a customer can be answered.
type Way struct {
	Channel crm.Channel `json:"channel"`
	InboxID crm.ID      `json:"inbox_id"`
	Address string      `json:"address" doc:"The customer's"`
}

// ThreadItem is something on a conversation's page: a message or a note, an
// event, or a message that has not left yet. Type says which fields are there.
type ThreadItem struct {
	Message  *Message
	Event    *CaseEvent
	Outgoing *Outgoing
}

// Message is a message or a note on a conversation's page.
type Message struct {
	Type string `json:"type" enum:"message,note"`
	Interaction
	Seq      int64     `json:"seq"`
	Delivery *Delivery `json:"delivery,omitempty" doc:"Of a message of ours"`
}

// MarshalJSON writes the one that is there.
func (i ThreadItem) MarshalJSON() ([]byte, error) {
	switch {
	case i.Message != nil:
		return json.Marshal(i.Message)
	case i.Event != nil:
		return json.Marshal(i.Event)
	}
	return json.Marshal(i.Outgoing)
}

// Schema describes it as one of the three.
func (ThreadItem) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{r.Schema(typeOf[Message](), true, "Message"), r.Schema(typeOf[CaseEvent](), true, "CaseEvent"),
		r.Schema(typeOf[Outgoing](), true, "Outgoing")}}
}

// id orders the items of a page by time.
func (i *ThreadItem) id() crm.ID {
	switch {
	case i.Message != nil:
		return i.Message.ID
	case i.Event != nil:
		return i.Event.ID
	}
	return i.Outgoing.ID
}

// Delivery is what became of a message of ours.
type Delivery struct {
	State    string    `json:"state" enum:"held,queued,sending,sent,delivered,seen,bounced,failed,unknown,cancelled" doc:"seen: the visitor had it in view in the open widget"`
	Error    string    `json:"error,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Answer   string    `json:"answer,omitempty" doc:"What the other server said"`
	OutboxID crm.ID    `json:"outbox_id"`
}

// CaseEvent is what somebody did with a case.
type CaseEvent struct {
	Type     string          `json:"type" enum:"event"`
	ID       crm.ID          `json:"id"`
	At       time.Time       `json:"at"`
	Author   string          `json:"author" doc:"Empty: a rule"`
	Kind     string          `json:"kind"`
	Data     json.RawMessage `json:"data" doc:"before and after"`
	ChangeID crm.ID          `json:"change_id"`
	Undone   bool            `json:"undone"`
}

// Outgoing is a message that has not left yet, or could not.
type Outgoing struct {
	Type          string          `json:"type" enum:"outgoing"`
	ID            crm.ID          `json:"id"`
	State         string          `json:"state"`
	Kind          string          `json:"kind"`
	Channel       crm.Channel     `json:"channel"`
	SendAt        time.Time       `json:"send_at"`
	Author        string          `json:"author"`
	AuthorID      crm.ID          `json:"author_id"`
	Error         string          `json:"error,omitempty"`
	InteractionID crm.ID          `json:"interaction_id,omitzero"`
	Content       json.RawMessage `json:"content"`
}

// Changed is what a change did.
type Changed struct {
	ChangeID crm.ID         `json:"change_id"`
	Changed  []Case         `json:"changed"`
	Skipped  []desk.Skipped `json:"skipped"`
}

// Moved is a case after a merge, a split or a link.
type Moved struct {
	ChangeID crm.ID `json:"change_id"`
	Case     Case   `json:"case"`
}

// Counts are how many cases are in each list, up to 1,000.
type Counts struct {
	Queues map[string]StatusCounts `json:"queues" doc:"mine, unassigned, mentions, all"`
	Teams  map[string]StatusCounts `json:"teams" doc:"By the ids of the caller's teams"`
	Views  map[string]StatusCounts `json:"views" doc:"By the ids of the views that the caller sees"`
	Rest   StatusCounts            `json:"rest" doc:"What is in none of the caller's splits; none without splits"`
}

// StatusCounts count by status; 1,000 stands for more than 999.
type StatusCounts struct {
	Todo    int64 `json:"todo"`
	Waiting int64 `json:"waiting"`
	Snoozed int64 `json:"snoozed"`
	Done    int64 `json:"done"`
}
