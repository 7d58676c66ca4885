package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/records"
)

// Fact is what a colleague learned about a customer.
type Fact struct {
	ID            crm.ID    `json:"id"`
	CustomerID    crm.ID    `json:"customer_id"`
	Topic         string    `json:"topic,omitempty"`
	Text          string    `json:"text"`
	Quote         string    `json:"quote,omitempty" doc:"Words of the contact that it was learned from"`
	InteractionID crm.ID    `json:"interaction_id,omitzero"`
	Purpose       string    `json:"purpose" doc:"What the firm keeps it for"`
	Author        string    `json:"author"`
	AuthorID      crm.ID    `json:"author_id,omitzero"`
	CreatedAt     time.Time `json:"created_at"`
	ExpiresAt     time.Time `json:"expires_at" doc:"Not shown from then on"`
}

// CustomerChange is something that a person changed about a customer.
type CustomerChange struct {
	ID     crm.ID    `json:"id"`
	At     time.Time `json:"at"`
	Author string    `json:"author"`
	Kind   string    `json:"kind" enum:"merge,unmerge,never_link,intent,journey,state,fact,fact_removed,case_merge,case_split"`
	Text   string    `json:"text" doc:"A sentence for colleagues"`
}

// AuditEntry is a line of the audit trail.
type AuditEntry struct {
	ID      crm.ID         `json:"id"`
	At      time.Time      `json:"at"`
	Author  string         `json:"author"`
	Verb    string         `json:"verb" doc:"What was done, such as: team changed"`
	Object  string         `json:"object" doc:"To what: an id or a name"`
	Details map[string]any `json:"details" doc:"Without secrets; a value that changed has from and to"`
}

type factPath struct {
	ByID
	Fact crm.ID `path:"fact" doc:"The fact's id"`
}

func (s *server) registerRecords() {
	op(s, http.MethodGet, "/v1/customers/{id}/facts", "list-facts", "List what colleagues learned about a customer, the newest first", access.Read,
		func(ctx context.Context, in *ByID) (*body[Page[Fact]], error) {
			return respond(s.read.facts(ctx, s.Records, in.ID))
		})
	op(s, http.MethodPost, "/v1/customers/{id}/facts", "add-fact", "Write down what one learned about a customer", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Topic         string    `json:"topic,omitempty" maxLength:"400"`
				Text          string    `json:"text" maxLength:"4000"`
				Quote         string    `json:"quote,omitempty" maxLength:"8000" doc:"Words of the contact; they must stand in it"`
				InteractionID crm.ID    `json:"interaction_id,omitzero" doc:"The contact that it was learned from"`
				Purpose       string    `json:"purpose" maxLength:"800" doc:"What the firm keeps it for"`
				ExpiresAt     time.Time `json:"expires_at,omitzero" doc:"Default: in a year"`
			}
		}) (*body[Fact], error) {
			b := in.Body
			head, err := s.read.head(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			if !b.InteractionID.IsZero() {
				if err := s.read.canInteraction(ctx, b.InteractionID); err != nil {
					return nil, &crm.Error{Code: crm.Invalid, Pointer: "/interaction_id", Message: "This customer has no such contact."}
				}
			}
			f, err := s.Records.AddFact(ctx, records.Fact{Profile: head, Topic: b.Topic, Text: b.Text, Quote: b.Quote, InteractionID: b.InteractionID,
				Purpose: b.Purpose, ExpiresAt: b.ExpiresAt, Author: author(ctx), AuthorID: access.From(ctx).UserID})
			return respond(factOf(head, f), err)
		})
	op(s, http.MethodDelete, "/v1/customers/{id}/facts/{fact}", "remove-fact", "Remove a fact; it can be brought back", access.Write,
		func(ctx context.Context, in *factPath) (*none, error) {
			_, f, err := s.fact(ctx, in)
			if err != nil {
				return nil, err
			}
			return nil, s.Records.RemoveFact(ctx, f, author(ctx))
		}, noContent)
	op(s, http.MethodPost, "/v1/customers/{id}/facts/{fact}/restore", "restore-fact", "Bring a removed fact back", access.Write,
		func(ctx context.Context, in *factPath) (*body[Fact], error) {
			head, f, err := s.fact(ctx, in)
			if err != nil {
				return nil, err
			}
			return respond(factOf(head, f), s.Records.RestoreFact(ctx, f, author(ctx)))
		})
	op(s, http.MethodGet, "/v1/customers/{id}/changes", "list-customer-changes", "List what people changed about a customer, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Paged
		}) (*body[Page[CustomerChange]], error) {
			return respond(s.read.changes(ctx, in.ID, in.Limit, in.Cursor))
		})
	op(s, http.MethodGet, "/v1/audit", "list-audit", "List changes of settings, people, roles and secrets, the newest first", access.Admin,
		func(ctx context.Context, in *Paged) (*body[Page[AuditEntry]], error) {
			return respond(s.read.audit(ctx, in.Limit, in.Cursor))
		})
}

// fact finds a fact of a customer that the caller may see.
func (s *server) fact(ctx context.Context, in *factPath) (crm.ID, records.Fact, error) {
	head, profiles, err := s.read.profilesOf(ctx, in.ID)
	if err != nil {
		return head, records.Fact{}, err
	}
	f, err := s.Records.Fact(ctx, profiles, in.Fact)
	if err == nil && !access.CanSource(ctx, f.Source) {
		err = crm.Errorf(crm.NotFound, "There is no such fact.")
	}
	return head, f, err
}

func factOf(customer crm.ID, f records.Fact) Fact {
	return Fact{ID: f.ID, CustomerID: customer, Topic: f.Topic, Text: f.Text, Quote: f.Quote, InteractionID: f.InteractionID, Purpose: f.Purpose,
		Author: f.Author, AuthorID: f.AuthorID, CreatedAt: f.CreatedAt, ExpiresAt: f.ExpiresAt}
}

// details reads what an entry of the trail keeps as JSON.
func details(text string) map[string]any {
	m := map[string]any{}
	if json.Unmarshal([]byte(text), &m) != nil {
		return map[string]any{}
	}
	return m
}
