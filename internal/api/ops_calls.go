package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/capture/webvtt"
	"github.com/rapport-crm/rapport/internal/crm"
)

// callSource is the source of calls that colleagues log by hand.
const callSource = "call"

func (s *server) registerCalls() {
	op(s, http.MethodPost, "/v1/customers/{id}/calls", "log-call", "Log a call with a customer: a note, a transcript, or both", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Direction      crm.Direction   `json:"direction,omitempty" enum:"in,out" default:"in" doc:"in: the customer called"`
				OccurredAt     time.Time       `json:"occurred_at,omitzero" doc:"When it began. Default: now"`
				Text           string          `json:"text,omitempty" maxLength:"100000" doc:"What it was about"`
				Transcript     *crm.Transcript `json:"transcript,omitempty" doc:"One that can't be read is refused, and nothing is kept"`
				IdempotencyKey string          `json:"idempotency_key,omitempty" maxLength:"100" doc:"The same key again logs no second call"`
			}
		}) (*body[Interaction], error) {
			head, err := s.read.head(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			names, err := s.read.names(ctx, []crm.ID{head})
			if err != nil {
				return nil, err
			}
			now, p := s.Clock(), access.From(ctx)
			key := in.Body.IdempotencyKey
			if key == "" {
				key = crm.NewID(now).String()
			}
			e := crm.Envelope{Source: callSource, ExternalID: p.UserID.String() + p.KeyID.String() + ":" + key, Channel: crm.Phone, Kind: crm.KindCall,
				Direction: in.Body.Direction, OccurredAt: in.Body.OccurredAt, Text: strings.TrimSpace(in.Body.Text),
				Participants: []crm.Participant{{Role: crm.Agent, Kind: crm.Email, Value: p.Email, Name: p.Author()}}}
			if p.Email == "" {
				e.Participants[0] = crm.Participant{Role: crm.Agent, Kind: "key", Value: p.KeyID.String(), Name: p.Author()}
			}
			if in.Body.Transcript == nil && e.Text == "" {
				return nil, &crm.Error{Code: crm.Invalid, Pointer: "/text", Message: "Say what the call was about, or add its transcript."}
			}
			if t := in.Body.Transcript; t != nil {
				e.Transcript = withSpeaker(t, names[head], crm.CustomerSide)
			}
			raw, err := json.Marshal(e)
			if err != nil {
				return nil, err
			}
			// Whoever waits for the answer has the file: it is not for quarantine.
			tried := e
			if err := capture.Normalise(&tried, now); err != nil {
				return nil, err
			}
			if err := capture.ReadTranscript(&tried); err != nil {
				return nil, err
			}
			results, err := s.Engine.Submit(ctx, []crm.Item{{Envelope: e, Raw: raw, RawType: "application/json", Place: &crm.Place{Profile: head}}})
			if err != nil {
				return nil, err
			}
			if results[0].ID.IsZero() {
				return nil, results[0].Problem
			}
			return respond(s.read.interaction(ctx, results[0].ID))
		}, func(o *huma.Operation) { o.MaxBodyBytes = 2*webvtt.MaxSize + 1<<20 })
}

// withSpeaker is a transcript that knows one more name, unless the sender said
// whose it is.
func withSpeaker(t *crm.Transcript, name string, side crm.Side) *crm.Transcript {
	out := *t
	out.Speakers = map[string]crm.Side{}
	if name != "" {
		out.Speakers[name] = side
	}
	for n, s := range t.Speakers {
		out.Speakers[n] = s
	}
	return &out
}
