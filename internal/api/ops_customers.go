package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
)

func (s *server) registerCustomers() {
	op(s, http.MethodGet, "/v1/customers", "list-customers", "List customers, the newest contact first, or search them", access.Read,
		func(ctx context.Context, in *struct {
			Paged
			Q       string      `query:"q" maxLength:"1000" doc:"Words of a name, a mail address, a phone number: whole or their beginning. A search is one page"`
			Filter  string      `query:"filter" enum:"all,waiting,open,leaving,unread" default:"all" doc:"waiting: a journey waits for us; open: one is not closed; leaving: threatened to leave in an open one"`
			Channel crm.Channel `query:"channel" enum:"mail,chat,phone,text,messenger,social,community,in_person,web,review,api" doc:"Of the newest contact"`
		}) (*body[Page[CustomerRow]], error) {
			return respond(s.read.customers(ctx, customerQuery{q: in.Q, filter: in.Filter, channel: in.Channel, limit: in.Limit, cursor: in.Cursor}, s.marks(ctx)))
		})
	op(s, http.MethodGet, "/v1/customers/{id}", "get-customer", "Read a customer, by the id of any of its profiles", access.Read,
		func(ctx context.Context, in *ByID) (*body[Customer], error) {
			return respond(s.read.customer(ctx, in.ID, s.marks(ctx)))
		})
	op(s, http.MethodGet, "/v1/customers/{id}/timeline", "get-timeline", "Read a customer's contacts on all channels, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Paged
			Channel crm.Channel `query:"channel" enum:"mail,chat,phone,text,messenger,social,community,in_person,web,review,api"`
		}) (*body[Page[Interaction]], error) {
			return respond(s.read.timeline(ctx, in.ID, in.Channel, in.Limit, in.Cursor))
		})
	op(s, http.MethodGet, "/v1/customers/{id}/journeys", "get-customer-journeys", "Read a customer's journeys with their links, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Paged
		}) (*body[Page[Journey]], error) {
			return respond(s.read.journeysOf(ctx, in.ID, in.Limit, in.Cursor))
		})
	op(s, http.MethodPost, "/v1/customers/{id}/read", "mark-read", "Note that the signed-in person has read a customer's contacts up to a moment", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Until time.Time `json:"until"`
			}
		}) (*none, error) {
			user := access.From(ctx).UserID
			if user.IsZero() {
				return nil, crm.Errorf(crm.Forbidden, "Only people read; a key has no read marks.")
			}
			head, err := s.read.head(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return nil, s.Access.MarkRead(ctx, user, head, in.Body.Until)
		}, noContent)
	s.registerIdentity()
	s.registerReview()
	s.registerPaths()
}

func (s *server) registerIdentity() {
	op(s, http.MethodGet, "/v1/customers/{id}/merge-preview", "preview-merge", "See what a merge would join, and what speaks against it", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			With crm.ID `query:"with" required:"true" doc:"The customer that would join"`
		}) (*body[MergePreview], error) {
			return respond(s.read.mergePreview(ctx, in.ID, in.With, s.marks(ctx)))
		})
	op(s, http.MethodPost, "/v1/customers/{id}/merge", "merge-customers", "Join another customer into this one; it can be undone", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				CustomerID crm.ID `json:"customer_id" doc:"The customer that joins"`
				Reason     string `json:"reason,omitempty" maxLength:"1000"`
			}
		}) (*body[Merge], error) {
			id, err := s.Identify.Merge(ctx, in.ID, in.Body.CustomerID, author(ctx), in.Body.Reason)
			if err != nil {
				return nil, err
			}
			return respond(s.read.merge(ctx, id))
		})
	op(s, http.MethodPost, "/v1/merges/{id}/undo", "undo-merge", "Take a merge back, exactly, also after later merges", access.Write,
		func(ctx context.Context, in *ByID) (*body[Merge], error) {
			if err := s.Identify.Undo(ctx, in.ID, author(ctx)); err != nil {
				return nil, err
			}
			return respond(s.read.merge(ctx, in.ID))
		})
	op(s, http.MethodPost, "/v1/customers/{id}/never-link", "never-link", "Keep two customers apart for ever", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				CustomerID crm.ID `json:"customer_id"`
			}
		}) (*none, error) {
			return nil, s.Identify.NeverLink(ctx, in.ID, in.Body.CustomerID, author(ctx))
		}, noContent)
	op(s, http.MethodPost, "/v1/suggestions/{id}/dismiss", "dismiss-suggestion", "Take a possible merge off both customers' pages", access.Write,
		func(ctx context.Context, in *ByID) (*none, error) { return nil, s.Identify.Dismiss(ctx, in.ID) }, noContent)
}

// marks tells what the signed-in person has read; a key reads nothing.
func (s *server) marks(ctx context.Context) marks {
	p := access.From(ctx)
	if p == nil || p.UserID.IsZero() {
		return nil
	}
	return func(ctx context.Context, customers []crm.ID) (map[crm.ID]time.Time, error) {
		return s.Access.ReadMarks(ctx, p.UserID, customers)
	}
}

// noContent is for operations that answer nothing.
func noContent(o *huma.Operation) { o.DefaultStatus = http.StatusNoContent }
