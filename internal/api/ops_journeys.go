package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
)

// statesOf are the states of a filter. "open" is what people call open:
// everything that is not closed.
func statesOf(filter string) []crm.JourneyState {
	switch filter {
	case "":
		return allStates
	case string(crm.JourneyOpen):
		return wanted("open")
	}
	return []crm.JourneyState{crm.JourneyState(filter)}
}

func (s *server) registerJourneys() {
	op(s, http.MethodGet, "/v1/journeys", "list-journeys", "List journeys", access.Read,
		func(ctx context.Context, in *struct {
			Paged
			State      string `query:"state" enum:"open,waiting_for_us,waiting_for_them,resolved,abandoned" doc:"open: every journey that is not closed"`
			Sort       string `query:"sort" enum:"last,effort,waiting" default:"last" doc:"last: the newest first; effort: the highest first, of those not closed; waiting: those that wait for us, the longest wait first"`
			Repeat     int64  `query:"repeat" minimum:"0" maximum:"30" doc:"Only repeat contacts within so many days: 7, 14 or 30"`
			Unanswered bool   `query:"unanswered" doc:"Only those with an unanswered question"`
		}) (*body[Page[Journey]], error) {
			return respond(s.read.journeys(ctx, journeyQuery{states: statesOf(in.State), sort: in.Sort, repeat: in.Repeat,
				unanswered: in.Unanswered, limit: in.Limit, cursor: in.Cursor}))
		})
	op(s, http.MethodGet, "/v1/journeys/{id}", "get-journey", "Read a journey with its links", access.Read,
		func(ctx context.Context, in *ByID) (*body[Journey], error) {
			return respond(s.read.journey(ctx, in.ID))
		})
	op(s, http.MethodGet, "/v1/journeys/{id}/summary", "get-journey-summary", "Read the sentences that carry a journey, in order of time", access.Read,
		func(ctx context.Context, in *ByID) (*body[Summary], error) {
			return respond(s.journeySummary(ctx, in.ID))
		})
	op(s, http.MethodPost, "/v1/journeys/{id}/split", "split-journey", "Put contacts of a journey into a new one, and read it", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				InteractionIDs []crm.ID `json:"interaction_ids" minItems:"1" maxItems:"1000"`
			}
		}) (*body[Journey], error) {
			if err := s.read.canJourney(ctx, in.ID); err != nil {
				return nil, err
			}
			for _, i := range in.Body.InteractionIDs {
				if err := s.read.canInteraction(ctx, i); err != nil {
					return nil, err
				}
			}
			id, err := s.Journey.Split(ctx, in.ID, in.Body.InteractionIDs, author(ctx))
			if err != nil {
				return nil, err
			}
			return respond(s.read.journey(ctx, id))
		})
	op(s, http.MethodPost, "/v1/journeys/{id}/merge", "merge-journeys", "Put the contacts of another journey of the same customer into this one", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				JourneyID crm.ID `json:"journey_id" doc:"The journey that joins"`
			}
		}) (*body[Journey], error) {
			if err := errors.Join(s.read.canJourney(ctx, in.ID), s.read.canJourney(ctx, in.Body.JourneyID)); err != nil {
				return nil, err
			}
			if err := s.Journey.Merge(ctx, in.ID, in.Body.JourneyID, author(ctx)); err != nil {
				return nil, err
			}
			return respond(s.read.journey(ctx, in.ID))
		})
	op(s, http.MethodPost, "/v1/journeys/{id}/state", "set-journey-state", "Set the state by hand; it holds until somebody speaks again", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				State crm.JourneyState `json:"state" enum:"open,waiting_for_us,waiting_for_them,resolved,abandoned"`
			}
		}) (*body[Journey], error) {
			if err := s.read.canJourney(ctx, in.ID); err != nil {
				return nil, err
			}
			if err := s.Journey.SetState(ctx, in.ID, in.Body.State, author(ctx)); err != nil {
				return nil, err
			}
			return respond(s.read.journey(ctx, in.ID))
		})
	op(s, http.MethodGet, "/v1/intents", "list-intents", "List the intents that a contact can have", access.Read,
		func(context.Context, *none) (*body[Page[Intent]], error) {
			list := []Intent{}
			for _, i := range s.read.taxonomy().All() {
				if i.Active() {
					list = append(list, Intent{Name: i.Name, Label: i.Label, Group: i.Group, Description: i.Description})
				}
			}
			return &body[Page[Intent]]{Page[Intent]{Items: list}}, nil
		})
}

func (s *server) registerConversations() {
	op(s, http.MethodGet, "/v1/conversations/{id}", "get-conversation", "Read a conversation", access.Read,
		func(ctx context.Context, in *ByID) (*body[Conversation], error) {
			return respond(s.read.conversation(ctx, in.ID))
		})
	op(s, http.MethodGet, "/v1/conversations/{id}/interactions", "get-conversation-interactions", "Read the messages of a conversation, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Paged
		}) (*body[Page[Interaction]], error) {
			return respond(s.read.conversationInteractions(ctx, in.ID, in.Limit, in.Cursor))
		})
}

func (s *server) registerQuarantine() {
	op(s, http.MethodGet, "/v1/quarantine", "list-quarantine", "List what came in but could not be taken up, the newest first", access.Read,
		func(ctx context.Context, in *Paged) (*body[Page[QuarantineItem]], error) {
			return respond(s.read.quarantine(ctx, in.Limit, in.Cursor))
		})
	op(s, http.MethodPost, "/v1/quarantine/{id}/retry", "retry-quarantined", "Read the bytes again and take them through the stages", access.Write,
		func(ctx context.Context, in *ByID) (*body[Result], error) {
			if err := s.read.canRaw(ctx, in.ID); err != nil {
				return nil, err
			}
			r, err := s.Engine.Retry(ctx, in.ID)
			return respond(resultOf(r), err)
		})
	op(s, http.MethodPost, "/v1/quarantine/{id}/discard", "discard-quarantined", "Take an item off the list; its bytes stay, and sending it again does not bring it back", access.Write,
		func(ctx context.Context, in *ByID) (*none, error) {
			if err := s.read.canRaw(ctx, in.ID); err != nil {
				return nil, err
			}
			return nil, s.Engine.Discard(ctx, in.ID, author(ctx))
		}, noContent)
}
