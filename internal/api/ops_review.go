package api

import (
	"context"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify/match"
)

// IdentityQuestion is a pair of customers that may be one person.
type IdentityQuestion struct {
	ID          crm.ID         `json:"id"`
	A           CustomerRow    `json:"a"`
	B           CustomerRow    `json:"b"`
	AValues     []Identifier   `json:"a_identifiers"`
	BValues     []Identifier   `json:"b_identifiers"`
	Reason      string         `json:"reason" doc:"A sentence for people"`
	Probability float64        `json:"probability"`
	Bits        float64        `json:"bits" doc:"The sum of the steps"`
	Steps       []IdentityStep `json:"steps" doc:"A waterfall: what each field says, from the prior on"`
	At          time.Time      `json:"at"`
}

// IdentityStep is one bar of the waterfall.
type IdentityStep struct {
	Field string  `json:"field" enum:"prior,name,mail,phone"`
	Level string  `json:"level" doc:"equal, nearly equal, partly, one slip apart, similar, different or missing"`
	Bits  float64 `json:"bits" doc:"Log2 of the odds; positive speaks for one person"`
	A     string  `json:"a,omitempty"`
	B     string  `json:"b,omitempty"`
}

// RelatedCustomers are customers who share something, and are not one person.
type RelatedCustomers struct {
	Kind  string        `json:"kind" enum:"mail,phone,domain" doc:"domain: the mail domain of a firm"`
	Value string        `json:"value"`
	With  []CustomerRef `json:"with"`
	More  bool          `json:"more" doc:"There are more than these"`
}

func (s *server) registerReview() {
	op(s, http.MethodGet, "/v1/suggestions", "list-suggestions", "List pairs of customers that may be one person, the oldest question first", access.Read,
		func(ctx context.Context, in *Paged) (*body[Page[IdentityQuestion]], error) {
			return respond(s.questions(ctx, in.Limit, in.Cursor))
		})
	op(s, http.MethodPost, "/v1/suggestions/{id}/later", "delay-suggestion", "Put a possible merge at the end of the queue", access.Write,
		func(ctx context.Context, in *ByID) (*none, error) { return nil, s.Identify.Later(ctx, in.ID) }, noContent)
	op(s, http.MethodGet, "/v1/customers/{id}/related", "get-related", "Read who shares a telephone, a mail address or a firm with a customer", access.Read,
		func(ctx context.Context, in *ByID) (*body[Page[RelatedCustomers]], error) {
			return respond(s.related(ctx, in.ID))
		})
}

func (s *server) questions(ctx context.Context, limit int, place string) (Page[IdentityQuestion], error) {
	page := Page[IdentityQuestion]{Items: []IdentityQuestion{}}
	from, err := after(place, cursor{list: listQuestions})
	if err != nil {
		return page, err
	}
	list, err := s.Identify.Questions(ctx, from.n, from.id, int64(limit))
	if err != nil {
		return page, err
	}
	marks := s.marks(ctx)
	for _, q := range list {
		a, errA := s.read.customer(ctx, q.A, marks)
		b, errB := s.read.customer(ctx, q.B, marks)
		if crm.CodeOf(errA) == crm.NotFound || crm.CodeOf(errB) == crm.NotFound || a.ID == b.ID {
			continue // erased, or one customer meanwhile
		}
		if errA != nil || errB != nil {
			return page, firstError(errA, errB)
		}
		page.Items = append(page.Items, IdentityQuestion{ID: q.ID, A: a.CustomerRow, B: b.CustomerRow, AValues: a.IdentifierList, BValues: b.IdentifierList,
			Reason: q.Reason, Probability: match.Probability(q.Bits), Bits: q.Bits, At: crm.FromMicros(q.At),
			Steps: convert(q.Steps, func(st match.Step) IdentityStep { return IdentityStep(st) })})
	}
	if len(list) == limit {
		last := list[len(list)-1]
		page.Next = cursor{listQuestions, last.At, last.ID}.String()
	}
	return page, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *server) related(ctx context.Context, id crm.ID) (Page[RelatedCustomers], error) {
	page := Page[RelatedCustomers]{Items: []RelatedCustomers{}}
	list, err := s.Identify.Related(ctx, id)
	if err != nil {
		return page, err
	}
	for _, r := range list {
		refs, err := s.read.refs(ctx, r.With)
		if err != nil {
			return page, err
		}
		item := RelatedCustomers{Kind: r.Kind, Value: r.Value, More: r.More, With: []CustomerRef{}}
		for _, id := range r.With {
			if ref, ok := refs[id]; ok {
				item.With = append(item.With, ref)
			}
		}
		page.Items = append(page.Items, item)
	}
	return page, nil
}
