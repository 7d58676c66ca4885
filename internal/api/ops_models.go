package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
)

// IntentModel is one training of what reads intents.
type IntentModel struct {
	Version     int64     `json:"version" doc:"0 is the built-in model"`
	Active      bool      `json:"active" doc:"Whether it reads what comes in now"`
	At          time.Time `json:"at,omitzero"`
	Author      string    `json:"author" doc:"Who or what trained it; empty: built in"`
	Texts       int       `json:"texts" doc:"Labelled texts that it was trained on"`
	Intents     int       `json:"intents"`
	Corrections int       `json:"corrections" doc:"New corrections that a refit learned from"`
	Accuracy    float64   `json:"accuracy" doc:"Share of unseen texts that were read right, five folds"`
	Covered     float64   `json:"covered" doc:"Share of unseen texts that are not called unknown"`
	Precision   float64   `json:"precision" doc:"Share of those that are read right"`
	Before      float64   `json:"before" doc:"Accuracy of the model before it, on a slice that neither had seen; 0: not compared"`
	After       float64   `json:"after" doc:"Its own accuracy on that slice"`
	Worse       []string  `json:"worse" doc:"Intents that would have lost too much"`
	Usable      bool      `json:"usable" doc:"False: it was worse than the one before and is not kept"`
}

// modelReport is the part of a training's report that people see.
type modelReport struct {
	Texts       int `json:"texts"`
	Intents     int `json:"intents"`
	Corrections int `json:"corrections"`
	Held        struct {
		Accuracy float64 `json:"accuracy"`
		Rejected float64 `json:"rejected"`
		Accepted float64 `json:"accepted"`
	} `json:"held"`
	Compared *struct {
		Before float64  `json:"before"`
		After  float64  `json:"after"`
		Worse  []string `json:"worse"`
		Better bool     `json:"better"`
	} `json:"compared"`
}

func (s *server) registerModels() {
	op(s, http.MethodGet, "/v1/intent-models", "list-intent-models", "List the trainings of what reads intents, the newest first, the built-in one last", access.Read,
		func(ctx context.Context, _ *none) (*body[Page[IntentModel]], error) {
			return respond(s.intentModels(ctx))
		})
	op(s, http.MethodPost, "/v1/intent-models/use", "use-intent-model", "Put an earlier training into use again", access.Settings,
		func(ctx context.Context, in *struct {
			Body struct {
				Version int64 `json:"version" minimum:"0" doc:"0 is the built-in model"`
			}
		}) (*body[Page[IntentModel]], error) {
			if err := s.Engine.UseModel(ctx, in.Body.Version); err != nil {
				return nil, err
			}
			return respond(s.intentModels(ctx))
		})
}

func (s *server) intentModels(ctx context.Context) (Page[IntentModel], error) {
	rows, err := s.DB.Read().Models(ctx, "intents")
	if err != nil {
		return Page[IntentModel]{}, err
	}
	builtIn := IntentModel{Active: true, Usable: true, Worse: []string{}}
	out := Page[IntentModel]{Items: []IntentModel{}}
	for _, r := range rows {
		var about modelReport
		if err := json.Unmarshal([]byte(r.Report), &about); err != nil {
			return out, err
		}
		m := IntentModel{Version: r.Version, Active: r.Active, At: crm.FromMicros(r.At), Author: r.Author, Texts: about.Texts, Intents: about.Intents, Corrections: about.Corrections,
			Accuracy: about.Held.Accuracy, Covered: 1 - about.Held.Rejected, Precision: about.Held.Accepted, Worse: []string{}, Usable: true}
		if c := about.Compared; c != nil {
			m.Before, m.After, m.Usable = c.Before, c.After, c.Better
			m.Worse = append(m.Worse, c.Worse...)
		}
		if !m.Usable {
			m.Covered = 0
		}
		builtIn.Active = builtIn.Active && !r.Active
		out.Items = append(out.Items, m)
	}
	out.Items = append(out.Items, builtIn)
	return out, nil
}
