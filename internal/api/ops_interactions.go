package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/capture/email"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
)

// maxBody bounds POST /v1/interactions, in bytes.
const maxBody = 32 << 20

// Results answers POST /v1/interactions: one result an item, in order.
type Results struct {
	Results []Result `json:"results"`
}

// Result says what became of one item.
type Result struct {
	ID             crm.ID       `json:"id,omitzero" doc:"The interaction; of a quarantined item, its place in quarantine"`
	Status         flow.Status  `json:"status" enum:"new,repeated,refused,quarantined" doc:"repeated: seen before, the rest is the first answer; refused: nothing was kept; quarantined: kept, a person can look and retry"`
	CustomerID     crm.ID       `json:"customer_id,omitzero"`
	ProfileID      crm.ID       `json:"profile_id,omitzero"`
	ConversationID crm.ID       `json:"conversation_id,omitzero"`
	JourneyID      crm.ID       `json:"journey_id,omitzero"`
	Reading        *crm.Reading `json:"reading,omitempty"`
	Problem        *Problem     `json:"problem,omitempty" doc:"For refused and quarantined items; its pointer points into the item"`
}

type ingestInput struct {
	ContentType string `header:"Content-Type" doc:"application/json, or message/rfc822 for one mail"`
	Source      string `query:"source" maxLength:"200" doc:"Where a mail came from; only with message/rfc822. Default: mail:api"`
	RawBody     []byte `contentType:"application/json" required:"true"`
}

type ingestOutput struct {
	Status int
	Body   Results
}

func (s *server) registerInteractions() {
	ingest := s.ingestOperation()
	s.guard(&ingest, access.Write)
	huma.Register(s.huma, ingest, func(ctx context.Context, in *ingestInput) (*ingestOutput, error) {
		out, err := s.ingest(ctx, in)
		if err != nil {
			return nil, logged(ctx, s.Log, s.classify(err))
		}
		return out, nil
	})
	op(s, http.MethodGet, "/v1/interactions/{id}", "get-interaction", "Read a contact", access.Read,
		func(ctx context.Context, in *ByID) (*body[Interaction], error) {
			return respond(s.read.interaction(ctx, in.ID))
		})
	op(s, http.MethodPost, "/v1/interactions/{id}/intent", "correct-intent", "Say what a contact is really about; \"none\" says that no intent fits", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Intent string `json:"intent" minLength:"1" maxLength:"100"`
			}
		}) (*body[Interaction], error) {
			if err := s.read.canInteraction(ctx, in.ID); err != nil {
				return nil, err
			}
			if err := s.Engine.Correct(ctx, in.ID, in.Body.Intent, author(ctx)); err != nil {
				return nil, err
			}
			return respond(s.read.interaction(ctx, in.ID))
		})
	op(s, http.MethodDelete, "/v1/interactions/{id}/intent", "take-back-intent", "Take back the newest correction of what a contact is about; what was read before applies again", access.Write,
		func(ctx context.Context, in *ByID) (*body[Interaction], error) {
			if err := s.read.canInteraction(ctx, in.ID); err != nil {
				return nil, err
			}
			if err := s.Engine.TakeBack(ctx, in.ID, author(ctx)); err != nil {
				return nil, err
			}
			return respond(s.read.interaction(ctx, in.ID))
		})
	op(s, http.MethodPost, "/v1/interactions/{id}/move", "move-interaction", "Move a contact to another journey of its customer, or to a new one", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				JourneyID crm.ID `json:"journey_id,omitzero" doc:"Empty: a new journey"`
			}
		}) (*body[Journey], error) {
			if err := errors.Join(s.read.canInteraction(ctx, in.ID), s.read.canJourney(ctx, in.Body.JourneyID)); err != nil {
				return nil, err
			}
			id, err := s.Journey.Move(ctx, in.ID, in.Body.JourneyID, author(ctx))
			if err != nil {
				return nil, err
			}
			return respond(s.read.journey(ctx, id))
		})
	s.registerRaw()
}

// ingestOperation describes the body by hand, since its items are decoded one
// by one so that a bad one is refused alone.
func (s *server) ingestOperation() huma.Operation {
	registry := s.huma.OpenAPI().Components.Schemas
	envelope := registry.Schema(typeOf[crm.Envelope](), true, "Envelope")
	// What else an envelope needs has a default or may be missing.
	registry.SchemaFromRef(envelope.Ref).Required = []string{"source", "external_id", "channel"}
	list := &huma.Schema{Type: huma.TypeArray, Items: envelope, MaxItems: ptr(maxItems)}
	return huma.Operation{
		Method: http.MethodPost, Path: "/v1/interactions", OperationID: "post-interactions",
		Summary: "Take contacts in: one, an array, or {\"items\": […]}, up to 1,000 and 32 MB",
		Description: "Each item is answered on its own and in order, after it is on disk. A repeat of (source, external_id) answers with the first " +
			"result. 200 when at least one item was kept, 422 when all were refused, 429 with Retry-After when the queue is full and nothing was taken.",
		Errors:          []int{400, 413, 415, 422, 429, 503},
		MaxBodyBytes:    maxBody + 1,
		BodyReadTimeout: time.Minute,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{OneOf: []*huma.Schema{envelope, list,
				{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"items": list}, Required: []string{"items"}}}}},
			"message/rfc822": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}},
		SkipValidateBody: true,
	}
}

func (s *server) ingest(ctx context.Context, in *ingestInput) (*ingestOutput, error) {
	caller := access.From(ctx)
	kind, _, err := mime.ParseMediaType(in.ContentType)
	if in.ContentType != "" && err != nil {
		return nil, newProblem(http.StatusUnsupportedMediaType, crm.Invalid, "The content type can't be read.")
	}
	var items []crm.Item
	var results []Result
	switch kind {
	case "", "application/json":
		if items, results, err = s.jsonItems(in.RawBody, caller); err != nil {
			return nil, err
		}
	case "message/rfc822":
		if caller.Source == "" && caller.Hidden[in.Source] {
			return nil, crm.Errorf(crm.Forbidden, "This caller may not write as %s.", in.Source)
		}
		items, results = []crm.Item{s.mailItem(in.RawBody, in.Source, caller)}, make([]Result, 1)
	default:
		return nil, newProblem(http.StatusUnsupportedMediaType, crm.Invalid, "Send application/json or message/rfc822.")
	}
	if len(items) > 0 {
		taken, err := s.submit(ctx, items)
		if err != nil {
			return nil, err
		}
		next := 0
		for i := range results {
			if results[i].Status == "" { // not refused here
				results[i] = resultOf(taken[next])
				if e := items[next].Envelope; results[i].Status == flow.StatusQuarantined {
					results[i].ID = capture.RawID(e.Source, e.ExternalID)
				}
				next++
			}
		}
	}
	out := &ingestOutput{Status: http.StatusUnprocessableEntity, Body: Results{results}}
	for _, r := range results {
		if r.Status != flow.StatusRefused {
			out.Status = http.StatusOK
		}
	}
	return out, nil
}

// jsonItems decodes the body. results has a place for each item; those that
// were refused here have their status already.
func (s *server) jsonItems(raw []byte, caller *access.Principal) ([]crm.Item, []Result, error) {
	list, err := splitItems(raw)
	if err != nil {
		return nil, nil, err
	}
	results := make([]Result, len(list))
	items := make([]crm.Item, 0, len(list))
	for i, one := range list {
		e, problem := decodeEnvelope(one)
		if problem == nil && caller.Source != "" {
			if e.Source == "" {
				e.Source = caller.Source
			}
			if e.Source != caller.Source {
				problem = &crm.Error{Code: crm.Forbidden, Pointer: "/source", Message: "This key may write as " + caller.Source + " only."}
			}
		}
		if problem == nil && caller.Hidden[e.Source] {
			problem = &crm.Error{Code: crm.Forbidden, Pointer: "/source", Message: "This caller may not write as " + e.Source + "."}
		}
		if problem == nil {
			problem = ownFile(e)
		}
		if problem != nil {
			results[i] = Result{Status: flow.StatusRefused, Problem: problemOf(problem)}
			continue
		}
		// The buffer of the body is used again by the next request.
		items = append(items, crm.Item{Envelope: e, Raw: bytes.Clone(one), RawType: "application/json", MayVerify: caller.Has(access.Verified)})
	}
	return items, results, nil
}

// ownFile refuses an attachment that names an uploaded file: what comes in brings
// its own bytes, and a key with a file's id may not be allowed to read the file.
func ownFile(e crm.Envelope) *crm.Error {
	for n, a := range e.Attachments {
		if strings.HasPrefix(a.ContentID, act.FileID) {
			return &crm.Error{Code: crm.Invalid, Pointer: fmt.Sprintf("/attachments/%d/content_id", n),
				Message: "A content id can't begin with \"" + act.FileID + "\": that names files that were uploaded here."}
		}
	}
	return nil
}

// mailItem reads one mail. What is no mail goes to quarantine with its bytes.
func (s *server) mailItem(raw []byte, source string, caller *access.Principal) crm.Item {
	if caller.Source != "" {
		source = caller.Source
	}
	if source == "" {
		source = "mail:api"
	}
	item := crm.Item{Raw: bytes.Clone(raw), RawType: "message/rfc822"}
	e, err := email.Parse(item.Raw, email.Options{Source: source, Own: s.Own, Now: s.Clock()})
	item.Envelope = e
	if err != nil {
		item.Problem = err.Error()
	}
	if item.Envelope.ExternalID == "" {
		item.Envelope.ExternalID = contentID(raw)
	}
	return item
}

// ParseJSON reads the raw bytes of a contact that came through the API again,
// for a retry out of quarantine.
func ParseJSON(raw []byte, source, externalID string) (crm.Envelope, error) {
	e, problem := decodeEnvelope(json.RawMessage(raw))
	if problem != nil {
		return e, problem
	}
	e.Source, e.ExternalID = source, externalID
	return e, nil
}

func resultOf(r flow.Result) Result {
	out := Result{ID: r.ID, Status: r.Status, CustomerID: r.CustomerID, ProfileID: r.ProfileID, ConversationID: r.ConversationID,
		JourneyID: r.JourneyID, Reading: r.Reading}
	if r.Problem != nil {
		out.Problem = problemOf(r.Problem)
	}
	return out
}

// author is how ledgers name the caller.
func author(ctx context.Context) string { return access.From(ctx).Author() }
