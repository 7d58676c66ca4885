package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/capture/webvtt"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/files"
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
				Recording      *Recording      `json:"recording,omitempty" doc:"Kept with the call. Without a transcript it is written down, if the firm has set up something that can"`
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
			if in.Body.Transcript == nil && e.Text == "" && in.Body.Recording == nil {
				return nil, &crm.Error{Code: crm.Invalid, Pointer: "/text", Message: "Say what the call was about, or add its transcript or recording."}
			}
			if r := in.Body.Recording; r != nil {
				a, err := r.attachment()
				if err != nil {
					return nil, err
				}
				e.Attachments = []crm.Attachment{a}
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
			tried.Attachments = slices.Clone(e.Attachments)
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
		}, func(o *huma.Operation) { o.MaxBodyBytes = 2*webvtt.MaxSize + files.MaxSize*4/3 + 1<<20 })
	op(s, http.MethodPost, "/v1/interactions/{id}/transcription", "transcribe-call", "Write the recording of a talk down that could not be before, or say whose voices are in it", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Speakers map[string]crm.Side `json:"speakers,omitempty" doc:"By the names that the transcript has: customer or agent. Missing: try again"`
			}
		}) (*body[Interaction], error) {
			if err := s.read.canInteraction(ctx, in.ID); err != nil {
				return nil, err
			}
			for _, side := range in.Body.Speakers {
				if side != crm.CustomerSide && side != crm.AgentSide {
					return nil, &crm.Error{Code: crm.Invalid, Pointer: "/speakers", Message: "A side is customer or agent."}
				}
			}
			work := s.Second.Again
			if len(in.Body.Speakers) > 0 {
				work = func(ctx context.Context, id crm.ID) error { return s.Second.Sides(ctx, id, in.Body.Speakers) }
			}
			if err := work(ctx, in.ID); err != nil {
				return nil, err
			}
			return respond(s.read.interaction(ctx, in.ID))
		})
}

// Recording is the sound of a call.
type Recording struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
	Data []byte `json:"data" doc:"Base64 of at most 25 MB of wav, mp3, m4a, ogg, webm or flac"`
}

// attachment checks by its bytes that it is a recording.
func (r *Recording) attachment() (crm.Attachment, error) {
	if len(r.Data) > files.MaxSize {
		return crm.Attachment{}, &crm.Error{Code: crm.Invalid, Pointer: "/recording/data", Message: "The recording is larger than 25 MB."}
	}
	_, kind, ok := files.Audio(r.Data)
	if !ok {
		return crm.Attachment{}, &crm.Error{Code: crm.Invalid, Pointer: "/recording/data", Message: "This is no recording that can be read: wav, mp3, m4a, ogg, webm or flac."}
	}
	return crm.Attachment{Name: files.CleanName(r.Name), ContentType: kind, Size: int64(len(r.Data)), Data: r.Data}, nil
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
