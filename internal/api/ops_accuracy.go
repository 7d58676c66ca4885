package api

import (
	"context"
	"math/rand/v2"
	"net/http"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/understand"
)

// AccuracyQuery says which labels figures are made of.
type AccuracyQuery struct {
	Days int    `query:"days" minimum:"7" maximum:"365" default:"90" doc:"Labels of the last days"`
	Of   string `query:"of" enum:"sample,all" doc:"Contacts of random samples, or all that people judged. Default: sample, if there is one"`
}

// listJudged marks cursors of lists of labels.
const listJudged = 'l'

func (s *server) registerAccuracy() {
	op(s, http.MethodGet, "/v1/accuracy", "get-accuracy",
		"How well contacts are read: precision by intent and what is mistaken for what, by what people said; coverage by week; and how what customers write about changed. Weeks are counted in the background when they are an hour old", access.Read,
		func(ctx context.Context, in *struct {
			AccuracyQuery
			Span int `query:"span" minimum:"1" maximum:"6" default:"4" doc:"Weeks that are compared with as many before them"`
		}) (*body[AccuracyReport], error) {
			return respond(s.accuracy(ctx, &in.AccuracyQuery, in.Span))
		})
	op(s, http.MethodGet, "/v1/accuracy/labels", "list-judged-contacts", "List the contacts behind a figure of accuracy, the newest label first", access.Read,
		func(ctx context.Context, in *struct {
			AccuracyQuery
			ReadAs string `query:"read_as" maxLength:"100" doc:"Read as this intent; unknown: as none; empty: any"`
			Intent string `query:"intent" maxLength:"100" doc:"Of which people say that it is this intent, or none; empty: any"`
			Wrong  bool   `query:"wrong" doc:"Only where people say something else than was read"`
			Paged
		}) (*body[Page[JudgedContact]], error) {
			return respond(s.judgedContacts(ctx, &in.AccuracyQuery, judgedFilter{in.ReadAs, in.Intent, in.Wrong}, in.Limit, in.Cursor))
		})
	op(s, http.MethodGet, "/v1/accuracy/sample", "get-reading-sample", "The random sample of readings that was drawn last, with what people said of it", access.Read,
		func(ctx context.Context, _ *none) (*body[ReadingSample], error) { return respond(s.sample(ctx)) })
	op(s, http.MethodPost, "/v1/accuracy/sample", "draw-reading-sample", "Draw readings of the last seven days at random for people to check, once in seven days. What came through restricted inboxes is left out", access.Write,
		func(ctx context.Context, in *struct {
			Body struct {
				Size int `json:"size,omitempty" minimum:"10" maximum:"100" default:"25"`
			}
		}) (*body[ReadingSample], error) {
			rng := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) //nolint:gosec // a draw, not a secret
			if err := understand.DrawSample(ctx, s.DB, s.Clock(), author(ctx), in.Body.Size, rng); err != nil {
				return nil, err
			}
			return respond(s.sample(ctx))
		})
	op(s, http.MethodPost, "/v1/accuracy/sample/{id}", "check-reading", "Say whether a contact of the sample was read right. What is said counts as any correction does", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Verdict string `json:"verdict" enum:"right,other,none,skip" doc:"other: it is the intent that is given; none: no intent fits; skip: can't be told"`
				Intent  string `json:"intent,omitempty" maxLength:"100"`
			}
		}) (*body[ReadingSample], error) {
			if err := s.read.canInteraction(ctx, in.ID); err != nil {
				return nil, err
			}
			if err := s.check(ctx, in.ID, in.Body.Verdict, in.Body.Intent); err != nil {
				return nil, err
			}
			return respond(s.sample(ctx))
		})
	op(s, http.MethodDelete, "/v1/accuracy/sample/{id}", "uncheck-reading", "Take back what was said of a contact of the sample", access.Write,
		func(ctx context.Context, in *ByID) (*body[ReadingSample], error) {
			if err := s.read.canInteraction(ctx, in.ID); err != nil {
				return nil, err
			}
			if err := s.Engine.Uncheck(ctx, in.ID, author(ctx)); err != nil {
				return nil, err
			}
			return respond(s.sample(ctx))
		})
}

func (s *server) check(ctx context.Context, id crm.ID, verdict, intent string) error {
	switch verdict {
	case "skip":
		return s.Engine.Skip(ctx, id, author(ctx))
	case "right":
		intent = ""
	case "none":
		intent = flow.None
	default:
		if intent == "" {
			return &crm.Error{Code: crm.Invalid, Pointer: "/intent", Message: "Say which intent it is."}
		}
	}
	return s.Engine.Check(ctx, id, intent, author(ctx))
}
