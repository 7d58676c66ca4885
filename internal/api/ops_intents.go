package api

import (
	"context"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/understand"
)

// FirmIntent is one intent as the firm has it.
type FirmIntent struct {
	Name        string   `json:"name" doc:"Its key, which never changes"`
	Label       string   `json:"label"`
	Group       string   `json:"group"`
	Description string   `json:"description"`
	Packs       []string `json:"packs" doc:"Starter packs that it is part of; empty: the firm's own"`
	Own         bool     `json:"own"`
	Active      bool     `json:"active" doc:"Whether contacts can be read as it"`
	Retired     bool     `json:"retired"`
	MergedInto  string   `json:"merged_into"`
	Examples    int      `json:"examples" doc:"Texts of the firm's own: typed in, from files and corrected"`
	Volume      int64    `json:"volume" doc:"Journeys of the last 30 days that it began"`
	Precision   float64  `json:"precision" doc:"Of unseen texts that the model in use reads as it, the share that is right; 0 when measured is 0"`
	Measured    int      `json:"measured" doc:"How many texts that was measured on; 0: not known, as of an intent that no training has seen"`
}

// Taxonomy is the intents of the firm and how their training stands.
type Taxonomy struct {
	Items    []FirmIntent   `json:"items"`
	Packs    []PackChoice   `json:"packs"`
	Training TaxonomyStatus `json:"training"`
}

// PackChoice is a starter pack.
type PackChoice struct {
	Name    string `json:"name"`
	Chosen  bool   `json:"chosen"`
	Intents int    `json:"intents"`
}

// TaxonomyStatus says whether the model knows what was changed.
type TaxonomyStatus struct {
	State   string    `json:"state" enum:"current,changed,waiting,running,failed" doc:"changed: there are changes that no training has seen"`
	Since   time.Time `json:"since,omitzero" doc:"When the training was asked for"`
	Seconds float64   `json:"seconds" doc:"How long the last training took; 0: none yet"`
	Error   string    `json:"error" doc:"Of a training that failed"`
}

// IntentText is one example of an intent.
type IntentText struct {
	ID       crm.ID `json:"id,omitzero" doc:"Missing: built in"`
	Text     string `json:"text"`
	Origin   string `json:"origin" doc:"intent: typed in here; starter: built in; file, correction"`
	Language string `json:"language"`
}

// IntentDetail is an intent with its examples.
type IntentDetail struct {
	FirmIntent
	Texts []IntentText `json:"texts" doc:"The firm's own first, 500 at most"`
}

// IntentChange is an entry of the history.
type IntentChange struct {
	ID     crm.ID    `json:"id"`
	At     time.Time `json:"at"`
	Author string    `json:"author"`
	Kind   string    `json:"kind" enum:"created,renamed,examples_added,example_removed,merged,split,retired,restored,packs,undone"`
	Name   string    `json:"name" doc:"Key of the intent; empty: of the packs"`
	Text   string    `json:"text"`
	Undone bool      `json:"undone"`
}

// SplitProposal is two groups of an intent's examples.
type SplitProposal struct {
	First  []string `json:"first"`
	Second []string `json:"second"`
}

// ByName names an intent. It is exported since the path is read through embedding.
type ByName struct {
	Name string `path:"name" maxLength:"64" doc:"The key of an intent"`
}

type namedBody struct {
	Label       string   `json:"label" minLength:"1" maxLength:"200" doc:"As a support manager says it"`
	Description string   `json:"description,omitempty" maxLength:"300"`
	Examples    []string `json:"examples" nullable:"false" maxItems:"200" doc:"At least three, as customers write"`
}

type examplesBody struct {
	Examples []string `json:"examples" nullable:"false" minItems:"1" maxItems:"200"`
}

func (s *server) registerIntents() {
	op(s, http.MethodGet, "/v1/taxonomy", "get-taxonomy", "Read the firm's intents, also those that are not in use, the starter packs and how the training stands", access.Settings,
		func(ctx context.Context, _ *none) (*body[Taxonomy], error) { return respond(s.taxonomy(ctx)) })
	op(s, http.MethodPost, "/v1/taxonomy", "create-intent", "Make an intent from a name and at least three examples", access.Settings,
		func(ctx context.Context, in *struct{ Body namedBody }) (*body[IntentDetail], error) {
			var name string
			err := s.edit(ctx, func(e *understand.Editor) (err error) {
				name, err = e.Create(ctx, in.Body.Label, in.Body.Description, in.Body.Examples)
				return err
			})
			return s.edited(ctx, name, err)
		})
	op(s, http.MethodGet, "/v1/taxonomy/{name}", "get-intent", "Read an intent with its examples", access.Settings,
		func(ctx context.Context, in *ByName) (*body[IntentDetail], error) { return s.edited(ctx, in.Name, nil) })
	op(s, http.MethodPatch, "/v1/taxonomy/{name}", "change-intent", "Rename an intent, put it away, or take it into use again", access.Settings,
		func(ctx context.Context, in *struct {
			ByName
			Body struct {
				Label       string `json:"label,omitempty" maxLength:"200" doc:"Empty: stays"`
				Description string `json:"description,omitempty" maxLength:"300"`
				Retired     *bool  `json:"retired,omitempty"`
			}
		}) (*body[IntentDetail], error) {
			return s.edited(ctx, in.Name, s.edit(ctx, func(e *understand.Editor) error {
				if in.Body.Retired != nil {
					return e.Retire(ctx, in.Name, *in.Body.Retired)
				}
				return e.Rename(ctx, in.Name, in.Body.Label, in.Body.Description)
			}))
		})
	op(s, http.MethodPost, "/v1/taxonomy/{name}/examples", "add-intent-examples", "Give an intent more examples", access.Settings,
		func(ctx context.Context, in *struct {
			ByName
			Body examplesBody
		}) (*body[IntentDetail], error) {
			return s.edited(ctx, in.Name, s.edit(ctx, func(e *understand.Editor) error { return e.AddExamples(ctx, in.Name, in.Body.Examples) }))
		})
	op(s, http.MethodPost, "/v1/taxonomy/{name}/examples/remove", "remove-intent-example", "Take an example of the firm's own away from an intent", access.Settings,
		func(ctx context.Context, in *struct {
			ByName
			Body struct {
				ID crm.ID `json:"id"`
			}
		}) (*body[IntentDetail], error) {
			return s.edited(ctx, in.Name, s.edit(ctx, func(e *understand.Editor) error { return e.RemoveExample(ctx, in.Name, in.Body.ID) }))
		})
	op(s, http.MethodPost, "/v1/taxonomy/{name}/merge", "merge-intent", "Put an intent into another one; corrections and readings of it count as that one's", access.Settings,
		func(ctx context.Context, in *struct {
			ByName
			Body struct {
				Into string `json:"into" maxLength:"64"`
			}
		}) (*body[IntentDetail], error) {
			return s.edited(ctx, in.Name, s.edit(ctx, func(e *understand.Editor) error { return e.Merge(ctx, in.Name, in.Body.Into) }))
		})
	op(s, http.MethodGet, "/v1/taxonomy/{name}/split", "propose-intent-split", "Propose how the examples of an intent part in two", access.Settings,
		func(ctx context.Context, in *ByName) (*body[SplitProposal], error) {
			return respond(s.proposeSplit(ctx, in.Name))
		})
	op(s, http.MethodPost, "/v1/taxonomy/{name}/split", "split-intent", "Make a new intent of some examples of an intent", access.Settings,
		func(ctx context.Context, in *struct {
			ByName
			Body namedBody
		}) (*body[IntentDetail], error) {
			var made string
			err := s.edit(ctx, func(e *understand.Editor) (err error) {
				made, err = e.Split(ctx, in.Name, in.Body.Label, in.Body.Description, in.Body.Examples)
				return err
			})
			return s.edited(ctx, made, err)
		})
	op(s, http.MethodPost, "/v1/taxonomy/packs", "choose-starter-packs", "Choose the starter packs of intents that are in use", access.Settings,
		func(ctx context.Context, in *struct {
			Body struct {
				Packs []string `json:"packs" nullable:"false" minItems:"1" maxItems:"5"`
			}
		}) (*body[Taxonomy], error) {
			if err := s.edit(ctx, func(e *understand.Editor) error { return e.Choose(ctx, in.Body.Packs) }); err != nil {
				return nil, err
			}
			return respond(s.taxonomy(ctx))
		})
	op(s, http.MethodPost, "/v1/taxonomy/train", "train-intents", "Train with what was changed, in the background", access.Settings,
		func(ctx context.Context, _ *none) (*body[Taxonomy], error) {
			if err := s.DB.InTx(ctx, func(tx *store.Tx) error { return understand.Train(ctx, tx, s.Clock()) }); err != nil {
				return nil, err
			}
			return respond(s.taxonomy(ctx))
		})
	op(s, http.MethodGet, "/v1/taxonomy/changes", "list-intent-changes", "Read who changed which intent, the newest first, 200 at most", access.Settings,
		func(ctx context.Context, _ *none) (*body[Page[IntentChange]], error) {
			return respond(s.intentChanges(ctx))
		})
	op(s, http.MethodPost, "/v1/taxonomy/changes/{id}/undo", "undo-intent-change", "Take a change of the intents back", access.Settings,
		func(ctx context.Context, in *ByID) (*body[Page[IntentChange]], error) {
			if err := s.edit(ctx, func(e *understand.Editor) error { return e.Undo(ctx, in.ID) }); err != nil {
				return nil, err
			}
			return respond(s.intentChanges(ctx))
		})
}

// edit makes one change, and this server reads by it at once.
func (s *server) edit(ctx context.Context, change func(*understand.Editor) error) error {
	err := s.DB.InTx(ctx, func(tx *store.Tx) error {
		e, err := understand.NewEditor(ctx, tx, s.Clock(), author(ctx))
		if err != nil {
			return err
		}
		return change(e)
	})
	if err != nil {
		return err
	}
	return s.Engine.LoadModels(ctx)
}

func (s *server) edited(ctx context.Context, name string, err error) (*body[IntentDetail], error) {
	if err != nil {
		return nil, err
	}
	return respond(s.intent(ctx, name))
}
